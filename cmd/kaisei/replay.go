package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"kaisei/internal/extract"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/notify"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

func (a *app) replayCommand() *cobra.Command {
	var catalogOnly, ledger, reminders bool
	var until string
	c := &cobra.Command{
		Use: "replay FILE…", Short: "Walk a web archive (WARC) in time order and print what would have been told",
		Long: `replay answers every request from the archive, as of the archive's own time, and prints the changes that
would have been told. Nothing is sent. It uses a fresh store, which it deletes at the end, unless --state
names a folder; a second replay into the same store adds nothing.

An address that was captured at least twice and that no source asks for is watched as a source of its own,
unless --catalog-only. What the archive does not hold is a failed look, never a removal.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.replay(c.Context(), args, until, replayOptions{catalogOnly, ledger, reminders})
		},
	}
	c.Flags().StringVar(&until, "until", "", "let time pass to this day or instant after the last record, and tell what falls due")
	c.Flags().BoolVar(&catalogOnly, "catalog-only", false, "look only at sources of the catalogue")
	c.Flags().BoolVar(&reminders, "reminders", false, "print the reminders too that fall due as time passes")
	c.Flags().BoolVar(&ledger, "ledger", false, "print the failed looks too, to standard error")
	return c
}

// replayOptions are the flags of replay.
type replayOptions struct{ catalogOnly, ledger, reminders bool }

func (a *app) replay(ctx context.Context, files []string, until string, o replayOptions) error {
	end, err := parseWhen("until", until)
	if err != nil {
		return err
	}
	archive, err := fetch.OpenArchive(files...)
	if err != nil {
		return err
	}
	defer archive.Close()
	for _, w := range archive.Warnings() {
		fmt.Fprintf(a.stderr, "kaisei: %s\n", w)
	}
	k, err := a.kit()
	if err != nil {
		return err
	}
	defer k.close()
	db, drop, err := a.replayStore()
	if err != nil {
		return err
	}
	defer drop()

	var now time.Time
	w := &watch.Watcher{
		Catalog: k.catalog, Read: k.extractor, Rules: k.rules, Store: db,
		Fetch:      &fetch.Client{Transport: archive, MaxBytes: int64(k.config.Fetch.MaxBody), Now: func() time.Time { return now }},
		Now:        func() time.Time { return now },
		Translates: translations(k.catalog), Closing: k.config.Reminders.Deadlines,
	}
	if err := a.untold(db); err != nil {
		return err
	}
	var tellErr error
	w.Changed = func(ch kaisei.Change) {
		if ch.Quiet == "" && ch.CopyOf == "" {
			tellErr = errors.Join(tellErr, a.tell(ch))
		}
		tellErr = errors.Join(tellErr, db.SetMark(markTold, strconv.FormatUint(ch.Number, 10)))
	}
	r := &watch.Replay{
		Watcher: w,
		Until:   end,
		Key:     fetch.URLKey,
		Set:     func(t time.Time) { now = t; archive.Set(t) },
	}
	for _, rec := range archive.Records() {
		r.Records = append(r.Records, watch.Archived{URL: rec.URL, At: rec.At, Status: rec.Status})
	}
	if len(r.Records) == 0 {
		return errors.New("the archive holds no responses that can be used; see whether it is the file you meant")
	}
	if o.reminders {
		p := &notify.Reminders{Queue: db, Sources: k.catalog.Sources(), Days: k.config.Reminders.Enforcement, Foresee: w.Foresee}
		if r.Passed, err = a.replayReminders(db, p); err != nil {
			return err
		}
	}
	if !o.catalogOnly {
		r.Adopt = adopter(ctx, archive, k.catalog)
	}
	if terminal(a.stderr) && !terminal(a.stdout) {
		bar := progressbar.NewOptions(len(r.Records), progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription("replay"), progressbar.OptionClearOnFinish())
		r.Progress = func(done, _ int) { _ = bar.Set(done) }
	}
	start := time.Now()
	sum, err := r.Run(ctx)
	if err := errors.Join(err, tellErr); err != nil {
		return err
	}
	if o.ledger {
		looks, err := db.Looks("", time.Time{}, 0)
		if err != nil {
			return err
		}
		for i := len(looks) - 1; i >= 0; i-- {
			if l := looks[i]; !l.Verdict.Good() {
				fmt.Fprintf(a.stderr, "%s  %s  %s  %s: %s\n", clock(l.At), l.Source, l.URL, l.Cause, render.Detail(l.Detail, a.voice()))
			}
		}
	}
	a.remark("cli.replayed", sum.Records, sum.Sources, len(sum.Adopted), sum.Looks, sum.Failed, sum.Changes, sum.Quiet, len(sum.Unused), fmt.Sprintf("%.1f", time.Since(start).Seconds()))
	if len(archive.Warnings()) > 0 {
		return errReported
	}
	return nil
}

// markReminded is the instant up to which replays into this store printed reminders.
const markReminded = "replay/reminded"

// replayReminders prints the reminders that fall due as time passes. They are promised to nobody.
func (a *app) replayReminders(db *bolt.DB, p *notify.Reminders) (func(now time.Time) (time.Time, error), error) {
	text, ok, err := db.Mark(markReminded)
	if err != nil {
		return nil, err
	}
	var done time.Time
	if ok {
		if done, err = time.Parse(time.RFC3339, text); err != nil {
			return nil, fmt.Errorf("read how far the last replay reminded: %w", err)
		}
	}
	return func(now time.Time) (time.Time, error) {
		if done.IsZero() {
			done = now
		}
		if now.Before(done) {
			return time.Time{}, nil
		}
		list, next, err := p.Due(done, now)
		if err != nil {
			return next, err
		}
		for _, d := range list {
			d.Left = kaisei.DateOf(now).DaysUntil(d.Event.Day())
			if err := a.tellReminder(d); err != nil {
				return next, err
			}
		}
		done = now
		return next, db.SetMark(markReminded, now.UTC().Format(time.RFC3339))
	}, nil
}

func (a *app) tellReminder(d render.ReminderData) error {
	if a.json {
		return a.printJSON(d)
	}
	_, err := fmt.Fprintf(a.stdout, "%s\n\n", render.Reminder(d, a.printing()))
	return err
}

// markTold is the number of the last change that a replay into this store printed.
const markTold = "replay/told"

// untold prints what an earlier replay into the same store committed and did not come to
// print, because it was killed in between.
func (a *app) untold(db *bolt.DB) error {
	last, err := db.LastNumber()
	if err != nil {
		return err
	}
	text, ok, err := db.Mark(markTold)
	if err != nil {
		return err
	}
	if ok {
		told, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("read how far the last replay told: %w", err)
		}
		if told < last {
			missed, err := db.Changes(kaisei.ChangeQuery{First: told + 1, Last: last})
			if err != nil {
				return err
			}
			for _, ch := range missed {
				if err := a.tell(ch); err != nil {
					return err
				}
			}
		}
	}
	return db.SetMark(markTold, strconv.FormatUint(last, 10))
}

// tell prints one change: an object a line, or the alert as the console shows it.
func (a *app) tell(ch kaisei.Change) error {
	if a.json {
		return a.printChangeJSON(ch)
	}
	_, err := fmt.Fprintf(a.stdout, "%s\n\n", render.Alert(ch, a.printing()))
	return err
}

// replayStore is the store of --state, or a fresh one that drop deletes.
func (a *app) replayStore() (db *bolt.DB, drop func(), err error) {
	dir, fresh := a.stateDir, a.stateDir == ""
	if fresh {
		if dir, err = os.MkdirTemp("", "kaisei-replay-"); err != nil {
			return nil, nil, fmt.Errorf("make a folder for the store: %w", err)
		}
	}
	db, err = bolt.Open(filepath.Join(dir, storeFile), bolt.Options{NoSync: fresh})
	if err != nil {
		if fresh {
			os.RemoveAll(dir)
		}
		return nil, nil, err
	}
	return db, func() {
		db.Close()
		if fresh {
			os.RemoveAll(dir)
		}
	}, nil
}

// adopter makes sources of addresses that the archive holds and nobody asks for. It looks
// at what was first captured there to tell a feed from a page. It moves the archive's clock.
func adopter(ctx context.Context, archive *fetch.Archive, cat catalog) func(url string) (kaisei.Source, bool) {
	first := map[string]time.Time{}
	for _, rec := range archive.Records() {
		key := fetch.URLKey(rec.URL)
		if _, ok := first[key]; !ok && rec.Status == 200 {
			first[key] = rec.At
		}
	}
	get := &fetch.Client{Transport: archive}
	return func(url string) (kaisei.Source, bool) {
		at, ok := first[fetch.URLKey(url)]
		if !ok {
			return kaisei.Source{}, false
		}
		archive.Set(at)
		c, err := get.Get(ctx, kaisei.Request{URL: url})
		if err != nil {
			return kaisei.Source{}, false
		}
		src := cat.Adhoc(sources.SniffKind(c), url)
		if extract.Sniff(c.Body, c.MediaType) == extract.FormatLawXML {
			src.Layer = kaisei.LayerLaw
		}
		return src, true
	}
}
