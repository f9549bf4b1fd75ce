package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kaisei/internal/simulate"
	"kaisei/sources"
)

// The files that point a kaisei at simulated sites.
const (
	simulatedConfig  = "kaisei.toml"
	simulatedCatalog = "simulated.toml"
)

// writeSimulated writes into dir the catalogue of a site that is served, and a configuration that
// watches it and nothing else. Extra lines end the configuration.
func writeSimulated(site *simulate.Site, dir, schedule, extra string) error {
	cat, err := sources.Load()
	if err != nil {
		return err
	}
	var built []string
	for _, s := range cat.Sources() {
		authority, _, _ := strings.Cut(s.ID, "/")
		if built = append(built, fmt.Sprintf("%q", authority+"/")); len(built) > 1 && built[len(built)-2] == built[len(built)-1] {
			built = built[:len(built)-1]
		}
	}
	slices.Sort(built)
	config := fmt.Sprintf(`# Watches the simulated sites of 'kaisei dev simulate' and nothing else.
state = "state"
sources_files = [%q]
disable = [%s]

[fetch]
allow_private = ["127.0.0.0/8"]
parallel_hosts = 16

%s`, simulatedCatalog, strings.Join(slices.Compact(built), ", "), extra)
	for name, text := range map[string]string{simulatedCatalog: site.Sources(schedule), simulatedConfig: config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("write the files of the simulated sites: %w", err)
		}
	}
	return nil
}
