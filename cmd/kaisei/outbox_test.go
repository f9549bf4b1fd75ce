package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func TestDeliveriesAreShownDroppedForAReasonAndTakenBack(t *testing.T) {
	s := changedStory(t)
	ids := func(args ...string) []string {
		t.Helper()
		out, errs, code := s.run(t, append([]string{"outbox", "list"}, args...)...)
		if code != exitDone {
			t.Fatal(errs)
		}
		var found []string
		for line := range strings.Lines(out) {
			if i := strings.Index(line, "alert/"); i >= 0 {
				found = append(found, strings.Fields(line[i:])[0])
			}
		}
		return found
	}
	const id = "alert/slack/mihon/ai-guideline/main@2"
	if got := ids("--channel", "slack"); len(got) != 1 || got[0] != id {
		t.Fatalf("listed %q", got)
	}
	d := s.open(t)
	sent, _, err := d.db.Delivery(id)
	if err != nil {
		t.Fatal(err)
	}
	waits := sent
	waits.State, waits.Attempts = kaisei.DeliveryDue, 0
	if err := d.db.SaveDelivery(waits); err != nil {
		t.Fatal(err)
	}
	d.close()
	run := func(want int, args ...string) string {
		t.Helper()
		out, errs, code := s.run(t, args...)
		if code != want {
			t.Fatalf("%q ended with %d: %s", args, code, errs)
		}
		return out + errs
	}
	if out := run(exitDone, "outbox", "show", id, "--lang", "en"); !strings.Contains(out, "Delivery: "+id) || !strings.Contains(out, "State: due") || !strings.Contains(out, "Change: mihon/ai-guideline/main@2") {
		t.Errorf("shown as %s", out)
	}
	if out := run(exitDone, "outbox", "status", "--json"); !strings.Contains(out, `"channel":"slack","waiting":1,"held":0,"failing":0,"dead":0`) || !strings.Contains(out, `"channel":"mail","waiting":0`) {
		t.Errorf("counted %s", out)
	}
	if out := run(exitDone, "outbox", "status"); !strings.Contains(out, "通知先") || !strings.Contains(out, "送信待ち") {
		t.Errorf("counted %s", out)
	}
	run(exitUsage, "outbox", "drop", id)
	run(exitUsage, "outbox", "retry")
	if out := run(exitFailed, "outbox", "show", "none"); !strings.Contains(out, "'kaisei outbox list' names them") {
		t.Errorf("said %s", out)
	}
	if out := run(exitDone, "outbox", "drop", id, "--reason", "the channel is gone"); !strings.Contains(out, "送信を取りやめました") {
		t.Errorf("said %s", out)
	}
	if out := run(exitDone, "outbox", "show", id); !strings.Contains(out, "状態: dropped") || !strings.Contains(out, "the channel is gone") {
		t.Errorf("shown as %s", out)
	}
	if got := ids("--only", "dropped"); len(got) != 1 {
		t.Errorf("dropped are %q", got)
	}
	run(exitDone, "outbox", "retry", id)
	if got := ids("--only", "due", "--channel", "slack"); len(got) != 1 {
		t.Errorf("after the retry %q are due", got)
	}
	// Nothing of the channel failed, so that there is nothing to retry as a whole.
	if out := run(exitDone, "outbox", "retry", "--channel", "slack"); out != "" {
		t.Errorf("said %s", out)
	}
}

func TestADropAndARetryInVainLetNothingOvertakeWhatAChannelInTroubleOwes(t *testing.T) {
	s := changedStory(t)
	d := s.open(t)
	defer d.close()
	sent, _, err := d.db.Delivery("alert/slack/mihon/ai-guideline/main@2")
	if err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(10 * time.Minute).UTC()
	save := func(id string, attempts int, due time.Time) {
		t.Helper()
		one := sent
		one.ID, one.State, one.Attempts, one.Due, one.Begun, one.SentAt = id, kaisei.DeliveryDue, attempts, due, time.Time{}, time.Time{}
		if err := d.db.Enqueue([]kaisei.Delivery{one}, nil); err != nil {
			t.Fatal(err)
		}
	}
	save("alert/slack/failed", 1, later)
	save("alert/slack/waits-with-it", 0, later)
	flush := func() {
		t.Helper()
		if n, err := d.outbox.Flush(t.Context()); n != 0 || err != nil {
			t.Errorf("%d deliveries were sent, %v", n, err)
		}
	}
	flush()
	ask := func(path, id string, want int) {
		t.Helper()
		w := httptest.NewRecorder()
		d.handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, path+"?reason=gone&id="+url.QueryEscape(id), nil))
		if w.Code != want {
			t.Fatalf("%s %s: %d %s", path, id, w.Code, w.Body)
		}
	}
	ask("/v1/retry", sent.ID, http.StatusInternalServerError)
	ask("/v1/drop", "alert/slack/failed", http.StatusOK)
	save("alert/slack/found-since", 0, time.Now().UTC())
	flush()
}
