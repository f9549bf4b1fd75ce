package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

const (
	newKey = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	oldKey = "an older secret of forty characters....."
)

func webhookTo(url string) *Webhook {
	return &Webhook{URL: config.NewSecret(url), Secret: config.NewSecret(newKey), OldSecret: config.NewSecret(oldKey)}
}

// The example of the Standard Webhooks specification's own libraries.
func TestASignatureIsThatOfTheStandard(t *testing.T) {
	got := sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", []byte(`{"test": 2432232314}`), config.NewSecret(newKey))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("got %s", got)
	}
}

// In every case the change arrives, with the same webhook-id and delivery on a repeat, and not before the
// time that the server asked for.
func TestAFaultOfTheReceiverLosesNothingAndRepeatsWithTheSameID(t *testing.T) {
	for _, fault := range []string{fault429After, fault429, fault500, faultHang, faultCut, faultCutEarly} {
		t.Run(fault, func(t *testing.T) {
			server, db := newFaulty(t, fault), openStore(t)
			c := commit(t, db, example(1), "hook")
			hook := webhookTo(server.URL + "/hooks/secret-path")
			hook.Client = hookClient()
			hook.Client.Timeout = 300 * time.Millisecond
			now := monday()
			hook.Now = func() time.Time { return now }
			o := &Outbox{Queue: db, Senders: map[string]Sender{"hook": hook}, Now: func() time.Time { return now }}
			flush := func() kaisei.Delivery {
				if _, err := o.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				return delivered(t, db, "alert/hook/"+c.ID)
			}
			d := flush()
			if d.State != kaisei.DeliveryDue || d.Attempts != 1 || strings.Contains(d.LastError, "secret-path") {
				t.Fatalf("after the fault: %+v", d)
			}
			if fault == fault429After {
				if wait := d.Due.Sub(now); wait != 7*time.Second {
					t.Errorf("waits %v", wait)
				}
			} else {
				atLeast(t, d.Due.Sub(now), FirstWait)
			}
			now = d.Due
			if d = flush(); d.State != kaisei.DeliverySent || d.Attempts != 2 || !strings.HasPrefix(d.Receipt, "200 msg_") {
				t.Fatalf("after the repeat: %+v", d)
			}
			all := server.all()
			for i, x := range all {
				if e := x.event(t); e.Version != EventVersion || e.Type != EventChange || e.Delivery != d.ID || e.Sample {
					t.Errorf("event %+v", e)
				}
				if x.header.Get("webhook-id") != all[0].header.Get("webhook-id") {
					t.Errorf("the repeat has another ID: %v", x.header)
				}
				stamp := x.header.Get("webhook-timestamp")
				for n, key := range []string{newKey, oldKey} {
					want := sign(x.header.Get("webhook-id"), stamp, x.body, config.NewSecret(key))
					if got := strings.Fields(x.header.Get("webhook-signature")); len(got) != 2 || got[n] != want {
						t.Errorf("request %d: signatures %q, want %s", i, got, want)
					}
				}
			}
			// A replayed request shows by its timestamp, which is of the attempt.
			if got := all[len(all)-1].header.Get("webhook-timestamp"); got != strconv.FormatInt(now.Unix(), 10) {
				t.Errorf("the timestamp of the repeat is %s", got)
			}
		})
	}
}

func TestWhatAReceiverRefusesIsClassified(t *testing.T) {
	for code, want := range map[int]Trouble{
		301: Setup, 307: Setup, 400: Final, 401: Setup, 403: Setup, 404: Setup, 408: Temporary, 410: Setup, 413: Final, 422: Final, 425: Temporary, 429: Temporary, 500: Temporary, 503: Temporary,
	} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(code)
			w.Write([]byte("no: " + r.URL.Path + " " + newKey))
		}))
		hook := webhookTo(server.URL + "/hooks/secret-path?sig=secret-sig")
		_, err := hook.Send(t.Context(), Message{Changes: []kaisei.Change{example(1)}})
		server.Close()
		if got, _ := troubleOf(err); got != want || asked != 1 {
			t.Errorf("%d: %s after %d requests: %v", code, got, asked, err)
		}
		for _, secret := range []string{"secret-path", "secret-sig", newKey} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%d: the error holds a secret: %v", code, err)
			}
		}
	}
	// So does one without an answer.
	hook := webhookTo("http://127.0.0.1:1/hooks/secret-path?sig=secret-sig")
	if _, err := hook.Send(t.Context(), Message{Changes: []kaisei.Change{example(1)}}); err == nil || strings.Contains(err.Error(), "secret-") {
		t.Errorf("got %v", err)
	}
}

func TestAWebhookReachesPrivateAddressesButNoLinkLocalOnes(t *testing.T) {
	for address, refused := range map[string]bool{
		"127.0.0.1:80": false, "10.0.0.1:443": false, "192.168.1.1:443": false, "[fd00::1]:443": false, "203.0.113.1:443": false,
		"169.254.169.254:80": true, "[fe80::1]:80": true, "[::ffff:169.254.169.254]:80": true, "0.0.0.0:80": true, "224.0.0.1:80": true,
	} {
		if err := refuseLinkLocal("tcp", address, nil); (err != nil) != refused {
			t.Errorf("%s: %v", address, err)
		}
	}
	hook := webhookTo("http://169.254.169.254/latest/meta-data")
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := hook.Send(ctx, Message{Changes: []kaisei.Change{example(1)}}); err == nil || !strings.Contains(err.Error(), "link-local") {
		t.Errorf("got %v", err)
	}
}

func TestRetryAfterIsReadAsSecondsAndAsADate(t *testing.T) {
	now := monday()
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-3": 0, "0": 0, "90": 90 * time.Second, " 5 ": 5 * time.Second, "999999999": MaxAfter,
		now.Add(2 * time.Minute).UTC().Format(http.TimeFormat): 2 * time.Minute, now.Add(-time.Hour).UTC().Format(http.TimeFormat): 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestAnEventIsBoundedAndSaysWhatItLeavesOut(t *testing.T) {
	c := example(1)
	edit := c.Edits[0]
	edit.Before, edit.After = strings.Repeat("望", 400), strings.Repeat("求", 400)
	for range 2000 {
		c.Edits = append(c.Edits, edit)
	}
	b, err := EventJSON(Message{Changes: []kaisei.Change{c}}, render.Options{Lang: "en"})
	if err != nil || len(b) > MaxEvent || len(b) < MaxEvent/4 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	e := taken{body: b}.event(t)
	var change kaisei.Change
	if err := json.Unmarshal(e.Data, &change); err != nil {
		t.Fatal(err)
	}
	if len(change.Edits) == 0 || len(change.Edits)+e.EditsOmitted != len(c.Edits) || e.Language != "en" || !strings.Contains(e.Text, "HIGH") {
		t.Errorf("%d edits are there and %d left out of %d; %s", len(change.Edits), e.EditsOmitted, len(c.Edits), e.Text)
	}
}

func TestEveryKindOfMessageButADigestIsAnEvent(t *testing.T) {
	notice := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai"}
	sum := render.SummaryData{Changes: []kaisei.Change{example(1), example(2)}}
	for want, m := range map[string]Message{
		EventChange: {Changes: []kaisei.Change{example(1)}}, EventNotice: {Notice: &notice}, EventSummary: {Summary: &sum},
	} {
		b, err := EventJSON(m, render.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if e := (taken{body: b}).event(t); e.Type != want || e.Text == "" || strings.Contains(string(b), "\n") {
			t.Errorf("%s: %s", want, b)
		}
		if want == EventSummary && (strings.Count(string(b), `"id"`) != 2 || strings.Contains(string(b), `"edits"`)) {
			t.Errorf("the summary is %s", b)
		}
	}
	if _, err := EventJSON(Message{Digest: &render.DigestData{}}, render.Options{}); err == nil {
		t.Error("a digest was written as an event")
	}
}
