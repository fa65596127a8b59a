package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bandeau/directory"
)

func noEnv(string) string { return "" }

func env(pairs ...string) func(string) string {
	values := map[string]string{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		values[name] = value
	}
	return func(name string) string { return values[name] }
}

func writeFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultOptions(t *testing.T) {
	want := Options{
		Data: "./bandeau-data", Database: "sqlite:", HTTP: "127.0.0.1:8080",
		SIP:        netip.MustParseAddrPort("0.0.0.0:5060"),
		RTPPortMin: 20000, RTPPortMax: 29999,
		WebRTC:    netip.MustParseAddrPort("0.0.0.0:8444"),
		SIPDigest: directory.DigestMD5, RTPTimeout: time.Minute, MaxCall: 4 * time.Hour, Drain: 30 * time.Second,
		LogFormat: "text", LogLevel: slog.LevelInfo,
	}
	got, err := LoadOptions(nil, noEnv)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if err := got.Check(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

// Each setting can be set in each of the three ways, and the stronger wins.
func TestPrecedence(t *testing.T) {
	values := map[string][3]string{ // file, environment, flag
		"data":        {"/f", "/e", "/g"},
		"database":    {"sqlite:f", "sqlite:e", "sqlite:g"},
		"http":        {":1", ":2", ":3"},
		"tls-cert":    {"f", "e", "g"},
		"tls-key":     {"f", "e", "g"},
		"sip":         {"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
		"sips":        {"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
		"rtp-ports":   {"2000-3000", "4000-5000", "0"},
		"webrtc":      {"127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"},
		"sip-digest":  {"sha256", "md5", "sha256"},
		"rtp-timeout": {"1s", "2s", "3s"},
		"max-call":    {"1h", "2h", "3h"},
		"drain":       {"0s", "1s", "2s"},
		"advertise":   {"192.0.2.1", "192.0.2.2", "2001:db8::3"},
		"smtp":        {"smtp://f.example?from=a@example.org", "smtp://e.example?from=a@example.org", "smtp://g.example?from=a@example.org"},
		"log-format":  {"json", "text", "json"},
		"log-level":   {"debug", "warn", "error"},
	}
	for _, s := range Settings() {
		t.Run(s.Flag, func(t *testing.T) {
			v, ok := values[s.Flag]
			if !ok {
				t.Fatal("the test knows no values for this setting")
			}
			file := writeFile(t, "bandeau.toml", fmt.Sprintf("%s = %q\n", s.Flag, v[0]))
			for level, given := range []struct {
				flags map[string]string
				env   func(string) string
			}{
				{map[string]string{"config": file}, noEnv},
				{nil, env("BANDEAU_CONFIG="+file, s.Env()+"="+v[1])},
				{map[string]string{s.Flag: v[2]}, env("BANDEAU_CONFIG="+file, s.Env()+"="+v[1])},
			} {
				got, err := LoadOptions(given.flags, given.env)
				if err != nil {
					t.Fatal(err)
				}
				want := DefaultOptions()
				if err := s.set(&want, v[level]); err != nil {
					t.Fatal(err)
				}
				if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) || got.SMTP.Reveal() != want.SMTP.Reveal() {
					t.Errorf("level %d: got %+v, want %+v", level, got, want)
				}
			}
		})
	}
}

// What is wrong is named as the user wrote it, and is wrong usage.
func TestWrongSettings(t *testing.T) {
	tests := map[string]struct {
		flags map[string]string
		env   func(string) string
		file  string
		want  string
	}{
		"flag":            {flags: map[string]string{"rtp-ports": "10"}, want: `--rtp-ports "10": must be two ports`},
		"ports reversed":  {flags: map[string]string{"rtp-ports": "30000-20000"}, want: "the lower first"},
		"no pair":         {flags: map[string]string{"rtp-ports": "2001-2002"}, want: "must be two ports"},
		"environment":     {env: env("BANDEAU_SIP=nowhere"), want: `BANDEAU_SIP = "nowhere": must be an address and a port`},
		"host name":       {flags: map[string]string{"sip": "example.org:5060"}, want: "must be an IP address and a port"},
		"port":            {flags: map[string]string{"http": "127.0.0.1:70000"}, want: "port from 0 to 65535"},
		"duration":        {flags: map[string]string{"max-call": "60"}, want: "a duration from 1s to 24h, such as"},
		"negative":        {flags: map[string]string{"drain": "-1s"}, want: "a duration from 0s to 1h"},
		"digest":          {flags: map[string]string{"sip-digest": "sha1"}, want: "must be md5 or sha256"},
		"advertise":       {flags: map[string]string{"advertise": "0.0.0.0"}, want: "others reach this node"},
		"format":          {flags: map[string]string{"log-format": "xml"}, want: "must be text or json"},
		"level":           {flags: map[string]string{"log-level": "all"}, want: "must be debug, info, warn or error"},
		"postgres":        {flags: map[string]string{"database": "postgres://db/x"}, want: "PostgreSQL is not available in this version"},
		"database":        {flags: map[string]string{"database": "mysql:x"}, want: "must begin with sqlite:"},
		"no file":         {flags: map[string]string{"config": "/nonexistent/b.toml"}, want: "--config: open /nonexistent/b.toml"},
		"file value":      {file: "http = \"x\"\n", want: `bandeau.toml: http = "x": must be an address`},
		"file number":     {file: "http = 8080\n", want: "http must be a text in quotes"},
		"file key":        {file: "htpp = \"x\"\n", want: `unknown key "htpp"`},
		"file underscore": {file: "rtp_ports = \"x\"\n", want: `it is written "rtp-ports"`},
		"file syntax":     {file: "http = \"a\"\nhttp = \n", want: "line 2: "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.file != "" {
				tt.flags = map[string]string{"config": writeFile(t, "bandeau.toml", tt.file)}
			}
			if tt.env == nil {
				tt.env = noEnv
			}
			_, err := LoadOptions(tt.flags, tt.env)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("error %v, want one line with %q", err, tt.want)
			}
			if ExitStatus(err) != 2 {
				t.Errorf("exit status %d, want 2", ExitStatus(err))
			}
		})
	}
}

func TestSettingsThatDoNotStandTogether(t *testing.T) {
	tests := map[string]struct {
		flags map[string]string
		env   func(string) string
		want  string
	}{
		"certificate without key": {map[string]string{"tls-cert": "c.pem"}, noEnv, "--tls-cert and --tls-key belong together"},
		"sips":                    {map[string]string{"sips": "0.0.0.0:5061"}, noEnv, "--sips is not available in this version"},
		"no directory":            {map[string]string{"data": ""}, noEnv, "--data must name a directory"},
		"weak password":           {nil, env("BANDEAU_SETUP_PASSWORD=short"), "BANDEAU_SETUP_PASSWORD must have from 12 to 128 characters"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			opts, err := LoadOptions(tt.flags, tt.env)
			if err != nil {
				t.Fatal(err)
			}
			err = opts.Check()
			if err == nil || !strings.Contains(err.Error(), tt.want) || ExitStatus(err) != 2 {
				t.Errorf("Check() = %v, want wrong usage with %q", err, tt.want)
			}
		})
	}
}

// No error and no print of the options shows a password.
func TestSecretsOfSettingsStayHidden(t *testing.T) {
	const password = "hunter2hunter2"
	_, err := LoadOptions(map[string]string{"smtp": "ftp://me:" + password + "@host"}, noEnv)
	if err == nil || strings.Contains(err.Error(), password) {
		t.Errorf("error %v", err)
	}
	_, err = LoadOptions(nil, env("BANDEAU_SMTP=smtp://me:"+password+"%zz@host"))
	if err == nil || strings.Contains(err.Error(), password) {
		t.Errorf("error %v", err)
	}
	opts, err := LoadOptions(map[string]string{"smtp": "smtp://me:" + password + "@host?from=a@example.org"},
		env("BANDEAU_SETUP_PASSWORD="+password))
	if err != nil || opts.SetupPassword.Reveal() != password {
		t.Fatalf("options %v, %v", opts, err)
	}
	if text := fmt.Sprintf("%v %+v %#v", opts, opts, opts); strings.Contains(text, password) {
		t.Errorf("printed: %s", text)
	}
}

func TestDatabaseFile(t *testing.T) {
	opts := DefaultOptions()
	if got := opts.DatabaseFile(); got != filepath.Join("bandeau-data", "bandeau.db") {
		t.Errorf("default: %s", got)
	}
	opts.Database = "sqlite:/var/lib/b.db"
	if got := opts.DatabaseFile(); got != "/var/lib/b.db" {
		t.Errorf("elsewhere: %s", got)
	}
}

func TestExitStatus(t *testing.T) {
	if got := ExitStatus(nil); got != 0 {
		t.Errorf("nil: %d", got)
	}
	if got := ExitStatus(errors.New("x")); got != 1 {
		t.Errorf("failure: %d", got)
	}
	cause := errors.New("cause")
	err := fmt.Errorf("around: %w", Usagef("usage: %w", cause))
	if got := ExitStatus(err); got != 2 || !errors.Is(err, cause) {
		t.Errorf("usage: %d, %v", got, errors.Is(err, cause))
	}
}
