package main

import (
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"github.com/mmcdole/gofeed"

	"kaisei/internal/kaisei"
	"kaisei/internal/publish"
	"kaisei/internal/web"
	"kaisei/storage/bolt"
)

// exportsOfTheReplay holds every form of the replayed store's changes to what 'changes list' lists.
func exportsOfTheReplay(t *testing.T, dir string) {
	export := func(args ...string) string {
		t.Helper()
		out, stderr, code := runIn(t, dir, append([]string{"export", "--state", "store"}, args...)...)
		if code != exitDone {
			t.Fatalf("export %v ended with %d: %s", args, code, stderr)
		}
		return out
	}
	listed := func(args ...string) (ids []string) {
		t.Helper()
		out, _, _ := runIn(t, dir, append([]string{"changes", "list", "--state", "store", "--json", "-n", "0"}, args...)...)
		for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
			var c kaisei.Change
			if err := dec.Decode(&c); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, c.ID)
		}
		return ids
	}
	for _, choice := range [][]string{nil, {"--layer", "law"}, {"--severity", "high"}, {"--since", "2026-01-01"}, {"--until", "2026-01-01", "--class", "news"}, {"--source", "egov/appi"}} {
		want := listed(choice...)
		if len(want) == 0 {
			t.Fatalf("no change is listed with %v", choice)
		}
		feed, err := gofeed.NewParser().ParseString(export(append([]string{"--atom"}, choice...)...))
		if err != nil || len(feed.Items) != min(len(want), publish.AtomEntries) {
			t.Errorf("%v: %d entries of %d changes, %v", choice, len(feed.Items), len(want), err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(export(append([]string{"--csv"}, choice...)...), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != len(want)+1 {
			t.Errorf("%v: %d rows of %d changes, %v", choice, len(rows), len(want), err)
		}
		var told []string
		for dec := json.NewDecoder(strings.NewReader(export(append([]string{"--json"}, choice...)...))); dec.More(); {
			var e struct{ Data kaisei.Change }
			if err := dec.Decode(&e); err != nil {
				t.Fatal(err)
			}
			told = append(told, e.Data.ID)
		}
		if len(told) != len(want) || told[0] != want[len(want)-1] || told[len(told)-1] != want[0] {
			t.Errorf("%v: %d events of %d changes, or not the oldest first", choice, len(told), len(want))
		}
	}
	export("--ics", "--since", "2026-07-20", "-o", "ahead.ics")
	text, err := os.ReadFile(filepath.Join(dir, "ahead.ics"))
	if err != nil {
		t.Fatal(err)
	}
	if cal, err := ics.ParseCalendar(strings.NewReader(string(text))); err != nil || len(cal.Events()) == 0 {
		t.Errorf("the calendar has no event: %v", err)
	}
	if same, _, _ := runIn(t, dir, "upcoming", "--state", "store", "--since", "2026-07-20", "--ics", "-"); same != string(text) {
		t.Error("export and upcoming write different calendars")
	}
	t.Run("beside a daemon", func(t *testing.T) {
		besideADaemon(t, dir, func() string {
			return export("--atom") + export("--csv") + export("--csv", "--edits") + export("--json") + export("--ics", "--since", "2026-07-20")
		})
	})
	for _, args := range [][]string{{}, {"--atom", "--csv"}, {"--atom", "--json"}, {"--ics", "--severity", "high"}, {"--atom", "--edits"}, {"--csv", "--self", "https://a.example"}, {"--atom", "--self", "javascript:x"}, {"--csv", "--layer", "nonsense"}, {"--warc", "a.warc", "-o", "b"}} {
		if _, stderr, code := runIn(t, dir, append([]string{"export", "--state", "store"}, args...)...); code != exitUsage {
			t.Errorf("export %v ended with %d: %s", args, code, stderr)
		}
	}
	if _, stderr, code := runIn(t, dir, "export", "--state", "store", "--atom", "-o", "no/folder/feed"); code != exitFailed || !strings.Contains(stderr, "name a file in a folder that exists") {
		t.Errorf("a folder that is not there ended with %d: %s", code, stderr)
	}
}

// besideADaemon holds that a command writes the same while a daemon has the store.
func besideADaemon(t *testing.T, dir string, write func() string) {
	t.Helper()
	alone := write()
	state := filepath.Join(dir, "store")
	db, err := bolt.Open(filepath.Join(state, storeFile), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	serveAt(t, state, web.Handler(db, web.Actions{Version: version}, slog.New(slog.DiscardHandler)))
	if beside := write(); beside != alone {
		t.Errorf("beside a daemon %d bytes are written, alone %d, or others", len(beside), len(alone))
	}
}
