// Command openapi prints the OpenAPI document of the API, indented, for the
// generator of the front end's types.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"bandeau/api"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func run() error {
	data, err := api.Document("")
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	var indented bytes.Buffer
	if err = json.Indent(&indented, data, "", "  "); err != nil {
		return fmt.Errorf("indent: %w", err)
	}
	indented.WriteByte('\n')
	_, err = indented.WriteTo(os.Stdout)
	return err
}
