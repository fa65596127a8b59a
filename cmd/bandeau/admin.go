package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"golang.org/x/term"

	"bandeau/app"
)

// maxPasswordLine bounds what is read of the standard input for a password, in
// bytes: more than any password has.
const maxPasswordLine = 4096

// adminFlags are those of the commands that work on a store.
func adminFlags(own ...flag) []flag { return append(own, settingFlags("data", "database")...) }

func centreFlag() flag {
	return flag{name: "centre", value: "NAME", help: "The centre; may be left out while there is one."}
}

// administer runs f on the store, directly or through the server that holds it.
func administer(t terminal, c call, create bool, f func(context.Context, app.Admin) error) (err error) {
	opts, err := c.options(t)
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	admin, release, err := app.OpenAdmin(ctx, opts, create, slog.New(slog.NewTextHandler(t.stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	return f(ctx, admin)
}

func exportCommand() command {
	return command{
		name: "export", summary: "print a centre's configuration as a YAML document",
		detail: `The document holds no passwords, and of sounds the name only. It can be edited, kept under version control and
brought in again with "bandeau import", here or on another node.
`,
		flags: adminFlags(centreFlag()),
		run: func(t terminal, c call) error {
			return administer(t, c, false, func(ctx context.Context, a app.Admin) error {
				out, err := a.Export(ctx, app.Export{Centre: c.flags["centre"]})
				if err != nil {
					return err
				}
				_, err = t.stdout.Write(out.Document)
				return err
			})
		},
	}
}

func importCommand() command {
	return command{
		name: "import", args: "FILE", summary: "bring a centre to a YAML document",
		detail: `FILE is what "bandeau export" prints, or - for the standard input. Every change is
printed. Either all of them are made or none; a document that was imported before
changes nothing. A section or a field that is left out stays as it is. Sounds are
named, but their audio is in no document: upload it first.

Passwords of records that exist are kept. New operators and users are mailed one;
those of new phones are printed, once.
`,
		flags: adminFlags(
			flag{name: "dry-run", help: "Print what would change, and change nothing."},
			flag{name: "prune", help: "Delete what a section of the document leaves out."},
			flag{name: "centre", value: "NAME", help: "The centre to change; without it the one the document names."},
		),
		run: runImport,
	}
}

func runImport(t terminal, c call) error {
	document, err := readFile(t, c.args[0])
	if err != nil {
		return err
	}
	return administer(t, c, true, func(ctx context.Context, a app.Admin) error {
		out, err := a.Import(ctx, app.Import{
			Centre: c.flags["centre"], Document: document, DryRun: c.has("dry-run"), Prune: c.has("prune"),
		})
		if document, ok := errors.AsType[*app.DocumentError](err); ok && len(document.Problems) == 1 {
			return fmt.Errorf("%s: %w", c.args[0], err)
		}
		if err != nil {
			return err
		}
		var b strings.Builder
		for _, change := range out.Changes {
			fmt.Fprintln(&b, change)
		}
		for _, p := range out.Phones {
			fmt.Fprintf(&b, "password of phone %s, shown once: %s\n", p.Username, p.Password)
		}
		if _, err := io.WriteString(t.stdout, b.String()); err != nil {
			return err
		}
		for _, warning := range out.Warnings {
			t.note("warning: %s", warning)
		}
		for _, login := range out.Unmailed {
			t.note("%s has no e-mail address: set a password with bandeau user password --centre %q %s", login, out.Centre, login)
		}
		switch {
		case len(out.Changes) == 0:
			t.note("centre %q is as the document says: nothing to do", out.Centre)
		case !out.Applied:
			t.note("dry run: %d changes to centre %q, none made", len(out.Changes), out.Centre)
		default:
			t.note("%d changes made to centre %q", len(out.Changes), out.Centre)
		}
		return nil
	})
}

func readFile(t terminal, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(t.stdin)
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, app.Usagef("import: %w", err)
	}
	return data, err
}

func centreAddCommand() command {
	return command{
		name: "centre add", args: "NAME", summary: "create a further centre and print its id",
		detail: `The centre begins with the pause types provided and without users: create the first
with "bandeau user add --centre NAME --role technical LOGIN".
`,
		flags: adminFlags(),
		run: func(t terminal, c call) error {
			return administer(t, c, false, func(ctx context.Context, a app.Admin) error {
				centre, err := a.AddCentre(ctx, app.AddCentre{Name: c.args[0]})
				if err != nil {
					return err
				}
				t.note("centre %q added", centre.Name)
				_, err = fmt.Fprintln(t.stdout, centre.ID)
				return err
			})
		},
	}
}

func centreListCommand() command {
	return command{
		name: "centre list", summary: "list the centres of the node",
		flags: adminFlags(),
		run: func(t terminal, c call) error {
			return administer(t, c, false, func(ctx context.Context, a app.Admin) error {
				centres, err := a.Centres(ctx, app.CentresQuery{})
				if err != nil {
					return err
				}
				w := tabwriter.NewWriter(t.stdout, 0, 8, 2, ' ', 0)
				_, _ = fmt.Fprintln(w, "NAME\tID\tLANGUAGE\tTIME ZONE\tMAIN NUMBER")
				for _, centre := range centres {
					number := centre.MainNumber
					if number == "" {
						number = "-"
					}
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", centre.Name, centre.ID, centre.Language, centre.TimeZone, number)
				}
				return w.Flush()
			})
		},
	}
}

func userAddCommand() command {
	return command{
		name: "user add", args: "LOGIN", summary: "create a user and print the id",
		detail: `With --stdin the first password is read from the standard input; else, with --email,
one is mailed; else set one with "bandeau user password". It must be replaced at the
first log-in and is valid for 7 days.
`,
		flags: adminFlags(
			centreFlag(),
			flag{name: "role", value: "ROLE", def: "supervisor", help: "supervisor, administrator or technical."},
			flag{name: "name", value: "NAME", help: "Full name; without it the login."},
			flag{name: "email", value: "ADDRESS", help: "E-mail address."},
			flag{name: "language", value: "LANGUAGE", help: "fr, en, it or es; without it the centre's."},
			flag{name: "stdin", help: "Read a first password from the standard input, one line."},
		),
		run: func(t terminal, c call) error {
			q := app.AddUser{
				Centre: c.flags["centre"], Login: c.args[0], Name: c.flags["name"], Email: c.flags["email"],
				Language: c.flags["language"], Role: c.flags["role"],
			}
			if c.has("stdin") {
				var err error
				if q.Password, err = readPassword(t); err != nil {
					return err
				}
			}
			return administer(t, c, false, func(ctx context.Context, a app.Admin) error {
				user, err := a.AddUser(ctx, q)
				if err != nil {
					return err
				}
				t.note("user %s (%s) added to centre %q", user.Login, user.Role, user.Centre)
				switch {
				case user.Mailed:
					t.note("a first password is mailed to %s", q.Email)
				case q.Password == "":
					t.note("set a password with bandeau user password --centre %q %s", user.Centre, user.Login)
				}
				_, err = fmt.Fprintln(t.stdout, user.ID)
				return err
			})
		},
	}
}

func userPasswordCommand() command {
	return command{
		name: "user password", args: "LOGIN", summary: "set a first password for a user or an operator",
		detail: `The password has 12 to 128 characters and is not the login. It must be replaced at the
first log-in and is valid for 7 days, unless --final is given. Sessions opened with
the old one end.
`,
		flags: adminFlags(
			centreFlag(),
			flag{name: "stdin", help: "Read the password from the standard input, one line, instead of the terminal."},
			flag{name: "final", help: "The password need not be replaced and stays valid."},
		),
		run: func(t terminal, c call) error {
			password, err := askPassword(t, c)
			if err != nil {
				return err
			}
			return administer(t, c, false, func(ctx context.Context, a app.Admin) error {
				who, err := a.SetPassword(ctx, app.SetPassword{
					Centre: c.flags["centre"], Login: c.args[0], Password: password, Final: c.has("final"),
				})
				if err != nil {
					return err
				}
				kind := "user"
				if who.Operator {
					kind = "operator"
				}
				t.note("password of %s %s of centre %q set", kind, who.Login, who.Centre)
				return nil
			})
		},
	}
}

// askPassword reads a password from the standard input with --stdin, else
// twice from the terminal, without echo.
func askPassword(t terminal, c call) (string, error) {
	if c.has("stdin") {
		return readPassword(t)
	}
	file, ok := t.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return "", app.Usagef("user password: the standard input is no terminal: give the password with --stdin")
	}
	ask := func(prompt string) (string, error) {
		_, _ = io.WriteString(t.stderr, prompt)
		password, err := term.ReadPassword(int(file.Fd()))
		t.note("")
		return string(password), err
	}
	password, err := ask("New password: ")
	if err != nil {
		return "", err
	}
	again, err := ask("Once more: ")
	if err == nil && again != password {
		err = errors.New("the two passwords differ")
	}
	return password, err
}

// readPassword reads one line of the standard input.
func readPassword(t terminal) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(t.stdin, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", app.Usagef("--stdin: no password on the standard input")
	}
	return line, nil
}
