package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"bandeau/directory"
	"bandeau/mail"
)

const (
	sqliteScheme     = "sqlite:"
	setupPasswordEnv = "BANDEAU_SETUP_PASSWORD"
	envPrefix        = "BANDEAU_"
)

// The bounds of the durations. A second is enough for a test, a day for any call.
const (
	minTimeout = time.Second
	maxTimeout = time.Hour
	maxCallEnd = 24 * time.Hour
)

// Setting is one setting of a node: a flag, its twin in the environment and
// its key in the configuration file. Help, names and defaults all come from
// this one table.
type Setting struct {
	// Flag is the name of the flag without hyphens before it, and the key in the
	// configuration file.
	Flag string
	// Value stands for the value in the help, as in "ADDR".
	Value string
	// Default is the text of the default; empty for none.
	Default string
	// Help says in one sentence what it does.
	Help string

	// secret keeps the value out of errors.
	secret bool
	set    func(o *Options, value string) error
}

// Env returns the name of the twin in the environment, as in BANDEAU_RTP_PORTS.
func (s Setting) Env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.Flag, "-", "_"))
}

// Settings returns every setting of a node, in the order the help shows them.
func Settings() []Setting {
	return slices.Concat(placeSettings(), callSettings(), edgeSettings())
}

// placeSettings are those that say where things are.
func placeSettings() []Setting {
	return []Setting{
		{
			Flag: "data", Value: "DIR", Default: "./bandeau-data",
			Help: "Directory of the store, the recordings and the sounds; created if absent.",
			set:  text(func(o *Options) *string { return &o.Data }),
		},
		{
			Flag: "database", Value: "URL", Default: sqliteScheme,
			Help: "Database: sqlite: is a file in --data, sqlite:PATH a file elsewhere.",
			set:  setDatabase,
		},
		{
			Flag: "http", Value: "ADDR", Default: "127.0.0.1:8080",
			Help: "Address of the administration, the banner, the supervision and the API. Browsers give the microphone to HTTPS and localhost only.",
			set:  setHTTP,
		},
		{
			Flag: "tls-cert", Value: "FILE",
			Help: "Certificate chain (PEM) that turns --http into HTTPS.",
			set:  text(func(o *Options) *string { return &o.TLSCert }),
		},
		{
			Flag: "tls-key", Value: "FILE",
			Help: "Private key (PEM) of --tls-cert.",
			set:  text(func(o *Options) *string { return &o.TLSKey }),
		},
		{
			Flag: "sip", Value: "ADDR", Default: "0.0.0.0:5060",
			Help: "Address of SIP over UDP and TCP; a wildcard is opened on each interface's address.",
			set:  address(func(o *Options) *netip.AddrPort { return &o.SIP }),
		},
		{
			Flag: "sips", Value: "ADDR",
			Help: "Address of SIP over TLS; not available in this version.",
			set:  address(func(o *Options) *netip.AddrPort { return &o.SIPS }),
		},
		{
			Flag: "rtp-ports", Value: "A-B", Default: "20000-29999",
			Help: "UDP ports of the audio, two for each side of a call; 0 for any free ones.",
			set:  setRTPPorts,
		},
		{
			Flag: "webrtc", Value: "ADDR", Default: "0.0.0.0:8444",
			Help: "The one UDP address of all browser phones.",
			set:  address(func(o *Options) *netip.AddrPort { return &o.WebRTC }),
		},
	}
}

// callSettings are those of calls and phones.
func callSettings() []Setting {
	return []Setting{
		{
			Flag: "sip-digest", Value: "ALGORITHM", Default: string(directory.DigestMD5),
			Help: "Algorithm of the one challenge phones get: md5 or sha256.",
			set: word(func(o *Options, v string) { o.SIPDigest = directory.DigestAlgorithm(v) },
				string(directory.DigestMD5), string(directory.DigestSHA256)),
		},
		{
			Flag: "rtp-timeout", Value: "DURATION", Default: "60s",
			Help: "Ends a call when a side that sent audio and is not on hold falls silent for so long.",
			set:  duration(func(o *Options) *time.Duration { return &o.RTPTimeout }, minTimeout, maxTimeout),
		},
		{
			Flag: "max-call", Value: "DURATION", Default: "4h",
			Help: "Longest duration of a call.",
			set:  duration(func(o *Options) *time.Duration { return &o.MaxCall }, minTimeout, maxCallEnd),
		},
		{
			Flag: "drain", Value: "DURATION", Default: "30s",
			Help: "How long a stop waits for running calls; a second signal stops at once.",
			set:  duration(func(o *Options) *time.Duration { return &o.Drain }, 0, maxTimeout),
		},
		{
			Flag: "advertise", Value: "IP",
			Help: "Address put into SDP, Contact and ICE candidates; without it that of the interface used.",
			set:  setAdvertise,
		},
	}
}

// edgeSettings are those of mail and logs.
func edgeSettings() []Setting {
	return []Setting{
		{
			Flag: "smtp", Value: "URL", secret: true,
			Help: "Mail server: smtp://user:password@host:587?from=ADDRESS; without it mails wait in the outbox.",
			set:  setSMTP,
		},
		{
			Flag: "log-format", Value: "FORMAT", Default: "text",
			Help: "Form of the log on the standard error: text or json.",
			set:  word(func(o *Options, v string) { o.LogFormat = v }, "text", "json"),
		},
		{
			Flag: "log-level", Value: "LEVEL", Default: "info",
			Help: "Least level that is logged: debug, info, warn or error.",
			set:  setLogLevel,
		},
	}
}

// DefaultOptions returns the options of a node that is told nothing.
func DefaultOptions() Options {
	var o Options
	for _, s := range Settings() {
		if s.Default == "" {
			continue
		}
		if err := s.set(&o, s.Default); err != nil {
			// The table is the program's own: a default it refuses is a defect.
			panic(fmt.Sprintf("default of --%s: %v", s.Flag, err))
		}
	}
	return o
}

func text(field func(*Options) *string) func(*Options, string) error {
	return func(o *Options, value string) error {
		*field(o) = value
		return nil
	}
}

func word(set func(*Options, string), words ...string) func(*Options, string) error {
	return func(o *Options, value string) error {
		if !slices.Contains(words, value) {
			return fmt.Errorf("must be %s", strings.Join(words, " or "))
		}
		set(o, value)
		return nil
	}
}

// address sets an IP address and port; a missing address is every one of IPv4,
// a missing value none.
func address(field func(*Options) *netip.AddrPort) func(*Options, string) error {
	return func(o *Options, value string) error {
		if value == "" {
			*field(o) = netip.AddrPort{}
			return nil
		}
		host, port, err := splitAddress(value)
		if err != nil {
			return err
		}
		addr := netip.IPv4Unspecified()
		switch {
		case host == "localhost":
			addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
		case host != "":
			if addr, err = netip.ParseAddr(host); err != nil {
				return errors.New("must be an IP address and a port, such as 0.0.0.0:5060")
			}
		}
		*field(o) = netip.AddrPortFrom(addr.Unmap(), port)
		return nil
	}
}

func splitAddress(value string) (host string, port uint16, err error) {
	host, digits, err := net.SplitHostPort(value)
	if err != nil {
		return "", 0, errors.New("must be an address and a port, such as 127.0.0.1:8080")
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return "", 0, errors.New("must end with a port from 0 to 65535")
	}
	return host, uint16(n), nil
}

func setHTTP(o *Options, value string) error {
	if _, _, err := splitAddress(value); err != nil {
		return err
	}
	o.HTTP = value
	return nil
}

func setAdvertise(o *Options, value string) error {
	if value == "" {
		o.Advertise = netip.Addr{}
		return nil
	}
	addr, err := netip.ParseAddr(value)
	if err != nil || addr.IsUnspecified() || addr.IsMulticast() || addr.Zone() != "" {
		return errors.New("must be the IP address others reach this node at")
	}
	o.Advertise = addr.Unmap()
	return nil
}

func setDatabase(o *Options, value string) error {
	scheme, _, _ := strings.Cut(value, ":")
	switch {
	case strings.HasPrefix(value, sqliteScheme):
		o.Database = value
		return nil
	case scheme == "postgres" || scheme == "postgresql":
		return errors.New("PostgreSQL is not available in this version, only sqlite: is")
	}
	return errors.New("must begin with sqlite: and may go on with a path")
}

func setRTPPorts(o *Options, value string) error {
	if value == "0" || value == "0-0" {
		o.RTPPortMin, o.RTPPortMax = 0, 0
		return nil
	}
	first, last, _ := strings.Cut(value, "-")
	low, errLow := strconv.ParseUint(first, 10, 16)
	high, errHigh := strconv.ParseUint(last, 10, 16)
	// A side takes an even port and the odd one above it (RFC 3550 §11).
	if errLow != nil || errHigh != nil || low < 1024 || high < low+low%2+1 {
		return errors.New("must be two ports from 1024 to 65535 such as 20000-29999, the lower first, or 0 for any")
	}
	o.RTPPortMin, o.RTPPortMax = uint16(low), uint16(high)
	return nil
}

func setSMTP(o *Options, value string) error {
	if value != "" {
		if _, err := mail.ParseURL(value); err != nil {
			return err
		}
	}
	o.SMTP = directory.Secret(value)
	return nil
}

func setLogLevel(o *Options, value string) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[value]
	if !ok {
		return errors.New("must be debug, info, warn or error")
	}
	o.LogLevel = level
	return nil
}

func duration(field func(*Options) *time.Duration, low, high time.Duration) func(*Options, string) error {
	return func(o *Options, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil || d < low || d > high {
			return fmt.Errorf("must be a duration from %s to %s, such as 30s or 1h30m", brief(low), brief(high))
		}
		*field(o) = d
		return nil
	}
}

// brief writes a duration as people do: 1h, not 1h0m0s.
func brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
