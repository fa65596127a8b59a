package api

import (
	"context"
	"fmt"

	"bandeau/directory"
)

// TrunkSettings are the fields of a trunk that are both read and written.
type TrunkSettings struct {
	Name             string   `json:"name" minLength:"1" maxLength:"100"`
	Host             string   `json:"host" doc:"A host name or an IP address, without a port."`
	Port             int      `json:"port" minimum:"1" maximum:"65535" doc:"Default 5060."`
	Transport        string   `json:"transport" enum:"udp,tcp,tls" doc:"Default udp."`
	Sources          []string `json:"sources" maxItems:"100" doc:"CIDR prefixes calls are accepted from, a port may follow: 127.0.0.1/32:5080. None: no inbound."`
	Username         *string  `json:"username" maxLength:"64"`
	Digest           string   `json:"digest" enum:"md5,sha256" doc:"Default md5."`
	Register         bool     `json:"register"`
	MaxCalls         *int     `json:"maxCalls" minimum:"1" maximum:"10000" doc:"Null for no limit."`
	Priority         int      `json:"priority" minimum:"1" maximum:"100" doc:"Lowest first; default 1."`
	Codecs           []string `json:"codecs" enum:"PCMA,PCMU" minItems:"1" doc:"Default PCMA, PCMU."`
	KeepaliveSeconds int      `json:"keepaliveSeconds" minimum:"0" maximum:"3600" doc:"Interval of OPTIONS, 0 for none; default 60."`
	Format           string   `json:"format" enum:"e164+,e164,national" doc:"Of numbers sent; default e164+."`
	ForwardCaller    bool     `json:"forwardCaller" doc:"Present the caller's own number on a forwarded call; default true."`
	Enabled          bool     `json:"enabled" doc:"Default true."`
}

// TrunkFields is what can be written of a trunk.
type TrunkFields struct {
	TrunkSettings

	Password *string `json:"password" writeOnly:"true" format:"password"`
}

// Trunk is the answer about a trunk; its password is never in it.
type Trunk struct {
	Record
	TrunkSettings

	State TrunkState `json:"state" enum:"up,silent,down,disabled" readOnly:"true"`
}

func (s *Server) trunkRoutes() {
	answer := func(ctx context.Context, _ *request, t directory.Trunk) (Trunk, error) {
		body := Trunk{Record: recordOf(t.Meta), TrunkSettings: trunkSettings(t), State: TrunkDisabled}
		if !t.Enabled {
			return body, nil
		}
		state, err := s.cfg.Records.Trunks().State(ctx, t.Centre, t.ID)
		if err != nil {
			return body, fmt.Errorf("state of trunk: %w", err)
		}
		body.State = state
		return body, nil
	}
	register(s, kind[directory.Trunk, TrunkFields, Trunk]{
		name: "trunk", path: "/trunks", tag: "Trunks", title: "a trunk",
		required: []string{"name", "host"},
		store:    func() Resource[directory.Trunk] { return s.cfg.Records.Trunks() },
		meta:     func(t *directory.Trunk) *directory.Meta { return &t.Meta },
		fresh:    func(look directory.Lookup) directory.Trunk { return directory.NewTrunk(look.Centre()) },
		fields: func(t directory.Trunk) TrunkFields {
			return TrunkFields{TrunkSettings: trunkSettings(t), Password: orNull(t.Password)}
		},
		apply:  applyTrunk,
		settle: directory.Trunk.Normalize,
		rules: func(_ *request, t directory.Trunk, look directory.Lookup) []directory.Problem {
			return t.Validate(look)
		},
		answer: answer,
		create: storing(func() Creator[directory.Trunk] { return s.cfg.Records.Trunks() }, answer),
	})
}

func trunkSettings(t directory.Trunk) TrunkSettings {
	settings := TrunkSettings{
		Name: t.Name, Host: t.Host, Port: t.Port, Transport: string(t.Transport), Sources: []string{},
		Username: orNull(t.Username), Digest: string(t.Digest), Register: t.Register, MaxCalls: t.MaxCalls,
		Priority: t.Priority, Codecs: []string{}, KeepaliveSeconds: t.KeepaliveSeconds, Format: string(t.Format),
		ForwardCaller: t.ForwardCaller, Enabled: t.Enabled,
	}
	settings.Sources = append(settings.Sources, t.Sources...)
	for _, codec := range t.Codecs {
		settings.Codecs = append(settings.Codecs, string(codec))
	}
	return settings
}

func applyTrunk(t directory.Trunk, f TrunkFields) directory.Trunk {
	t.Name, t.Host, t.Port, t.Transport = f.Name, f.Host, f.Port, directory.Transport(f.Transport)
	t.Sources, t.Username, t.Password = f.Sources, orEmpty[string](f.Username), orEmpty[directory.Secret](f.Password)
	t.Digest, t.Register, t.MaxCalls, t.Priority = directory.DigestAlgorithm(f.Digest), f.Register, f.MaxCalls, f.Priority
	t.Codecs = make([]directory.Codec, 0, len(f.Codecs))
	for _, codec := range f.Codecs {
		t.Codecs = append(t.Codecs, directory.Codec(codec))
	}
	t.KeepaliveSeconds, t.Format = f.KeepaliveSeconds, directory.NumberFormat(f.Format)
	t.ForwardCaller, t.Enabled = f.ForwardCaller, f.Enabled
	return t
}
