package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kaisei/internal/config"
	"kaisei/internal/render"
)

// readForms reads the operator's templates; nil where there are none. One that fails on a message is logged:
// the message is sent in kaisei's own form.
func (a *app) readForms(c config.Config) (*render.Forms, error) {
	if c.Templates == "" {
		return nil, nil
	}
	names, err := filepath.Glob(filepath.Join(globbed(c.Templates), "*.tmpl"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: there is no template in this folder: the names are %s, and 'kaisei config templates --dump FOLDER' writes them to begin from",
			c.Templates, strings.Join(render.FormNames(), ", "))
	}
	var files []render.FormFile
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		files = append(files, render.FormFile{Name: filepath.Base(n), Path: n, Data: b})
	}
	forms, err := render.ParseForms(files...)
	if err != nil {
		return nil, err
	}
	log := a.logger(c.Log)
	forms.Failed = func(name string, err error) {
		log.Error("template failed; the message is sent in the built-in form", "template", name, "err", err)
	}
	return forms, nil
}

// globbed is a folder as a pattern that means no other.
func globbed(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

func (a *app) templatesCommand() *cobra.Command {
	var dump string
	c := &cobra.Command{
		Use: "templates --dump FOLDER", Short: "Write kaisei's own templates of mail into a folder, to begin from", Args: cobra.NoArgs,
		Long: `templates --dump writes templates that make exactly what kaisei sends by mail without them. Change those that you want
otherwise, delete the others, and name the folder as templates in the configuration: they are checked at load, on
samples in both languages. docs/templates.md says what they are given. Files that are there are not overwritten.`,
		RunE: func(*cobra.Command, []string) error {
			if dump == "" {
				return usage{errors.New("--dump names the folder to write into")}
			}
			if err := os.MkdirAll(dump, 0o755); err != nil {
				return fmt.Errorf("make the folder: %w", err)
			}
			own := render.OwnForms()
			for _, name := range slices.Sorted(maps.Keys(own)) {
				path := filepath.Join(dump, name)
				if _, err := writeNew(path, func(w io.Writer) error { _, err := io.WriteString(w, own[name]); return err }); err != nil {
					return err
				}
				// The daemon may run as another user.
				if err := os.Chmod(path, 0o644); err != nil {
					return err
				}
				fmt.Fprintln(a.stdout, path)
			}
			return nil
		},
	}
	c.Flags().StringVar(&dump, "dump", "", "folder to write the templates into")
	return c
}
