package metrics

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"kaisei/internal/kaisei"
)

// shelf is a store of a few things.
type shelf struct{ broken error }

var now = time.Date(2026, 4, 2, 3, 0, 0, 0, time.UTC)

func (s shelf) Polls() ([]kaisei.Poll, error) {
	return []kaisei.Poll{
		{Source: "a/b", LastLook: now.Add(-time.Hour), LastGood: now.Add(-90 * time.Minute), NextLook: now.Add(10 * time.Minute), Failures: 3, LastCause: kaisei.CauseDNS},
		{Source: "former", LastGood: now},
	}, s.broken
}

func (s shelf) Deliveries(state kaisei.DeliveryState, _ int) ([]kaisei.Delivery, error) {
	if state == kaisei.DeliveryDead {
		return []kaisei.Delivery{{Channel: "removed"}}, s.broken
	}
	return []kaisei.Delivery{{Channel: "ops"}, {Channel: "ops"}}, s.broken
}

func (s shelf) Stats() (kaisei.StoreStats, error) {
	return kaisei.StoreStats{FileBytes: 4096, Changes: 7, Bodies: 3}, s.broken
}

func made(s Store) *Metrics {
	return New("9.9", Read{
		Store: s, Channels: func() []string { return []string{"ops", "legal"} }, PDFStarts: func() int { return 2 }, Now: func() time.Time { return now },
		Sources: func() []kaisei.Source { return []kaisei.Source{{ID: "a/b"}, {ID: "c", Disabled: "off"}} },
		Digest:  func(c string) (time.Time, bool) { return now, c == "legal" },
	})
}

func text(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

func TestMetricsTellWhatHappenedAndWhatStands(t *testing.T) {
	m := made(shelf{})
	m.Look(kaisei.Look{Verdict: kaisei.VerdictSameBytes, Status: 200, Size: 1000, Took: time.Second})
	m.Look(kaisei.Look{Verdict: kaisei.VerdictNotModified, Status: 304, Size: 9000, Took: time.Second})
	m.Look(kaisei.Look{Verdict: kaisei.VerdictFailed, Cause: kaisei.CauseDNS})
	m.Look(kaisei.Look{}) // what the passage of time made leaves no visit
	m.Attempt("ops", nil)
	m.Attempt("ops", errors.New("refused"))
	got := text(t, m)
	for _, want := range []string{
		`kaisei_looks_total{cause="",verdict="same-bytes"} 1`, `kaisei_looks_total{cause="dns",verdict="failed"} 1`,
		`kaisei_look_duration_seconds_count 2`, `kaisei_fetched_bytes_total 1000`,
		`kaisei_delivery_attempts_total{channel="ops"} 2`, `kaisei_delivery_failures_total{channel="ops"} 1`, `kaisei_delivery_failures_total{channel="legal"} 0`,
		`kaisei_source_last_good_look_age_seconds{source="a/b"} 5400`, `kaisei_source_next_look_seconds{source="a/b"} 600`,
		`kaisei_sources{state="failing"} 1`, `kaisei_sources{state="disabled"} 1`, `kaisei_sources{state="quiet"} 0`,
		`kaisei_deliveries_queued{channel="ops"} 2`, `kaisei_deliveries_queued{channel="legal"} 0`, `kaisei_deliveries_dead{channel=""} 1`,
		`kaisei_last_digest_timestamp_seconds{channel="legal"} 1.7`, `kaisei_pdf_child_starts_total 2`,
		`kaisei_store_file_bytes 4096`, `kaisei_store_changes 7`, `kaisei_store_bodies 3`, `kaisei_build_info{version="9.9"} 1`,
		"go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(got, `"former"`) || strings.Contains(got, `"removed"`) {
		t.Error("what is no longer configured has series of its own")
	}
}

func TestNamesFollowTheConventions(t *testing.T) {
	m := made(shelf{})
	m.Look(kaisei.Look{Verdict: kaisei.VerdictFailed, Cause: kaisei.CauseDNS, Took: 1})
	problems, err := testutil.GatherAndLint(m.registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestTheNumberOfSeriesIsBounded looks with every verdict and cause that there is.
func TestTheNumberOfSeriesIsBounded(t *testing.T) {
	m := made(shelf{})
	for range 3 {
		for _, v := range kaisei.Verdicts() {
			m.Look(kaisei.Look{Verdict: v, URL: fmt.Sprint(time.Now().UnixNano())})
		}
		for _, c := range kaisei.Causes() {
			m.Look(kaisei.Look{Verdict: kaisei.VerdictFailed, Cause: c, Source: "x", URL: "https://x/" + string(c)})
		}
	}
	n, err := testutil.GatherAndCount(m.registry, "kaisei_looks_total")
	if most := len(kaisei.Verdicts()) + len(kaisei.Causes()); err != nil || n > most {
		t.Errorf("%d series of looks, at most %d are possible; %v", n, most, err)
	}
}

func TestAStoreThatFailsLeavesTheOtherMetrics(t *testing.T) {
	m := made(shelf{broken: errors.New("disk gone")})
	m.Attempt("ops", nil)
	got := text(t, m)
	if !strings.Contains(got, `kaisei_delivery_attempts_total{channel="ops"} 1`) || strings.Contains(got, "kaisei_store_file_bytes 4096") {
		t.Errorf("got\n%s", filepath.Base(got))
	}
}
