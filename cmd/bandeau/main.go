// Command bandeau runs a contact centre for voice and administers its store.
//
// "bandeau help" lists what it does; the exit status is 0 for success, 1 for a
// failure and 2 for wrong usage.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	_ "time/tzdata" // centres have time zones, whatever the machine knows of them

	"bandeau/app"
)

// version is stamped by the linker: -ldflags "-X main.version=v1.2.0".
var version = "devel"

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}

// terminal is what a command may touch of the world.
type terminal struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	getenv func(string) string
}

// note says something to the person at the terminal that no program reads.
func (t terminal) note(format string, args ...any) {
	_, _ = fmt.Fprintf(t.stderr, format+"\n", args...)
}

// run executes a command line without the program's name and returns the exit
// status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	t := terminal{stdin, stdout, stderr, getenv}
	err := dispatch(t, args)
	status := app.ExitStatus(err)
	if err == nil {
		return status
	}
	if document, ok := errors.AsType[*app.DocumentError](err); ok && len(document.Problems) > 1 {
		t.note("bandeau: the document has %d problems", len(document.Problems))
		for _, p := range document.Problems {
			t.note("  %s", p)
		}
		return status
	}
	// Whatever joined its causes with line feeds: a failure is one line.
	t.note("bandeau: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	return status
}

// command is one word of the command line.
type command struct {
	name    string // "user add"
	args    string // "LOGIN"
	summary string
	// detail is shown by the command's own help.
	detail string
	flags  []flag
	run    func(t terminal, c call) error
}

// commands lists every command, in the order the help shows them.
func commands() []command {
	return []command{
		serveCommand(), demoCommand(), exportCommand(), importCommand(), replayCommand(), simulateCommand(), centreAddCommand(), centreListCommand(),
		userAddCommand(), userPasswordCommand(), versionCommand(),
	}
}

// dispatch finds the command and runs it, or shows help.
func dispatch(t terminal, args []string) error {
	if len(args) == 0 {
		_, _ = io.WriteString(t.stderr, overview())
		return app.Usagef("a command is missing")
	}
	if isHelp(args[0]) {
		return help(t, args[1:])
	}
	c, rest, err := lookUp(args)
	if err != nil {
		return err
	}
	parsed, err := parse(c, rest)
	if err != nil {
		return err
	}
	if parsed.has("help") {
		_, err := io.WriteString(t.stdout, c.help())
		return err
	}
	return c.run(t, parsed)
}

// lookUp finds the command the arguments begin with and returns the others.
func lookUp(args []string) (command, []string, error) {
	var words []string
	for _, c := range commands() {
		name := strings.Fields(c.name)
		if len(args) >= len(name) && strings.Join(args[:len(name)], " ") == c.name {
			return c, args[len(name):], nil
		}
		if name[0] == args[0] && len(name) > 1 {
			words = append(words, name[1])
		}
	}
	if len(words) > 0 {
		return command{}, nil, app.Usagef("%s is followed by %s", args[0], strings.Join(words, " or "))
	}
	return command{}, nil, app.Usagef("unknown command %q: bandeau help lists them", args[0])
}

func versionCommand() command {
	return command{
		name: "version", summary: "print version, commit and Go version",
		run: func(t terminal, _ call) error {
			_, err := io.WriteString(t.stdout, versionText(version))
			return err
		},
	}
}

// versionText describes the build. The commit is known to binaries built in
// the repository.
func versionText(stamped string) string {
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		if stamped == "devel" && strings.HasPrefix(info.Main.Version, "v") {
			stamped = info.Main.Version
		}
		modified := ""
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				modified = " (modified)"
			}
		}
		commit += modified
	}
	return fmt.Sprintf("bandeau %s\ncommit %s\n%s %s/%s\n", stamped, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
