package webrtcua

import (
	"fmt"
	"strconv"
	"strings"

	"bandeau/media"
)

// Code says why an offer was refused.
type Code string

// The codes of a refusal.
const (
	TooLarge          Code = "too_large"
	TooManyCandidates Code = "too_many_candidates"
	Malformed         Code = "malformed"
	NoAudio           Code = "no_audio"
	Video             Code = "video" // or anything else that is not one audio stream
	BadDirection      Code = "direction"
	BadCodec          Code = "codec"
	BadTransport      Code = "transport"
	BadFingerprint    Code = "fingerprint"
	BadCredentials    Code = "credentials"
	BadSetup          Code = "setup"
	Full              Code = "full"
)

// Refused is the error of an offer that is not accepted. Detail is for the log of
// whoever wrote the page.
type Refused struct { //nolint:errname // it is what happened, and an answer more than a failure
	Code   Code
	Detail string
}

// Error implements error.
func (r *Refused) Error() string { return "webrtc: offer refused: " + string(r.Code) + ": " + r.Detail }

func refuse(code Code, format string, args ...any) *Refused {
	return &Refused{code, fmt.Sprintf(format, args...)}
}

// offer is what we take over from a browser's session description. All else in
// it, the candidates above all, is nobody's business: the browser checks us, we
// never send to an address that it only names.
type offer struct {
	mid             string
	ufrag, password string
	fingerprint     string // of SHA-256, upper case
	setup           string
	codec           media.Codec
	dtmf            uint8 // payload type of telephone-event at 8 kHz, 0 = none
	ssrc            uint32
}

// readOffer checks a browser's session description (RFC 8829) and takes out of
// it what is needed.
func readOffer(text string) (*offer, error) {
	if len(text) > maxOffer {
		return nil, refuse(TooLarge, "%d octets, at most %d", len(text), maxOffer)
	}
	var r reader
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		if err := checkLine(i, line); err != nil {
			return nil, err
		}
		if err := r.line(line[0], line[2:]); err != nil {
			return nil, err
		}
	}
	return r.finish()
}

// checkLine refuses what is no line of a session description.
func checkLine(i int, line string) error {
	if len(line) < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z' || (i == 0) != (line[0] == 'v') {
		return refuse(Malformed, "line %d", i+1)
	}
	if strings.ContainsFunc(line, func(c rune) bool { return c < ' ' || c == 0x7F || c == 0xFFFD }) {
		return refuse(Malformed, "line %d holds a control character", i+1)
	}
	return nil
}

// reader gathers an offer line by line.
type reader struct {
	offer
	streams    int
	formats    []string
	candidates int
	mux        bool
	direction  string
	pcma, pcmu bool
}

func (r *reader) line(kind byte, value string) error {
	switch kind {
	case 'm':
		return r.stream(value)
	case 'a':
		key, v, _ := strings.Cut(value, ":")
		return r.attribute(key, v)
	}
	return nil
}

// stream reads an m= line: there is one, of audio.
func (r *reader) stream(value string) error {
	fields := strings.Fields(value)
	if len(fields) < 4 {
		return refuse(Malformed, "m=%.40s", value)
	}
	if r.streams++; fields[0] != "audio" || r.streams > 1 {
		return refuse(Video, "one audio stream is taken, not m=%.40s", value)
	}
	if fields[1] == "0" {
		return refuse(NoAudio, "the stream is switched off")
	}
	if fields[2] != "UDP/TLS/RTP/SAVPF" {
		return refuse(BadTransport, "UDP/TLS/RTP/SAVPF is spoken, not %.40s", fields[2])
	}
	r.formats = fields[3:]
	for _, f := range r.formats { // static payload types need no rtpmap
		r.pcma = r.pcma || f == "8"
		r.pcmu = r.pcmu || f == "0"
	}
	return nil
}

// attribute reads an a= line, of the session or the stream.
func (r *reader) attribute(key, value string) error {
	switch key {
	case "candidate":
		if r.candidates++; r.candidates > maxCandidates {
			return refuse(TooManyCandidates, "more than %d", maxCandidates)
		}
	case "mid":
		r.mid = value
	case "ice-ufrag":
		r.ufrag = value
	case "ice-pwd":
		r.password = value
	case "setup":
		r.setup = value
	case "rtcp-mux":
		r.mux = true
	case "sendrecv", "sendonly", "recvonly", "inactive":
		r.direction = key
	case "fingerprint":
		if hash, octets, _ := strings.Cut(value, " "); strings.EqualFold(hash, "sha-256") {
			r.fingerprint = strings.ToUpper(octets)
		}
	case "rtpmap":
		r.format(value)
	case "ssrc":
		id, _, _ := strings.Cut(value, " ")
		if n, err := strconv.ParseUint(id, 10, 32); err == nil && r.ssrc == 0 {
			r.ssrc = uint32(n)
		}
	}
	return nil
}

// format reads an rtpmap: only telephone-event has a number of its own.
func (r *reader) format(value string) {
	pt, encoding, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(pt, 10, 7)
	if err == nil && n >= 96 && r.dtmf == 0 && strings.EqualFold(encoding, "telephone-event/8000") {
		r.dtmf = uint8(n)
	}
}

// finish checks the whole.
func (r *reader) finish() (*offer, error) {
	switch {
	case r.streams == 0:
		return nil, refuse(NoAudio, "no audio stream")
	case r.direction != "" && r.direction != "sendrecv":
		return nil, refuse(BadDirection, "audio goes both ways, not %s", r.direction)
	case !r.mux:
		return nil, refuse(BadTransport, "no rtcp-mux")
	case !r.pcma && !r.pcmu:
		return nil, refuse(BadCodec, "neither PCMA nor PCMU")
	case !isFingerprint(r.fingerprint):
		return nil, refuse(BadFingerprint, "no fingerprint of SHA-256")
	case !isCredential(r.ufrag, minUfrag) || !isCredential(r.password, minPassword):
		return nil, refuse(BadCredentials, "ice-ufrag or ice-pwd")
	case r.setup != "active" && r.setup != "actpass":
		return nil, refuse(BadSetup, "the browser begins the handshake: not %.20q", r.setup)
	case r.mid == "" || len(r.mid) > maxMID || !isToken(r.mid):
		return nil, refuse(Malformed, "mid")
	}
	r.codec = media.PCMA
	if !r.pcma {
		r.codec = media.PCMU
	}
	return &r.offer, nil
}

// String writes the offer as a description of our own making, which is all that
// the library ever reads.
func (o *offer) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0")
	line("a=group:BUNDLE %s", o.mid)
	formats := strconv.Itoa(int(o.codec))
	if o.dtmf != 0 {
		formats += " " + strconv.Itoa(int(o.dtmf))
	}
	line("m=audio 9 UDP/TLS/RTP/SAVPF %s", formats)
	line("c=IN IP4 0.0.0.0")
	line("a=mid:%s\r\na=sendrecv\r\na=rtcp-mux", o.mid)
	line("a=ice-ufrag:%s\r\na=ice-pwd:%s", o.ufrag, o.password)
	line("a=fingerprint:sha-256 %s\r\na=setup:%s", o.fingerprint, o.setup)
	line("a=rtpmap:%d %s/8000", o.codec, o.codec)
	if o.dtmf != 0 {
		line("a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15", o.dtmf, o.dtmf)
	}
	if o.ssrc != 0 {
		line("a=msid:- browser\r\na=ssrc:%d cname:browser", o.ssrc)
	}
	return b.String()
}

func isFingerprint(s string) bool {
	const octets = 32
	if len(s) != 3*octets-1 {
		return false
	}
	for i, c := range []byte(s) {
		if hex := c >= '0' && c <= '9' || c >= 'A' && c <= 'F'; i%3 == 2 && c != ':' || i%3 != 2 && !hex {
			return false
		}
	}
	return true
}

// isCredential reports whether s is made of ice-chars (RFC 8839 §5.4).
func isCredential(s string, least int) bool {
	return len(s) >= least && len(s) <= maxCredential &&
		!strings.ContainsFunc(s, func(c rune) bool { return !isAlnum(c) && c != '+' && c != '/' })
}

func isToken(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return !isAlnum(c) && !strings.ContainsRune("-._~+", c) })
}

// isSessionID reports whether s may name a session.
func isSessionID(s string) bool {
	return s != "" && len(s) <= maxSessionID &&
		!strings.ContainsFunc(s, func(c rune) bool { return !isAlnum(c) && c != '-' })
}

func isAlnum(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
