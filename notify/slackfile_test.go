package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// folded returns a change with more differences than an alert shows.
func folded(n int) kaisei.Change {
	c := example(n)
	for i := range 40 {
		e := c.Edits[0]
		e.PathAfter = []string{"第2部", fmt.Sprintf("%d)", i+1)}
		c.Edits = append(c.Edits, e)
	}
	return c
}

func TestAFoldedAlertIsFollowedByItsFullComparison(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	whole := commit(t, db, example(1), "ops")
	c := commit(t, db, folded(2), "ops")
	w.flush(db, monday(), nil)
	got, files := w.all(), w.shared()
	if len(got) != 2 || len(files) != 1 {
		t.Fatalf("told %d messages and %d files", len(got), len(files))
	}
	f := files[0]
	if f.thread != got[1].ts || !strings.Contains(f.title, "新旧対照表") || !strings.Contains(f.note, "すべての差分41件") || !strings.Contains(f.note, "comparison/ops/"+c.ID) {
		t.Errorf("shared %q, %q in %s", f.title, f.note, f.thread)
	}
	if n := strings.Count(f.body, "<tr id="); n != 41 || !strings.Contains(f.body, "<ins>求められる</ins>") {
		t.Errorf("the comparison has %d rows", n)
	}
	if _, ok, err := db.Delivery("comparison/ops/" + whole.ID); ok || err != nil {
		t.Errorf("an alert that shows everything has a file too: %v", err)
	}
	// A later version of it stands in the thread, and so does its comparison.
	later := folded(2)
	later.ID = kaisei.ChangeID(later.Document, 2)
	commit(t, db, later, "ops")
	w.flush(db, monday(), nil)
	if files := w.shared(); len(files) != 2 || files[1].thread != got[1].ts {
		t.Errorf("shared %+v", files)
	}
	w.valid()
}

func TestATokenThatMayNotUploadTellsAllTheSameAndLogsItOnce(t *testing.T) {
	db, w := openStore(t), newWorkspace(t)
	first, second := commit(t, db, folded(1), "ops"), commit(t, db, folded(2), "ops")
	w.fail("files.getUploadURLExternal", word("missing_scope"), word("missing_scope"))
	var log bytes.Buffer
	w.flush(db, monday(), func(s *Slack) { s.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	if len(w.all()) != 2 || len(w.shared()) != 0 {
		t.Errorf("told %+v, shared %+v", w.all(), w.shared())
	}
	if n := strings.Count(log.String(), "files:write"); n != 1 {
		t.Errorf("logged %d times: %s", n, log.String())
	}
	for _, c := range []kaisei.Change{first, second} {
		if d := delivered(t, db, "comparison/ops/"+c.ID); d.State != kaisei.DeliverySent || d.Receipt != notUploaded {
			t.Errorf("got %+v", d)
		}
	}
}

func TestAFailedUploadRepeatsNoAlertAndEnds(t *testing.T) {
	for _, step := range []string{"files.getUploadURLExternal", "ticketsecret", "files.completeUploadExternal"} {
		for name, f := range map[string]fault{"500": {code: 500}, "cut": {cut: true}, "429": {code: 429, retryAfter: "3600"}, "not allowed": word("not_in_channel")} {
			t.Run(step+" "+name, func(t *testing.T) {
				db, w := openStore(t), newWorkspace(t)
				c := commit(t, db, folded(1), "ops")
				var many []fault
				for range 2 * MaxUploads {
					many = append(many, f)
				}
				w.fail(step, many...)
				now := monday()
				for range 2 * MaxUploads {
					w.flush(db, now, nil)
					if d := delivered(t, db, "comparison/ops/"+c.ID); d.State == kaisei.DeliveryDue && d.Due.After(now.Add(MaxUploadWait*11/10)) {
						t.Errorf("the channel waits until %v", d.Due)
					}
					now = now.Add(2 * MaxUploadWait)
				}
				if got := w.all(); len(got) != 1 {
					t.Errorf("told %d times", len(got))
				}
				d := delivered(t, db, "comparison/ops/"+c.ID)
				if d.Attempts > MaxUploads || strings.Contains(d.LastError, "secret") {
					t.Errorf("got %+v", d)
				}
				if d.State != kaisei.DeliveryDead && !(step == "ticketsecret" && name == "not allowed") {
					t.Errorf("it ended as %s: %s", d.State, d.LastError)
				}
				if d.State == kaisei.DeliveryDead {
					d.State, d.Attempts, d.Due = kaisei.DeliveryDue, 0, now.UTC()
					w.fail(step)
					if err := db.SaveDelivery(d); err != nil {
						t.Fatal(err)
					}
					w.flush(db, now, nil)
				}
				if len(w.shared()) == 0 || len(w.all()) != 1 {
					t.Errorf("after a retry %d files and %d messages", len(w.shared()), len(w.all()))
				}
			})
		}
	}
}

// A kill is a store that takes no more writes: before or after any of them nothing is lost, and what is
// repeated bears the same ID.
func TestAKillBetweenAMessageAndItsComparisonLosesNeither(t *testing.T) {
	for at := 1; ; at++ {
		survived := 0
		for _, after := range []bool{false, true} {
			db, w := openStore(t), newWorkspace(t)
			c := commit(t, db, folded(1), "ops")
			now := monday()
			dying := &cut{Queue: db, at: at, after: after}
			o := &Outbox{Queue: dying, Senders: map[string]Sender{"ops": w.bot("ops", dying)}, Now: func() time.Time { return now }}
			if _, err := o.Flush(t.Context()); err == nil {
				survived++
			} else if !errors.Is(err, errCut) && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			for range 3 {
				now = now.Add(time.Hour)
				w.flush(db, now, nil)
			}
			got, files := w.all(), w.shared()
			if len(got) == 0 || len(got) > 2 || len(files) == 0 || len(files) > 2 {
				t.Errorf("cut at %d, %v: %d messages and %d files", at, after, len(got), len(files))
			}
			roots := map[string]bool{}
			for _, m := range got {
				roots[m.ts] = true
				if m.delivery != "alert/ops/"+c.ID {
					t.Errorf("cut at %d: a message of %s", at, m.delivery)
				}
			}
			for _, f := range files {
				if !roots[f.thread] || !strings.Contains(f.note, "comparison/ops/"+c.ID) {
					t.Errorf("cut at %d: a file in %q: %s", at, f.thread, f.note)
				}
			}
			for _, id := range []string{"alert/ops/", "comparison/ops/"} {
				if d := delivered(t, db, id+c.ID); d.State != kaisei.DeliverySent {
					t.Errorf("cut at %d: %+v", at, d)
				}
			}
		}
		if survived == 2 {
			if at < 5 {
				t.Errorf("only %d writes were cut", at-1)
			}
			return
		}
	}
}
