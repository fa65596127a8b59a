package app

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"bandeau/directory"
)

// The configuration file is named by a flag or its twin in the environment.
const (
	ConfigFlag = "config"
	ConfigEnv  = envPrefix + "CONFIG"
)

// LoadOptions returns the options of a node from where they are set, the
// strongest first: the flags given, by name without hyphens; the environment;
// the configuration file that the flag "config" or its twin names; the
// defaults. An empty variable of the environment counts as not set. Its errors
// are a *UsageError and name the flag, the variable or the key.
//
// The settings are read one by one; [Options.Check] looks at them together.
func LoadOptions(flags map[string]string, getenv func(string) string) (Options, error) {
	opts := DefaultOptions()
	file, err := readConfigFile(flags, getenv)
	if err != nil {
		return Options{}, err
	}
	for _, s := range Settings() {
		value, from, ok := file.values[s.Flag], file.path+": "+s.Flag+" =", file.has(s.Flag)
		if text := getenv(s.Env()); text != "" {
			value, from, ok = text, s.Env()+" =", true
		}
		if text, given := flags[s.Flag]; given {
			value, from, ok = text, "--"+s.Flag, true
		}
		if !ok {
			continue
		}
		if err := s.set(&opts, value); err != nil {
			if s.secret {
				return Options{}, Usagef("%s [hidden]: %w", from, err)
			}
			return Options{}, Usagef("%s %q: %w", from, value, err)
		}
	}
	opts.SetupPassword = directory.Secret(getenv(setupPasswordEnv))
	return opts, nil
}

// configFile is what a configuration file sets, by the names of the flags.
type configFile struct {
	path   string
	values map[string]string
}

func (f configFile) has(key string) bool {
	_, ok := f.values[key]
	return ok
}

func readConfigFile(flags map[string]string, getenv func(string) string) (configFile, error) {
	path, given := flags[ConfigFlag]
	if !given {
		path = getenv(ConfigEnv)
	}
	if path == "" {
		return configFile{}, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return configFile{}, Usagef("--%s: %w", ConfigFlag, err)
	}
	values, err := parseConfig(data)
	if err != nil {
		return configFile{}, Usagef("%s: %w", path, err)
	}
	return configFile{path: path, values: values}, nil
}

// parseConfig reads TOML whose keys are the names of the flags and whose
// values are the texts the flags take.
func parseConfig(data []byte) (map[string]string, error) {
	var tree map[string]any
	if err := toml.Unmarshal(data, &tree); err != nil {
		if at, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, _ := at.Position()
			return nil, fmt.Errorf("line %d: %s", line, strings.TrimPrefix(at.Error(), "toml: "))
		}
		return nil, err
	}
	settings := Settings()
	values := make(map[string]string, len(tree))
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		known := func(name string) bool {
			return slices.ContainsFunc(settings, func(s Setting) bool { return s.Flag == name })
		}
		if !known(key) {
			if hyphens := strings.ReplaceAll(key, "_", "-"); known(hyphens) {
				return nil, fmt.Errorf("unknown key %q: it is written %q", key, hyphens)
			}
			return nil, fmt.Errorf("unknown key %q: the keys are the names of the flags of bandeau serve", key)
		}
		text, ok := tree[key].(string)
		if !ok {
			return nil, fmt.Errorf("%s must be a text in quotes, as the flag takes it", key)
		}
		values[key] = text
	}
	return values, nil
}
