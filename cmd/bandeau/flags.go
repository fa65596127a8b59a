package main

import (
	"fmt"
	"slices"
	"strings"

	"bandeau/app"
)

// flag is one flag of a command.
type flag struct {
	name  string // without hyphens
	value string // stands for the value in the help; empty for a switch
	def   string // the default, for the help
	help  string
	env   string // its twin in the environment, if it has one
}

// call is a command line taken apart.
type call struct {
	flags map[string]string // by name; "true" for a switch
	args  []string
}

func (c call) has(name string) bool { return c.flags[name] != "" }

// parse takes the arguments of a command apart. Flags begin with one hyphen or
// two, may stand before and after the other arguments, and take their value
// after an equals sign or as the next argument; "--" ends them.
func parse(c command, args []string) (call, error) {
	out := call{flags: map[string]string{}}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		if arg == "--" {
			out.args = append(out.args, args...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			out.args = append(out.args, arg)
			continue
		}
		name, value, assigned := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		if isHelp(arg) {
			out.flags["help"] = "true"
			return out, nil
		}
		at := slices.IndexFunc(c.flags, func(f flag) bool { return f.name == name })
		if at < 0 {
			return call{}, app.Usagef("%s: unknown flag --%s: bandeau help %s lists them", c.name, name, c.name)
		}
		if _, twice := out.flags[name]; twice {
			return call{}, app.Usagef("%s: --%s is given twice", c.name, name)
		}
		switch f := c.flags[at]; {
		case f.value == "" && assigned:
			return call{}, app.Usagef("%s: --%s takes no value", c.name, name)
		case f.value == "":
			value = "true"
		case !assigned && len(args) == 0:
			return call{}, app.Usagef("%s: --%s needs a value (%s)", c.name, name, f.value)
		case !assigned:
			value, args = args[0], args[1:]
		}
		out.flags[name] = value
	}
	return out, checkArgs(c, out.args)
}

// checkArgs holds the other arguments against what the command says it takes.
func checkArgs(c command, args []string) error {
	want := strings.Fields(c.args)
	if len(args) < len(want) {
		return app.Usagef("%s: %s is missing", c.name, want[len(args)])
	}
	if len(args) > len(want) {
		return app.Usagef("%s: unexpected argument %q", c.name, args[len(want)])
	}
	return nil
}

// settingFlags are the flags of a node's settings: all of them, or those named.
func settingFlags(names ...string) []flag {
	var out []flag
	for _, s := range app.Settings() {
		if len(names) == 0 || slices.Contains(names, s.Flag) {
			out = append(out, flag{name: s.Flag, value: s.Value, def: s.Default, help: s.Help, env: s.Env()})
		}
	}
	return append(out, flag{
		name: app.ConfigFlag, value: "FILE", env: app.ConfigEnv,
		help: "TOML file whose keys are called as the flags; flags and environment come before it.",
	})
}

// options reads the settings of a command line, of the environment and of the
// configuration file.
func (c call) options(t terminal) (app.Options, error) {
	opts, err := app.LoadOptions(c.flags, t.getenv)
	opts.Version = version
	return opts, err
}

func isHelp(arg string) bool { return slices.Contains([]string{"help", "-h", "-help", "--help"}, arg) }

// help shows the overview, or what it is asked for.
func help(t terminal, args []string) error {
	text := overview()
	if len(args) > 0 {
		var parts []string
		for _, c := range commands() {
			if c.name == strings.Join(args, " ") || strings.HasPrefix(c.name, args[0]+" ") && len(args) == 1 {
				parts = append(parts, c.help())
			}
		}
		if len(parts) == 0 {
			return app.Usagef("no help on %q: bandeau help lists the commands", strings.Join(args, " "))
		}
		text = strings.Join(parts, "\n")
	}
	_, err := fmt.Fprint(t.stdout, text)
	return err
}

// overview lists the commands.
func overview() string {
	var b strings.Builder
	b.WriteString("Bandeau, a contact centre for voice.\n\nUsage: bandeau COMMAND [FLAGS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-22s %s\n", strings.TrimSpace(c.name+" "+c.args), c.summary)
	}
	fmt.Fprintf(&b, "  %-22s %s\n", "help [COMMAND]", "this list, or the flags of a command")
	b.WriteString(`
"bandeau serve --help" explains every setting with its default. Commands that
work on a store take its directory from --data; when a server holds the store,
they go through that server.

Exit status: 0 success, 1 failure, 2 wrong usage.
`)
	return b.String()
}

// help describes one command and its flags.
func (c command) help() string {
	var b strings.Builder
	usage := strings.TrimSpace(c.name + " " + c.args)
	if len(c.flags) > 0 {
		usage += " [FLAGS]"
	}
	fmt.Fprintf(&b, "Usage: bandeau %s\n\n%s.\n", usage, strings.ToUpper(c.summary[:1])+c.summary[1:])
	if c.detail != "" {
		b.WriteString("\n" + c.detail)
	}
	if len(c.flags) > 0 {
		b.WriteString("\nFlags:\n")
	}
	for _, f := range c.flags {
		fmt.Fprintf(&b, "  %s\n", strings.TrimSpace("--"+f.name+" "+f.value))
		var notes []string
		if f.def != "" {
			notes = append(notes, "default "+f.def)
		}
		if f.env != "" {
			notes = append(notes, f.env)
		}
		for _, line := range wrap(f.help, 92) {
			fmt.Fprintf(&b, "        %s\n", line)
		}
		if len(notes) > 0 {
			fmt.Fprintf(&b, "        [%s]\n", strings.Join(notes, "; "))
		}
	}
	return b.String()
}

// wrap breaks a text into lines of at most width bytes.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
