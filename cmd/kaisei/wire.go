package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/config"
	"kaisei/internal/extract"
	"kaisei/internal/extract/pdf"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/web"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// storeFile is the store within the state folder.
const storeFile = "kaisei.db"

// settings reads the configuration, once: the file named by --config or $KAISEI_CONFIG, or
// the defaults. --state, $KAISEI_STATE and --lang override it; --lang speaks for this
// terminal and leaves what is sent elsewhere alone.
func (a *app) settings() (config.Config, error) {
	if a.loaded != nil {
		return *a.loaded, nil
	}
	c := config.Default()
	if name := cmp.Or(a.configFile, os.Getenv("KAISEI_CONFIG")); name != "" {
		if err := regular(name); err != nil {
			return c, err
		}
		var err error
		if c, err = config.Load(name, useWords, routeWords); err != nil {
			return c, err
		}
	}
	if dir := cmp.Or(a.stateDir, os.Getenv("KAISEI_STATE")); dir != "" {
		c.State = dir
	}
	switch a.lang {
	case "":
	case "ja", "en":
		c.Language = a.lang
		for i := range c.Channels {
			if c.Channels[i].Type == config.Console {
				c.Channels[i].Language = a.lang
			}
		}
	default:
		return c, usage{fmt.Errorf("--lang %q is neither ja nor en", a.lang)}
	}
	words, err := load(c.WordsFiles, func(name string, b []byte) render.WordsFile { return render.WordsFile{Name: name, Data: b} })
	if err != nil {
		return c, fmt.Errorf("read words_files: %w", err)
	}
	if a.wording, err = render.ParseWording(words...); err != nil {
		return c, fmt.Errorf("read words_files:\n%w", err)
	}
	if a.forms, err = a.readForms(c); err != nil {
		return c, fmt.Errorf("read templates:\n%w", err)
	}
	a.loaded = &c
	return c, nil
}

// writing is how to write for this terminal or, with another language, for a channel: in the operator's
// words. A broken configuration is reported elsewhere.
func (a *app) writing() render.Options {
	return render.Options{Lang: a.language(), Wording: a.wording, Forms: a.forms}
}

// printing is how to write for this terminal, as wide and coloured as it is.
func (a *app) printing() render.Options {
	o := a.writing()
	o.Width, o.Color = a.width(), a.color()
	return o
}

// voice is how to speak to this terminal.
func (a *app) voice() render.Voice { return a.writing().Voice() }

// language is what to print in; a broken configuration is reported elsewhere.
func (a *app) language() string {
	c, err := a.settings()
	if err != nil {
		return config.Default().Language
	}
	return c.Language
}

// state is the state folder.
func (a *app) state() string {
	c, err := a.settings()
	if err != nil {
		return config.Default().State
	}
	return c.State
}

// extractor returns a reader of documents with a warm PDF child, and what ends it.
func (a *app) extractor() (*extract.Extractor, func(), error) {
	c, err := a.settings()
	if err != nil {
		return nil, nil, err
	}
	exe, err := os.Executable()
	if err != nil {
		return nil, nil, fmt.Errorf("find this program for the PDF child: %w", err)
	}
	w := &pdf.Worker{
		Command: []string{exe, "pdf-worker"}, CacheDir: cacheDir(c.State),
		Timeout: time.Duration(c.PDF.Timeout), MaxPages: c.PDF.MaxPages,
	}
	return &extract.Extractor{PDF: w}, func() { w.Close() }, nil
}

// cacheDir is where the compiled PDF reader is kept between starts: the user's cache, or
// the state folder where there is none (a container's user often has no home).
func cacheDir(state string) string {
	if dir, err := os.UserCacheDir(); err == nil {
		if err := os.MkdirAll(filepath.Join(dir, "kaisei"), 0o700); err == nil {
			return filepath.Join(dir, "kaisei", "pdf")
		}
	}
	return filepath.Join(state, "cache")
}

// catalog loads the built-in sources and the operator's, with the operator's choice of
// what to disable.
func (a *app) catalog() (catalog, error) {
	c, err := a.settings()
	if err != nil {
		return catalog{}, err
	}
	cat, err := readSources(c)
	if err != nil {
		return catalog{}, err
	}
	out := catalog{Catalog: cat, sources: cat.Sources()}
	used := map[string]bool{}
	for i := range out.sources {
		s := &out.sources[i]
		for _, d := range c.Disable {
			if kaisei.Below(s.ID, d) {
				used[d] = true
				if s.Disabled == "" {
					s.Disabled = "disabled in the configuration"
				}
			}
		}
	}
	for _, d := range c.Disable {
		if !used[d] {
			return catalog{}, fmt.Errorf("disable names %q, which no source has: 'kaisei sources list --disabled' names them", d)
		}
	}
	return out, nil
}

// readSources reads the built-in sources and the operator's.
func readSources(c config.Config) (*sources.Catalog, error) {
	files, err := load(c.SourcesFiles, func(name string, b []byte) sources.File { return sources.File{Name: name, Data: b} })
	if err != nil {
		return nil, fmt.Errorf("read sources_files: %w", err)
	}
	return sources.Load(files...)
}

// catalog is the sources as the operator wants them.
type catalog struct {
	*sources.Catalog
	sources []kaisei.Source
}

// Sources implements watch.Catalog. The sources are shared by all who ask, and nobody alters them: a copy for
// each took most of what the daemon held for a source.
func (c catalog) Sources() []kaisei.Source { return slices.Clip(c.sources) }

// translations names, for each document that is a translation, the document that it translates.
func translations(c catalog) map[string]string {
	out := map[string]string{}
	for _, r := range c.Relations() {
		if r.Translates != "" {
			out[r.Document] = r.Translates
		}
	}
	return out
}

func load[T any](patterns []string, made func(name string, b []byte) T) ([]T, error) {
	names, err := config.Expand(patterns)
	if err != nil {
		return nil, err
	}
	var out []T
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		out = append(out, made(n, b))
	}
	return out, nil
}

// rules loads the built-in rules and the operator's, with the operator's uses of AI.
func (a *app) rules() (*classify.Rules, error) {
	c, err := a.settings()
	if err != nil {
		return nil, err
	}
	r, err := readRules(c)
	if err != nil {
		return nil, err
	}
	return r.For(useCases(c)), nil
}

// readRules reads the built-in rules and the operator's.
func readRules(c config.Config) (*classify.Rules, error) {
	files, err := load(c.RulesFiles, func(name string, b []byte) classify.RuleFile { return classify.RuleFile{Name: name, Data: b} })
	if err != nil {
		return nil, fmt.Errorf("read rules_files: %w", err)
	}
	return classify.Load(files...)
}

// getter is the polite client of the real web.
func (a *app) getter() (*fetch.Client, error) {
	c, err := a.settings()
	if err != nil {
		return nil, err
	}
	return &fetch.Client{
		UserAgent: cmp.Or(c.Fetch.UserAgent, "kaisei/"+version), Contact: c.Contact,
		MaxBytes: int64(c.Fetch.MaxBody), Timeout: time.Duration(c.Fetch.Timeout), Parallel: c.Fetch.ParallelHosts,
		Allow: c.Fetch.Prefixes(), Robots: c.Fetch.Robots, Proxy: http.ProxyFromEnvironment,
	}, nil
}

// kit is what every command that looks at documents needs.
type kit struct {
	config    config.Config
	catalog   catalog
	rules     *classify.Rules
	extractor *extract.Extractor
	close     func()
}

func (a *app) kit() (kit, error) {
	var k kit
	var err error
	if k.config, err = a.settings(); err != nil {
		return k, err
	}
	if k.catalog, err = a.catalog(); err != nil {
		return k, err
	}
	if k.rules, err = a.rules(); err != nil {
		return k, err
	}
	k.extractor, k.close, err = a.extractor()
	return k, err
}

// openStore opens the store of the state folder for this process alone, and makes it
// where there is none.
func (a *app) openStore() (*bolt.DB, error) {
	path, err := a.storePath()
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return bolt.Open(path, bolt.Options{})
}

// storePath is the store of the state folder. The error is os.ErrNotExist where there is
// none yet: a folder that was mistyped must not pass for an empty store.
func (a *app) storePath() (string, error) {
	c, err := a.settings()
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.State, storeFile)
	if err := regular(path); errors.Is(err, os.ErrNotExist) {
		return path, fmt.Errorf("there is no store at %s yet: run 'kaisei serve' or 'kaisei check', or name the folder with --state: %w", path, os.ErrNotExist)
	} else if err != nil {
		return "", err
	}
	return path, nil
}

// existingStore opens the store for this process alone and makes none.
func (a *app) existingStore() (*bolt.DB, error) {
	path, err := a.storePath()
	if err != nil {
		return nil, err
	}
	return bolt.Open(path, bolt.Options{})
}

// reader opens the store to read, or reaches the daemon that holds it. The error is
// os.ErrNotExist where there is no store yet.
func (a *app) reader(ctx context.Context) (web.Reader, func(), error) {
	path, err := a.storePath()
	if err != nil {
		return nil, nil, err
	}
	// A daemon is asked first: waiting for its lock would only take time.
	if d, err := web.Dial(ctx, filepath.Dir(path)); err == nil {
		return d, func() { d.Close() }, nil
	}
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, nil, err
	}
	return db, func() { db.Close() }, nil
}

// logger writes what an operator would tell a colleague to standard error.
func (a *app) logger(c config.Log) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, o))
	}
	return slog.New(slog.NewTextHandler(a.stderr, o))
}
