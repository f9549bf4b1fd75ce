package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func (a *app) configCommand() *cobra.Command {
	check := &cobra.Command{
		Use: "check", Short: "Check the configuration, the catalogue and the rules", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			k, err := a.kit()
			if err != nil {
				return err
			}
			k.close()
			if _, _, err := senders(k.config, a.logger(k.config.Log), a.stdout, a.color(), a.width()); err != nil {
				return err
			}
			enabled := 0
			for _, s := range k.catalog.Sources() {
				if s.Disabled == "" {
					enabled++
				}
			}
			name := cmp.Or(a.configFile, os.Getenv("KAISEI_CONFIG"))
			if a.json {
				return a.printJSON(map[string]any{"config": name, "state": k.config.State, "channels": len(k.config.Channels), "sources": enabled})
			}
			fmt.Fprintf(a.stdout, "%s: sound; state in %s, %d channels, %d sources\n", cmp.Or(name, "no file, defaults"), k.config.State, len(k.config.Channels), enabled)
			return nil
		},
	}
	return group("config", "Check the configuration", check)
}
