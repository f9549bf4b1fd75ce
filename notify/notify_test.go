package notify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

func TestMain(m *testing.M) {
	if os.Getenv(killEnv) != "" {
		if err := killChild(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// monday is a Monday, 08:00 in Japan.
func monday() time.Time { return time.Date(2026, 4, 6, 8, 0, 0, 0, kaisei.JST) }

// openStore returns a real store in a folder of the test's own.
func openStore(t *testing.T) *bolt.DB {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// example returns a change that reads like a real one.
func example(n int) kaisei.Change {
	return kaisei.Change{
		ID: fmt.Sprintf("meti/ai-guidelines/doc%d@1", n), Source: "meti/ai-guidelines", Document: fmt.Sprintf("meti/ai-guidelines/doc%d", n),
		Authority: "meti", AuthorityName: kaisei.Text{JA: "経済産業省", EN: "METI"}, Title: fmt.Sprintf("AI事業者ガイドライン 別添%d", n),
		Class: kaisei.ClassNewVersion, Layer: kaisei.LayerBusinessGuideline, Severity: kaisei.High, LabelBefore: "第1.1版", LabelAfter: "第1.2版",
		Reasons: []kaisei.Reason{{Rule: "new-version", Text: kaisei.Text{JA: "新しい版", EN: "a new version"}}},
		URL:     "https://www.meti.go.jp/a.pdf", Hash: "ab12cd34ef56ab12", BeforeHash: "00",
		Edits: []kaisei.Edit{{
			Kind: kaisei.EditChanged, PathBefore: []string{"第2部"}, PathAfter: []string{"第2部"}, Before: "講ずることが望ましい。", After: "講ずることが求められる。",
			Spans: []kaisei.Span{{Op: kaisei.SpanSame, Text: "講ずることが"}, {Op: kaisei.SpanDelete, Text: "望ましい"}, {Op: kaisei.SpanInsert, Text: "求められる"}, {Op: kaisei.SpanSame, Text: "。"}},
		}},
		SeenAt: monday().UTC(),
	}
}

// commit stores a change with deliveries to the named channels, as the watch does.
func commit(t *testing.T, db *bolt.DB, c kaisei.Change, channels ...string) kaisei.Change {
	t.Helper()
	var r Router
	for _, name := range channels {
		r.Channels = append(r.Channels, Channel{Name: name, Alerts: true})
	}
	stored, err := db.Commit(kaisei.Commit{
		Look:   kaisei.Look{Source: c.Source, Document: c.Document, At: c.SeenAt, Verdict: kaisei.VerdictChanged, URL: c.URL},
		Change: &c, Deliveries: r.Route(c, c.SeenAt),
	})
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// version stores the next version of a document without a change.
func version(t *testing.T, db *bolt.DB, v kaisei.Version) {
	t.Helper()
	before, err := db.Versions(v.Document)
	if err != nil {
		t.Fatal(err)
	}
	v.Seq = len(before) + 1
	if _, err := db.Commit(kaisei.Commit{Look: kaisei.Look{Source: v.Source, Document: v.Document, At: v.SeenAt, Verdict: kaisei.VerdictChanged}, Version: &v}); err != nil {
		t.Fatal(err)
	}
}

// look stores a good look without a change.
func look(t *testing.T, db *bolt.DB, source string, at time.Time) {
	t.Helper()
	if _, err := db.Commit(kaisei.Commit{Look: kaisei.Look{Source: source, At: at, Verdict: kaisei.VerdictSameText, URL: "https://example.go.jp/"}}); err != nil {
		t.Fatal(err)
	}
}

func delivered(t *testing.T, db *bolt.DB, id string) kaisei.Delivery {
	t.Helper()
	d, ok, err := db.Delivery(id)
	if err != nil || !ok {
		t.Fatalf("delivery %s: %v, %v", id, ok, err)
	}
	return d
}

// record is a channel whose behaviour a test decides and which remembers what it was told.
type record struct {
	mu     sync.Mutex
	ids    []string
	told   []Message
	answer func(n int, m Message) error // n counts the calls from 1
	hang   bool                         // waits for the end of ctx
}

func (r *record) Send(ctx context.Context, m Message) (string, error) {
	if r.hang {
		<-ctx.Done()
		return "", ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ids = append(r.ids, m.Delivery.ID)
	if r.answer != nil {
		if err := r.answer(len(r.ids), m); err != nil {
			return "", err
		}
	}
	r.told = append(r.told, m)
	return "receipt", nil
}

func (r *record) last() Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told[len(r.told)-1]
}

func (r *record) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.told)
}
