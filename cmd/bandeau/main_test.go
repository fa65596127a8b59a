package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"bandeau/app"
)

// result is what a command left behind.
type result struct {
	status         int
	stdout, stderr string
}

// bandeau runs a command line; assignments before it ("NAME=value") are its
// environment.
func bandeau(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	env := map[string]string{}
	for len(args) > 0 {
		name, value, ok := strings.Cut(args[0], "=")
		if !ok || !strings.HasPrefix(name, "BANDEAU_") {
			break
		}
		env[name], args = value, args[1:]
	}
	var stdout, stderr bytes.Buffer
	status := run(args, strings.NewReader(stdin), &stdout, &stderr, func(name string) string { return env[name] })
	return result{status, stdout.String(), stderr.String()}
}

// document is a small configuration.
const document = `bandeau: 1
centre: {name: main}
phones: [{username: desk1, label: Desk}]
operators: [{login: anna, fullName: Anna, email: anna@example.org, phone: {kind: centrex, account: desk1}}]
users: [{login: boss, role: technical}]
`

// newData returns a data directory with the small configuration.
func newData(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if got := bandeau(t, document, "import", "-", "--data", data); got.status != 0 {
		t.Fatalf("import: %+v", got)
	}
	return data
}

func TestWrongUsage(t *testing.T) {
	for _, tt := range []struct {
		args string
		want string
	}{
		{"", "a command is missing"},
		{"fly", `unknown command "fly"`},
		{"user", "user is followed by add or password"},
		{"centre remove x", "centre is followed by add or list"},
		{"help fly", `no help on "fly"`},
		{"serve now", `serve: unexpected argument "now"`},
		{"serve --port 1", "serve: unknown flag --port"},
		{"serve --http", "serve: --http needs a value (ADDR)"},
		{"serve --sip 1 --sip 2", "--sip is given twice"},
		{"serve --http nowhere", `--http "nowhere": must be an address and a port`},
		{"serve --sips 127.0.0.1:5061", "--sips is not available in this version"},
		{"serve --database postgres://x/y", "PostgreSQL is not available in this version"},
		{"serve --tls-cert c.pem", "--tls-cert and --tls-key belong together"},
		{"BANDEAU_DRAIN=soon serve", `BANDEAU_DRAIN = "soon"`},
		{"BANDEAU_SETUP_PASSWORD=short serve", "BANDEAU_SETUP_PASSWORD must have from 12"},
		{"serve --config /nonexistent.toml", "--config: open /nonexistent.toml"},
		{"import", "import: FILE is missing"},
		{"import a b", `import: unexpected argument "b"`},
		{"import --dry-run=yes x", "--dry-run takes no value"},
		{"import /nonexistent.yaml", "/nonexistent.yaml: no such file"},
		{"centre add", "centre add: NAME is missing"},
		{"user add", "user add: LOGIN is missing"},
		{"user password anna", "give the password with --stdin"},
		{"user password anna --stdin", "no password on the standard input"},
		{"version --verbose", "version: unknown flag --verbose"},
		{"replay --from now", `--from is the number of an event, not "now"`},
		{"replay --event 0", `--event is the number of an event, not "0"`},
		{"replay twice", `replay: unexpected argument "twice"`},
	} {
		t.Run(tt.args, func(t *testing.T) {
			got := bandeau(t, "", strings.Fields(tt.args)...)
			if got.status != 2 || got.stdout != "" {
				t.Errorf("%+v, want status 2 and nothing on the standard output", got)
			}
			lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
			if last := lines[len(lines)-1]; !strings.HasPrefix(last, "bandeau: ") || !strings.Contains(last, tt.want) {
				t.Errorf("said %q, want %s", last, tt.want)
			}
			if tt.args != "" && len(lines) != 1 {
				t.Errorf("said more than one line: %q", got.stderr)
			}
		})
	}
}

// A failure that is not the user's writing has status 1 and one line.
func TestFailures(t *testing.T) {
	data := newData(t)
	unwritable := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(unwritable, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	corrupt := t.TempDir()
	if err := os.WriteFile(filepath.Join(corrupt, "bandeau.db"), bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		stdin string
		args  []string
		want  string
	}{
		{"", []string{"export", "--data", filepath.Join(t.TempDir(), "none")}, "no store in"},
		{document, []string{"import", "-", "--data", filepath.Join(unwritable, "x")}, "not a directory"},
		{"", []string{"export", "--data", corrupt}, "bandeau.db"},
		{"", []string{"export", "--data", data, "--centre", "nowhere"}, `no centre is called "nowhere"`},
		{"", []string{"centre", "add", "main", "--data", data}, `a centre is already called "main"`},
		{"", []string{"user", "add", "anna", "--data", data}, "is already the login"},
		{"short\n", []string{"user", "password", "--stdin", "anna", "--data", data}, "from 12 to 128 characters"},
		{"long enough pw\n", []string{"user", "password", "--stdin", "ghost", "--data", data}, `has the login "ghost"`},
		{"bandeau: 1\ncentre: {name: main}\nx: 1\n", []string{"import", "-", "--data", data}, "-: line 3: x: is no section"},
	} {
		got := bandeau(t, tt.stdin, tt.args...)
		if got.status != 1 || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(got.stderr, tt.want) {
			t.Errorf("%v: %+v, want status 1 and one line with %s", tt.args, got, tt.want)
		}
	}
	got := bandeau(t, "bandeau: 1\ncentre: {name: main}\nx: 1\ny: 1\n", "import", "-", "--data", data)
	if got.status != 1 || !strings.Contains(got.stderr, "2 problems") || !strings.Contains(got.stderr, "  line 4: y") {
		t.Errorf("several problems: %+v", got)
	}
}

// The help of serve names every setting with its default and its twin.
func TestHelp(t *testing.T) {
	serve := bandeau(t, "", "serve", "--help")
	if serve.status != 0 || serve.stderr != "" {
		t.Fatalf("%+v", serve)
	}
	for _, s := range app.Settings() {
		_, block, found := strings.Cut(serve.stdout, "  --"+s.Flag+" "+s.Value+"\n")
		block, _, _ = strings.Cut(block, "\n  --")
		if !found || !strings.Contains(block, s.Env()) || !strings.Contains(block, strings.Fields(s.Help)[0]) {
			t.Errorf("--%s is not explained: %q", s.Flag, block)
		}
		if s.Default != "" && !strings.Contains(block, "[default "+s.Default+";") {
			t.Errorf("--%s: no default in %q", s.Flag, block)
		}
	}
	overview := bandeau(t, "", "help")
	for _, c := range commands() {
		if !strings.Contains(overview.stdout, "  "+c.name+" ") {
			t.Errorf("%s is not in the overview", c.name)
		}
		for _, args := range [][]string{append(strings.Fields(c.name), "-h"), append([]string{"help"}, strings.Fields(c.name)...)} {
			got := bandeau(t, "", args...)
			if got.status != 0 || !strings.HasPrefix(got.stdout, "Usage: bandeau "+c.name) {
				t.Errorf("%v: %+v", args, got)
			}
			for _, f := range c.flags {
				if !strings.Contains(got.stdout, "--"+f.name) {
					t.Errorf("%v does not explain --%s", args, f.name)
				}
			}
		}
	}
	if got := bandeau(t, "", "help", "user"); !strings.Contains(got.stdout, "user add") || !strings.Contains(got.stdout, "user password") {
		t.Errorf("help user: %+v", got)
	}
}

func TestVersion(t *testing.T) {
	got := bandeau(t, "", "version")
	if got.status != 0 || !strings.HasPrefix(got.stdout, "bandeau ") ||
		!strings.Contains(got.stdout, "\ncommit ") || !strings.Contains(got.stdout, runtime.Version()) {
		t.Errorf("%+v", got)
	}
	if text := versionText("v1.2.3"); !strings.HasPrefix(text, "bandeau v1.2.3\n") {
		t.Errorf("stamped: %q", text)
	}
}

// The directory comes from the flag, else the environment, else the file.
func TestWhereTheStoreIs(t *testing.T) {
	data := newData(t)
	file := filepath.Join(t.TempDir(), "bandeau.toml")
	if err := os.WriteFile(file, []byte("data = '"+data+"'\nhttp = ':0'\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(t.TempDir(), "none")
	for _, tt := range []struct {
		status int
		args   []string
	}{
		{0, []string{"centre", "list", "--config", file}},
		{0, []string{"BANDEAU_CONFIG=" + file, "centre", "list"}},
		{1, []string{"BANDEAU_CONFIG=" + file, "BANDEAU_DATA=" + none, "centre", "list"}},
		{0, []string{"BANDEAU_DATA=" + none, "centre", "list", "--data=" + data}},
		{1, []string{"BANDEAU_DATA=" + data, "centre", "list", "--data", none}},
	} {
		if got := bandeau(t, "", tt.args...); got.status != tt.status {
			t.Errorf("%v: %+v", tt.args, got)
		}
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("looking made a directory")
	}
}

// The commands on a store, one after the other, as a person would use them.
func TestAdministration(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	with := func(args ...string) []string { return append(args, "--data", data) }

	plan := bandeau(t, document, with("import", "--dry-run", "-")...)
	// A centre that is created comes with the 15 pause types provided.
	if plan.status != 0 || !strings.Contains(plan.stdout, "create operator anna\n") || !strings.Contains(plan.stderr, "dry run: 19 changes") {
		t.Fatalf("dry run: %+v", plan)
	}
	done := bandeau(t, document, with("import", "-")...)
	if done.status != 0 || !strings.Contains(done.stdout, "password of phone desk1, shown once: ") ||
		!strings.Contains(done.stderr, "boss has no e-mail address") {
		t.Fatalf("import: %+v", done)
	}
	exported := bandeau(t, "", with("export")...)
	if exported.status != 0 || !strings.HasPrefix(exported.stdout, "# Bandeau: configuration of the centre \"main\"") {
		t.Fatalf("export: %+v", exported)
	}
	file := filepath.Join(t.TempDir(), "main.yaml")
	if err := os.WriteFile(file, []byte(exported.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	if again := bandeau(t, "", with("import", file)...); again.status != 0 || again.stdout != "" || !strings.Contains(again.stderr, "nothing to do") {
		t.Errorf("import again: %+v", again)
	}

	added := bandeau(t, "", with("centre", "add", "Nice")...)
	id := strings.TrimSpace(added.stdout)
	if added.status != 0 || strings.ContainsAny(id, " \n") || id == "" {
		t.Errorf("centre add: %+v", added)
	}
	if list := bandeau(t, "", with("centre", "list")...); !strings.Contains(list.stdout, id) || strings.Count(list.stdout, "\n") != 3 {
		t.Errorf("centre list: %+v", list)
	}
	if got := bandeau(t, "", with("export")...); got.status != 2 || !strings.Contains(got.stderr, "name one with --centre") {
		t.Errorf("export of two centres: %+v", got)
	}
	if got := bandeau(t, "", with("export", "--centre", "Nice")...); strings.Count(got.stdout, "colour:") != 15 {
		t.Errorf("the new centre has not its pause types: %+v", got)
	}
	user := bandeau(t, "a first password\n", with("user", "add", "zoe", "--centre", "Nice", "--role", "technical", "--stdin")...)
	if user.status != 0 || len(strings.TrimSpace(user.stdout)) == 0 {
		t.Errorf("user add: %+v", user)
	}
	for _, login := range []string{"anna", "boss"} {
		if got := bandeau(t, "a new password\r\n", with("user", "password", "--stdin", "--centre", "main", login)...); got.status != 0 || got.stdout != "" {
			t.Errorf("user password %s: %+v", login, got)
		}
	}
}

// A demonstration takes the flags that make sense for it, its own defaults, and
// of the environment only the twins of those flags.
func TestDemoConfig(t *testing.T) {
	for _, tt := range []struct {
		env     map[string]string
		args    []string
		http    string
		anyPort bool
		sip     string
		level   string
	}{
		{nil, nil, "127.0.0.1:8080", true, "127.0.0.1:0", "WARN"},
		{nil, []string{"--http", ":9000", "--log-level=info", "--seed", "7"}, ":9000", false, "127.0.0.1:0", "INFO"},
		{map[string]string{"BANDEAU_HTTP": ":9001", "BANDEAU_DATA": "elsewhere", "BANDEAU_SIP": "0.0.0.0:5060"}, nil, ":9001", false, "0.0.0.0:5060", "WARN"},
		{map[string]string{"BANDEAU_CONFIG": "/nonexistent.toml", "BANDEAU_SMTP": "smtp://x"}, nil, "127.0.0.1:8080", true, "127.0.0.1:0", "WARN"},
	} {
		parsed, err := parse(demoCommand(), tt.args)
		if err != nil {
			t.Fatal(err)
		}
		got, err := demoConfig(terminal{getenv: func(name string) string { return tt.env[name] }, stderr: t.Output()}, parsed)
		if err != nil {
			t.Fatal(err)
		}
		o := got.Options
		if o.HTTP != tt.http || got.AnyPort != tt.anyPort || o.SIP.String() != tt.sip || o.LogLevel.String() != tt.level ||
			o.RTPPortMin != 0 || o.SMTP != "" || o.Data != "./bandeau-data" {
			t.Errorf("%v %v: %+v", tt.env, tt.args, got)
		}
	}
	for args, want := range map[string]string{
		"demo --data x": "unknown flag --data", "demo --seed many": "must be a whole number", "demo --http nowhere": "must be an address and a port",
	} {
		if got := bandeau(t, "", strings.Fields(args)...); got.status != 2 || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: %+v, want %s", args, got, want)
		}
	}
}

// TestDemo runs the command as a person does, from the start to Ctrl-C: it says
// where to go and what to try, and leaves nothing.
func TestDemo(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	read, write := io.Pipe()
	var stderr bytes.Buffer
	status := make(chan int, 1)
	go func() {
		status <- run([]string{"demo", "--http", "127.0.0.1:0"}, strings.NewReader(""), write, &stderr, func(string) string { return "" })
		_ = write.Close()
	}()
	text := make([]byte, 8192)
	n, err := read.Read(text) // the welcome is written in one piece
	if err != nil {
		t.Fatal(err)
	}
	said := string(text[:n])
	for _, want := range []string{"http://127.0.0.1:", "http://localhost:", "camille.martin", "superviseur", "admin", "demonstration", "Ctrl-C", "--data " + temp} {
		if !strings.Contains(said, want) {
			t.Errorf("does not say %s:\n%s", want, said)
		}
	}
	if err = syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if got := <-status; got != 0 {
		t.Errorf("status %d: %s", got, stderr.String())
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
