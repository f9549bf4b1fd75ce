package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/publish"
	"kaisei/internal/web"
)

// exportWindow is how many changes an export holds in memory.
const exportWindow = 100

// exportChanges writes changes as a feed, a table or events.
func (a *app) exportChanges(ctx context.Context, x exporting, q kaisei.ChangeQuery) error {
	r, done, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer done()
	o := a.writing()
	return a.writeOut(x.out, "the export", func(w io.Writer) error {
		switch {
		case x.atom:
			list, err := newest(r, q, x.sources)
			if err != nil {
				return err
			}
			return publish.Atom(w, publish.Feed{About: x.about(), Self: x.self, Now: time.Now()}, list, o)
		case x.csv && x.edits:
			return publish.EditsCSV(w, windows(r, q, x.sources), o)
		case x.csv:
			return publish.CSV(w, windows(r, q, x.sources), o)
		}
		return publish.Events(w, windows(r, q, x.sources), o)
	})
}

// about names the choice of changes of a feed, apart from time.
func (x exporting) about() string {
	v := url.Values{}
	for key, value := range map[string]string{"layer": x.filter.layer, "class": x.filter.class, "severity": x.filter.severity, "document": x.filter.document} {
		if value != "" {
			v.Set(key, value)
		}
	}
	v["source"] = x.sources
	if x.filter.quiet {
		v.Set("quiet", "true")
	}
	return v.Encode()
}

// newest reads the changes of a feed. Where one source is asked for, or all, the store bounds them.
func newest(r web.Reader, q kaisei.ChangeQuery, sources []string) ([]kaisei.Change, error) {
	q.Newest = true
	switch len(sources) {
	case 0:
		q.Limit = publish.AtomEntries
	case 1:
		q.Limit, q.Source = publish.AtomEntries, sources[0]
	}
	list, err := r.Changes(q)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c kaisei.Change) bool { return !ofSources(c.Source, sources) })
	return list[:min(len(list), publish.AtomEntries)], nil
}

// windows reads changes oldest first, some at a time.
func windows(r web.Reader, q kaisei.ChangeQuery, sources []string) publish.Changes {
	return func(yield func(kaisei.Change, error) bool) {
		last, err := r.LastNumber()
		if err != nil {
			yield(kaisei.Change{}, err)
			return
		}
		for first := uint64(1); first <= last; first += exportWindow {
			q.First, q.Last = first, min(first+exportWindow-1, last)
			list, err := r.Changes(q)
			if err != nil {
				yield(kaisei.Change{}, err)
				return
			}
			for _, c := range list {
				if ofSources(c.Source, sources) && !yield(c, nil) {
					return
				}
			}
		}
	}
}

func ofSources(id string, sources []string) bool {
	return len(sources) == 0 || slices.ContainsFunc(sources, func(s string) bool { return kaisei.Below(id, s) })
}

// exportCalendar writes the days ahead.
func (a *app) exportCalendar(ctx context.Context, x exporting, q kaisei.ChangeQuery) error {
	r, done, err := a.reader(ctx)
	if err != nil {
		return err
	}
	defer done()
	all, err := a.events(r)
	if err != nil {
		return err
	}
	from := q.Since
	if from.IsZero() {
		from = time.Now()
	}
	list := slices.DeleteFunc(calendar.Coming(all, from), func(e calendar.Event) bool {
		return q.Layer != "" && e.Layer != q.Layer || !q.Until.IsZero() && late(e, q.Until) || !ofSources(e.Source, x.sources) ||
			q.Document != "" && !kaisei.Below(e.Document, q.Document)
	})
	return a.writeOut(x.out, "the calendar", func(w io.Writer) error { return publish.Calendar(w, list, a.writing()) })
}

// writeOut writes to standard output, or to a file whole or not at all: feeds and calendars are subscribed to.
func (a *app) writeOut(file, what string, write func(io.Writer) error) error {
	if file == "" || file == "-" {
		return write(a.stdout)
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return fmt.Errorf("write %s %s: it is a folder; name a file in it", what, file)
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".kaisei-*"+filepath.Ext(file))
	if err != nil {
		return notWritten(what, file, err)
	}
	defer os.Remove(tmp.Name())
	if err := write(tmp); err != nil {
		tmp.Close()
		return notWritten(what, file, err)
	}
	err = tmp.Chmod(0o644)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		return notWritten(what, file, err)
	}
	return nil
}

// notWritten names the file that was asked for, and not the one under whose name it is first written.
func notWritten(what, file string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return fmt.Errorf("write %s %s: %w; name a file in a folder that exists and can be written", what, file, path.Err)
	}
	return fmt.Errorf("write %s %s: %w", what, file, err)
}
