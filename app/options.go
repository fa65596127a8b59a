package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"bandeau/directory"
)

// Options are what a node is told when it starts. Every field but the last two
// is a setting of [Settings]; [DefaultOptions] gives the defaults.
type Options struct {
	// Data is the directory of the store, the recordings and the sounds.
	Data string
	// Database is "sqlite:" for a file in Data, or "sqlite:" and a path;
	// [Options.DatabaseFile] resolves it.
	Database string
	// HTTP is the host and port of the administration, the banner, the
	// supervision and the API, as net.Listen takes them.
	HTTP string
	// TLSCert and TLSKey are PEM files that turn HTTP into HTTPS; both or none.
	TLSCert string
	TLSKey  string
	// SIP is the address of SIP over UDP and TCP; a wildcard means each
	// interface's address.
	SIP netip.AddrPort
	// SIPS is the address of SIP over TLS; not valid for none.
	SIPS netip.AddrPort
	// RTPPortMin and RTPPortMax bound the media ports, both included; both are 0
	// for any free port.
	RTPPortMin uint16
	RTPPortMax uint16
	// WebRTC is the one UDP address of all browser phones.
	WebRTC netip.AddrPort
	// SIPDigest is the algorithm of the one challenge phones get.
	SIPDigest directory.DigestAlgorithm
	// RTPTimeout ends a call when a side that sent audio and is not on hold has
	// sent no packet for so long.
	RTPTimeout time.Duration
	// MaxCall is the longest duration of a call.
	MaxCall time.Duration
	// Drain is how long a stop waits for running calls.
	Drain time.Duration
	// Advertise is the address put into SDP, Contact and ICE candidates; not
	// valid for that of the interface used.
	Advertise netip.Addr
	// SMTP is the URL of the mail server, password included; empty for none.
	SMTP directory.Secret
	// LogFormat is "text" or "json".
	LogFormat string
	// LogLevel is the least level that is logged.
	LogLevel slog.Level

	// SetupPassword is the password of the technical user a first start creates;
	// empty for a random one. It comes from the environment only
	// (BANDEAU_SETUP_PASSWORD), so that no list of processes shows it.
	SetupPassword directory.Secret
	// Version names the build, as in "v1.2.0".
	Version string
}

// DatabaseFile returns the path of the SQLite database.
func (o Options) DatabaseFile() string {
	if path := strings.TrimPrefix(o.Database, sqliteScheme); path != "" {
		return path
	}
	return filepath.Join(o.Data, "bandeau.db")
}

// Check refuses settings that do not stand together. Its errors are a
// *UsageError.
func (o Options) Check() error {
	switch {
	case o.Data == "":
		return Usagef("--data must name a directory")
	case (o.TLSCert == "") != (o.TLSKey == ""):
		return Usagef("--tls-cert and --tls-key belong together: one of them is missing")
	case o.SIPS.IsValid():
		return Usagef("--sips is not available in this version: SIP is served over UDP and TCP (--sip)")
	}
	if o.SetupPassword != "" {
		problems := directory.CheckNewPassword(setupLogin, "", o.SetupPassword.Reveal())
		if len(problems) > 0 {
			return Usagef("%s %s", setupPasswordEnv, problems[0].Rule)
		}
	}
	return nil
}

// UsageError is a command or a setting the user got wrong: exit status 2. Its
// text is one line that names the culprit.
type UsageError struct {
	err error
}

// Usagef returns a *UsageError; %w works as in fmt.Errorf.
func Usagef(format string, args ...any) error { return &UsageError{fmt.Errorf(format, args...)} }

// Error implements the error interface.
func (e *UsageError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *UsageError) Unwrap() error { return errors.Unwrap(e.err) }

// ExitStatus returns what a process that ended with an error exits with: 0
// for none, 2 for a *UsageError, 1 for any other.
func ExitStatus(err error) int {
	if err == nil {
		return 0
	}
	if _, ok := errors.AsType[*UsageError](err); ok {
		return 2
	}
	return 1
}
