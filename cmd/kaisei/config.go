package main

import (
	"cmp"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"kaisei/internal/render"
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
			if _, _, err := senders(k.config, a.writing(), a.logger(k.config.Log), a.stdout, a.color(), a.width()); err != nil {
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
				return a.printJSON(map[string]any{"config": name, "state": k.config.State, "channels": len(k.config.Channels), "sources": enabled, "use_cases": len(k.config.UseCases)})
			}
			a.report("cli.config-sound", cmp.Or(name, render.Say(a.voice(), "cli.config-none")), k.config.State, len(k.config.Channels), enabled, len(k.config.UseCases))
			for _, n := range routeNotes(k.config) {
				a.report("cli.note", render.Say(a.voice(), n))
			}
			for _, l := range unwatchedLaws(k.config, k.catalog.Sources()) {
				a.report("cli.note", render.Say(a.voice(), "cli.config-law", l))
			}
			return nil
		},
	}
	words := &cobra.Command{
		Use: "words", Short: "Print every text of the messages by its key, as a file for words_files", Args: cobra.NoArgs,
		Long: `words prints what messages are made of as TOML: every key with its words in Japanese and English, the operator's where
words_files has set them. Take what you want to say otherwise into a file of your own and name it in words_files. What
stands as %s is filled in: keep each, in another order as %[2]s.`,
		RunE: func(*cobra.Command, []string) error {
			if _, err := a.settings(); err != nil {
				return err
			}
			_, err := fmt.Fprint(a.stdout, a.wording.TOML())
			return err
		},
	}
	return group("config", "Check the configuration, and print the words and templates of messages", check, words, a.templatesCommand())
}
