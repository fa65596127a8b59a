package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"syscall"

	"bandeau/app"
	"bandeau/demo"
)

// demoDefaults are the settings of a demonstration that differ from those of a
// server: it takes no port that somebody else may need, and says little.
func demoDefaults() map[string]string {
	return map[string]string{"sip": "127.0.0.1:0", "rtp-ports": "0", "webrtc": "127.0.0.1:0", "log-level": "warn"}
}

func demoCommand() command {
	var flags []flag
	for _, f := range settingFlags("http", "sip", "rtp-ports", "webrtc", "sip-digest", "log-format", "log-level") {
		if f.name == app.ConfigFlag {
			continue
		}
		if def, ok := demoDefaults()[f.name]; ok {
			f.def = def
		}
		flags = append(flags, f)
	}
	flags = append(flags, flag{
		name: "seed", value: "NUMBER", help: "What happens by chance is drawn from it; without it each demonstration differs.",
	}, flag{
		name: "desk-phone", help: "The operator's calls ring at a simulated desk telephone, and not in the browser: for a machine without a microphone.",
	})
	return command{
		name: "demo", summary: "run a demonstration centre with simulated callers and colleagues",
		detail: `A whole system in a temporary directory: a centre with three groups, a dozen
simulated colleagues at telephones of their own, and simulated callers who place
real SIP calls over loopback. It prints the address and the log-ins to try. It
needs no privileges and no network. When port 8080 is in use, another one is
taken, unless --http names one. Ctrl-C ends everything and removes it.
`,
		flags: flags,
		run:   runDemo,
	}
}

func runDemo(t terminal, c call) error {
	config, err := demoConfig(t, c)
	if err != nil {
		return err
	}
	ctx, hard, stop := untilSignalled(syscall.SIGHUP) // the terminal is closed: nothing is to remain
	defer stop()
	t.note("Building a centre and calling the colleagues in …")
	d, err := demo.Start(ctx, config)
	if err != nil {
		if ctx.Err() != nil {
			return nil // interrupted, and cleaned up
		}
		return err
	}
	_, err = io.WriteString(t.stdout, welcome(d, config))
	var failure error
	if err == nil {
		select {
		case <-ctx.Done():
		case failure = <-d.Failed():
		}
	}
	t.note("Ending the demonstration …")
	stopped := make(chan error, 1)
	go func() { stopped <- d.Stop() }()
	select {
	case end := <-stopped:
		if failure != nil || err != nil {
			return fmt.Errorf("demonstration: %w", firstOf(failure, err, end))
		}
		return end
	case <-hard.Done():
		return d.Remove()
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// demoConfig reads the flags, and of the environment the twins of those flags
// only: a server's settings are no demonstration's.
func demoConfig(t terminal, c call) (demo.Config, error) {
	given := map[string]string{}
	for _, f := range demoCommand().flags {
		value, ok := c.flags[f.name]
		if !ok && f.env != "" && t.getenv(f.env) != "" {
			value, ok = t.getenv(f.env), true
		}
		if !ok {
			value, ok = demoDefaults()[f.name]
		}
		if ok && f.name != "seed" && f.name != "desk-phone" {
			given[f.name] = value
		}
	}
	opts, err := app.LoadOptions(given, func(string) string { return "" })
	if err != nil {
		return demo.Config{}, err
	}
	opts.Version = version
	seed := rand.Uint64()
	if text, ok := c.flags["seed"]; ok {
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			return demo.Config{}, app.Usagef("--seed %q: must be a whole number", text)
		}
	}
	_, chosen := given["http"]
	return demo.Config{Options: opts, AnyPort: !chosen, Seed: seed, DeskPhone: c.has("desk-phone"), Log: newLogger(t.stderr, opts)}, nil
}

// welcome says where everything is and what to try.
func welcome(d *demo.Demo, c demo.Config) string {
	here, beside := d.URL(), besides(d.URL())
	var b strings.Builder
	b.WriteString("\nBandeau demonstration: a contact centre at work. Every call is a real one, over SIP.\n\n")
	if c.AnyPort && !strings.HasSuffix(here, portOf(c.Options.HTTP)) {
		fmt.Fprintf(&b, "  %s is in use, so another port was taken.\n\n", c.Options.HTTP)
	}
	fmt.Fprintf(&b, "  Operator       %s   login %-15s password %s\n", here, demo.Newcomer, demo.Password)
	fmt.Fprintf(&b, "  Supervisor     %s   login %-15s password %s\n", beside, demo.Supervisor, demo.Password)
	fmt.Fprintf(&b, "  Administrator  %s   login %-15s password %s\n", beside, demo.Administrator, demo.Password)
	first := `your browser is the telephone. Let it have the
     microphone: you hear the caller, who has a melody for a voice, and he hears you.
     Without a microphone choose the telephone "Poste 201" in the banner, which is
     simulated, or start with --desk-phone.`
	if c.DeskPhone {
		first = `your desk telephone is simulated.`
	}
	fmt.Fprintf(&b, `
What to try
  1. Log in as %[1]s and take your post. A call of the group Accueil rings
     within five seconds; answer it in the banner: %[6]s
  2. Talk, hold, transfer the call to a colleague, or ask one first and join all three.
     Write a note during wrap-up, take a pause, come back, dial a number: any that ends
     with 00 is busy, with 99 does not answer, others do.
  3. Watch the floor in a second tab as %[2]s. Where its address differs
     in the host name, that is for the browser: each host keeps its own log-in.
  4. As %[3]s create a group, put operators into it, and create a number
     that leads to it: somebody calls it a few seconds later.
  5. Create an operator with the external phone 06 39 98 00 01 and give him a password:
       bandeau user password --data %[4]s --final LOGIN
  6. Register a softphone of your own, with an account created under telephones, at
     %[5]s (start with --sip 0.0.0.0:5060 to reach it from elsewhere).

  Ctrl-C ends the demonstration and removes all of it.

`, demo.Newcomer, demo.Supervisor, demo.Administrator, d.Dir(), d.SIP(), first)
	return b.String()
}

// besides is the same address under the other name of this machine. Browsers
// keep cookies by host: so a person can be logged in twice in one browser.
func besides(address string) string {
	at, err := url.Parse(address)
	if err != nil || at.Hostname() != "127.0.0.1" {
		return address
	}
	at.Host = "localhost:" + at.Port()
	return at.String()
}

// portOf is the port of an address, with its colon.
func portOf(address string) string { return address[strings.LastIndexByte(address, ':'):] }
