package directory

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// NewPhone returns a phone of a centre.
func NewPhone(centre Centre) Phone { return Phone{Meta: Meta{Centre: centre.ID}} }

// GenerateUsername returns a SIP user name for a phone that was given none: a
// letter and 9 letters and digits.
func GenerateUsername(random io.Reader) (string, error) {
	name, err := randomText(random, "abcdefghjkmnpqrstuvwxyz23456789", 9)
	return "p" + name, err
}

// Normalize returns the record in its stored form.
func (p Phone) Normalize(_ Lookup) Phone {
	trim(&p.Label, &p.Username, &p.Number)
	return p
}

// Validate returns every rule the phone breaks. The user name must be there:
// the caller generates one where none was given.
func (p Phone) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: p.ID}
	c.text("label", p.Label, 1, maxText)
	if p.Username == "" || len(p.Username) > maxUser || strings.ContainsFunc(p.Username, notInUsername) {
		c.invalid("username", "must have from 1 to %d characters of a-z, A-Z, 0-9, dot, hyphen and underscore", maxUser)
	} else {
		c.unique(UniqueUsername, "username", strings.ToLower(p.Username), "is already the user name of a phone of this node")
	}
	if p.Number != "" {
		switch {
		case !IsShortCode(p.Number):
			c.invalid("number", "must be an internal number of 2 to 6 digits, or null")
		case IsEmergency(p.Number, look.Centre().DialCountry):
			c.invalid("number", "must not be an emergency number")
		default:
			c.unique(UniqueExtension, "number", p.Number, "is already the internal number of a phone of this centre")
		}
	}
	return c.problems
}

// NewTrunk returns a trunk with the defaults of the product.
func NewTrunk(centre Centre) Trunk {
	return Trunk{
		Meta:             Meta{Centre: centre.ID},
		Port:             5060,
		Transport:        UDP,
		Digest:           DigestMD5,
		Priority:         1,
		Codecs:           []Codec{PCMA, PCMU},
		KeepaliveSeconds: 60,
		Format:           FormatE164Plus,
		ForwardCaller:    true,
		Enabled:          true,
	}
}

// Normalize returns the record in its stored form: sources are masked to
// their network and written without the default parts.
func (t Trunk) Normalize(_ Lookup) Trunk {
	trim(&t.Name, &t.Username)
	lower(&t.Host)
	t.Host = strings.TrimSuffix(strings.TrimPrefix(t.Host, "["), "]")
	t.Sources = slices.Clone(t.Sources)
	for i, source := range t.Sources {
		if s, err := ParseSource(source); err == nil {
			t.Sources[i] = s.String()
		}
	}
	return t
}

// Validate returns every rule the trunk breaks.
func (t Trunk) Validate(look Lookup) []Problem {
	c := &checker{look: look, self: t.ID}
	c.text("name", t.Name, 1, maxText)
	if t.Host == "" {
		c.invalid("host", "is required")
	} else if !isHost(t.Host) {
		c.invalid("host", "must be a host name or an IP address without a port")
	}
	c.within("port", t.Port, 1, 65535)
	oneOf(c, "transport", t.Transport, []Transport{UDP, TCP}, TLS)
	c.sources(t.Sources)
	c.text("username", t.Username, 0, maxUser)
	c.text("password", t.Password.Reveal(), 0, maxPass)
	if t.Register && t.Username == "" {
		c.invalid("username", "is required to register")
	}
	if t.Password != "" && t.Username == "" {
		c.invalid("username", "is required by a password")
	}
	oneOf(c, "digest", t.Digest, []DigestAlgorithm{DigestMD5, DigestSHA256})
	c.optionalWithin("maxCalls", t.MaxCalls, 1, 10_000)
	c.within("priority", t.Priority, 1, 100)
	c.codecs(t.Codecs)
	c.within("keepaliveSeconds", t.KeepaliveSeconds, 0, 3600)
	oneOf(c, "format", t.Format, []NumberFormat{FormatE164Plus, FormatE164, FormatNational})
	return c.problems
}

func (c *checker) sources(sources []string) {
	if len(sources) > 100 {
		c.invalid("sources", "must hold at most 100 prefixes")
		return
	}
	seen := map[string]bool{}
	for i, source := range sources {
		field := fmt.Sprintf("sources[%d]", i)
		s, err := ParseSource(source)
		switch {
		case err != nil:
			c.invalid(field, "must be an address prefix such as 192.0.2.0/24, a port may follow: 192.0.2.10/32:5080")
		case seen[s.String()]:
			c.invalid(field, "must not stand in the list twice")
		default:
			seen[s.String()] = true
		}
	}
}

func (c *checker) codecs(codecs []Codec) {
	if len(codecs) == 0 {
		c.invalid("codecs", "must hold at least one codec")
	}
	for i, codec := range codecs {
		field := fmt.Sprintf("codecs[%d]", i)
		oneOf(c, field, codec, []Codec{PCMA, PCMU}, "opus", "Opus", "G722")
		if slices.Contains(codecs[:i], codec) {
			c.invalid(field, "must not stand in the list twice")
		}
	}
}

// Source is where a trunk's requests come from.
type Source struct {
	Prefix netip.Prefix
	// Port is 1–65535, or 0 for any.
	Port uint16
}

// String returns the source as it is written: prefix, then the port if it is
// fixed.
func (s Source) String() string {
	if s.Port == 0 {
		return s.Prefix.String()
	}
	return s.Prefix.String() + ":" + strconv.Itoa(int(s.Port))
}

// ParseSource reads a CIDR prefix that a port may follow
// ("127.0.0.1/32:5080", "2001:db8::/32:5080"). An address without a length is
// that one address.
func ParseSource(text string) (Source, error) {
	text = strings.TrimSpace(text)
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return Source{Prefix: netip.PrefixFrom(addr, addr.BitLen())}, nil
	}
	cidr, port := text, ""
	if slash := strings.IndexByte(text, '/'); slash >= 0 {
		if colon := strings.IndexByte(text[slash:], ':'); colon >= 0 {
			cidr, port = text[:slash+colon], text[slash+colon+1:]
			if port == "" {
				return Source{}, fmt.Errorf("source %q: port is missing", text)
			}
		}
	}
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil {
		return Source{}, fmt.Errorf("source %q: %w", text, err)
	}
	source := Source{Prefix: prefix.Masked()}
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return Source{}, fmt.Errorf("source %q: port must be from 1 to 65535", text)
		}
		source.Port = uint16(n)
	}
	return source, nil
}

func notInLabel(r rune) bool { return notInLogin(r) || r == '.' || r == '_' }

// isHost reports whether a text is an IP address or a host name (RFC 1123
// §2.1).
func isHost(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Zone() == ""
	}
	if len(host) > 253 {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notInLabel) {
			return false
		}
	}
	// Four figures that are no address are a mistyped address, not a name.
	return strings.ContainsFunc(labels[len(labels)-1], notDigit)
}

func notInUsername(r rune) bool { return notInLogin(r) && (r < 'A' || r > 'Z') }
