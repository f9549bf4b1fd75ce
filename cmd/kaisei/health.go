package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"kaisei/internal/web"
)

func (a *app) healthCommand() *cobra.Command {
	return &cobra.Command{
		Use: "health", Short: "Exit with 0 if the daemon answers", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			d, err := web.Dial(c.Context(), a.state())
			if err != nil {
				return fmt.Errorf("no kaisei runs with the state folder %s ('kaisei serve' starts one): %w", a.state(), err)
			}
			defer d.Close()
			v, err := d.Health(c.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]string{"status": "ok", "version": v})
			}
			fmt.Fprintf(a.stdout, "ok (kaisei %s)\n", v)
			return nil
		},
	}
}
