package notify

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

// killTrouble is how Slack fails in the test: every third message in any way, and some uploads.
func killTrouble(method string) (fault, bool) {
	every := map[bool]int{true: 3, false: 12}[method == "chat.postMessage"]
	if rand.IntN(every) > 0 {
		return fault{}, false
	}
	names := slices.Sorted(maps.Keys(slackFaults))
	return slackFaults[names[rand.IntN(len(names))]], true
}

// killThreads holds that every document has one thread, which only a repeat of the alert that began it begins
// again, and that each alert has its comparison in it, or a dead delivery that says why not.
func killThreads(t *testing.T, db *bolt.DB, w *workspace) {
	t.Helper()
	roots, began, files := map[string]string{}, map[string]string{}, map[string]int{}
	for _, f := range w.shared() {
		_, id, _ := strings.Cut(f.note, "  ")
		files[id]++
		if roots[f.thread] == "" && !slices.ContainsFunc(w.all(), func(m posted) bool { return m.ts == f.thread }) {
			t.Errorf("%s stands in no thread: %q", id, f.thread)
		}
	}
	alerts := map[string]bool{}
	for _, m := range w.all() {
		d, ok, err := db.Delivery(m.delivery)
		if err != nil || !ok || d.Kind != kaisei.DeliveryAlert {
			continue
		}
		c, _, err := db.Change(d.Changes[0])
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case m.thread != "" && roots[m.thread] != c.Document:
			t.Errorf("%s replies in the thread of %q", d.ID, roots[m.thread])
		case m.thread == "" && began[c.Document] != "" && began[c.Document] != d.ID:
			t.Errorf("%s begins the thread of %s again, which %s began", d.ID, c.Document, began[c.Document])
		case m.thread == "":
			roots[m.ts], began[c.Document] = c.Document, d.ID
		}
		if len(c.Edits) > 1 {
			alerts[c.ID] = true
		}
	}
	lost := 0
	for id := range alerts {
		d, ok, err := db.Delivery(kaisei.DeliveryComparison + "/slack/" + id)
		switch {
		case err != nil || !ok:
			t.Errorf("the comparison of %s was lost: %v", id, err)
		case d.State == kaisei.DeliveryDead && d.Attempts == MaxUploads:
			lost++
		case d.State != kaisei.DeliverySent || files[d.ID] == 0:
			t.Errorf("%s ended as %s with %d files: %s", d.ID, d.State, files[d.ID], d.LastError)
		}
	}
	if len(alerts) == 0 || lost > len(alerts)/2 {
		t.Errorf("of %d comparisons %d were given up", len(alerts), lost)
	}
	t.Logf("%d alerts in %d threads, %d files, %d given up after %d attempts", len(alerts), len(began), len(w.shared()), lost, MaxUploads)
}
