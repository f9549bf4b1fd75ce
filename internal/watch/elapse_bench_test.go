package watch_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/sources"
	"kaisei/storage/bolt"
)

// BenchmarkElapse asks what fell due among five thousand documents: where a look has committed a version
// since, so that all are read again, and where nothing has happened.
func BenchmarkElapse(b *testing.B) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	rules, err := classify.Load()
	if err != nil {
		b.Fatal(err)
	}
	catalog, err := sources.Load()
	if err != nil {
		b.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range 5000 {
		v := kaisei.Version{
			Document: fmt.Sprintf("egov/public-comments/%d", i), Seq: 1, Source: "egov/public-comments", Title: "見本指針（案）に関する意見募集について", Layer: kaisei.LayerConsultation,
			TextHash: fmt.Sprint(i), Format: "record", SeenAt: now, Dates: kaisei.Dates{Deadline: now.AddDate(0, 0, 30)},
		}
		if _, err := db.Commit(kaisei.Commit{Look: kaisei.Look{Source: v.Source, URL: "u", At: now, Verdict: kaisei.VerdictFirst}, Version: &v}); err != nil {
			b.Fatal(err)
		}
	}
	fresh := func() *watch.Watcher {
		return &watch.Watcher{Catalog: catalog, Rules: rules, Store: db, Now: func() time.Time { return now }}
	}
	for _, mode := range []string{"all-read", "nothing-new"} {
		b.Run(mode, func(b *testing.B) {
			w := fresh()
			for b.Loop() {
				if mode == "all-read" {
					w = fresh()
				}
				if _, _, err := w.Elapse(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
