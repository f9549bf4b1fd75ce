package notify

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

// killEnv makes this test binary the program that is killed: it holds the store's folder, the addresses of
// the receiver and of Slack and the number of the first change.
const killEnv = "KAISEI_NOTIFY_CHILD"

// floodedFrom is how many rounds surely make enough changes for a summary, however slow the machine.
const floodedFrom = 50

// kills is how often the program is killed; KAISEI_KILLS=200 is the long run.
func kills(t *testing.T) int {
	if n, err := strconv.Atoi(os.Getenv("KAISEI_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return 4
	}
	return 12
}

// killChannels are the channels of the child: two webhooks, one of which is at a receiver that only fails,
// a file, and Slack with a bot token.
func killChannels(dir, url, slackURL string, db *bolt.DB) ([]Channel, map[string]Sender) {
	hook := func(path string) *Webhook {
		w := webhookTo(url + path)
		w.Client = hookClient()
		w.Client.Timeout = 200 * time.Millisecond
		return w
	}
	bot := &Slack{
		Name: "slack", Token: config.NewSecret(botToken), Channel: "#ai", API: slackURL + "/api/", Gap: time.Microsecond, Store: db,
		Client: &http.Client{Timeout: 200 * time.Millisecond},
	}
	return []Channel{{Name: "hook", Alerts: true}, {Name: "file", Alerts: true}, {Name: "slack", Alerts: true}, {Name: "dead", Alerts: true}},
		map[string]Sender{"slack": bot, "hook": hook("/good"), "dead": hook("/dead"), "file": &File{Path: filepath.Join(dir, "events.jsonl"), MaxSize: 200 << 10}}
}

// killChild is a program that finds changes, commits each with its deliveries, prints the change's ID
// once that is acknowledged, and tells meanwhile what is due. It ends by being killed; or, asked
// for the change "none", when all but the dead channel has been told.
func killChild() error {
	parts := strings.Split(os.Getenv(killEnv), " ")
	dir, url, slackURL := parts[0], parts[1], parts[2]
	db, err := bolt.Open(filepath.Join(dir, "kaisei.db"), bolt.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	channels, senders := killChannels(dir, url, slackURL, db)
	router := &Router{Channels: channels}
	// An hour passes in four seconds, so that floods and back-off take place while the test runs.
	start := time.Now()
	now := func() time.Time { return start.Add(900 * time.Since(start)) }
	o := &Outbox{Queue: db, Senders: senders, Now: now}
	if parts[3] == "none" {
		return killEnd(db, o)
	}
	first, err := strconv.Atoi(parts[3])
	if err != nil {
		return err
	}
	// Each change waits for a turn of the outbox, so that telling and finding go on beside each other.
	turn := make(chan struct{}, 1)
	o.Beat = func() {
		select {
		case turn <- struct{}{}:
		default:
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	for i := first; i < first+maxChanges; i++ {
		c := example(i)
		c.SeenAt = now()
		if i%5 == 0 {
			// Told alone, in the thread of one of a few documents, and with more differences than fit.
			c.Source, c.Document, c.Edits = fmt.Sprintf("source%d", i), fmt.Sprintf("meti/ai-guidelines/thread%d", i/5%3), folded(i).Edits
		}
		if _, err := db.Commit(kaisei.Commit{Look: kaisei.Look{Source: c.Source, At: c.SeenAt}, Change: &c, Deliveries: router.Route(c, c.SeenAt)}); err != nil {
			cancel()
			return err
		}
		if _, _, err := db.Answer(killAnswer(c.ID)); err != nil {
			cancel()
			return err
		}
		fmt.Println(c.ID)
		o.Wake()
		<-turn
	}
	cancel()
	return <-done
}

// killAnswer is the answer that each change gets as soon as it is found.
func killAnswer(change string) kaisei.Answer {
	return kaisei.Answer{Change: change, Action: kaisei.AnswerAcknowledge, By: "山田", Event: "slack/" + change}
}

// maxChanges is how many changes one life of the child finds at most.
const maxChanges = 40

// maxTurns is how many turns killEnd takes without telling anything: more than a delivery has attempts.
const maxTurns = 2 * MaxAttempts

// killEnd tells what is left, at a clock that goes from one time at which something is due to the next.
func killEnd(db *bolt.DB, o *Outbox) error {
	now := time.Now()
	o.Now = func() time.Time { return now }
	least, turns := math.MaxInt, 0
	for {
		if _, err := o.Flush(context.Background()); err != nil {
			return err
		}
		ds, err := db.Deliveries(kaisei.DeliveryDue, 0)
		if err != nil {
			return err
		}
		left := 0
		for _, d := range ds {
			if d.Channel != "dead" {
				left++
			}
		}
		if left == 0 {
			return nil
		}
		if turns++; left < least {
			least, turns = left, 0
		}
		if turns > maxTurns {
			return fmt.Errorf("%d deliveries are left and none is told", left)
		}
		at, _, err := db.NextDue()
		if err != nil {
			return err
		}
		if at.After(now) {
			now = at
		}
	}
}

// TestNoKillLosesADelivery kills a real process (SIGKILL) at random instants while it finds and tells
// changes to a receiver that answers 429, 500, hangs, and cuts connections after it took the request.
// Every change whose commit was acknowledged must arrive at every working channel, alone or in a
// summary; its answer stands once; a delivery that arrives twice has the same ID; and a channel whose receiver only fails delays no other.
func TestNoKillLosesADelivery(t *testing.T) {
	n := kills(t)
	good := &faulty{stop: make(chan struct{})}
	w := newWorkspace(t)
	w.failBy(killTrouble)
	server := httptest.NewServer(killReceiver(good))
	t.Cleanup(func() {
		close(good.stop)
		server.CloseClientConnections()
		server.Close()
	})
	dir := t.TempDir()
	var acknowledged []string
	next := 0
	for round := range n {
		found := killRound(t, dir, server.URL+" "+w.URL, next, time.Duration(rand.IntN(400))*time.Millisecond)
		acknowledged = append(acknowledged, found...)
		next += maxChanges
		if round%25 == 24 {
			t.Logf("%d kills, %d changes acknowledged", round+1, len(acknowledged))
		}
	}
	if out, err := killCommand(t, dir, server.URL+" "+w.URL, "none").CombinedOutput(); err != nil {
		t.Fatalf("the last run: %v\n%s", err, out)
	}
	// Of each change: by which deliveries it was told on each channel.
	told := map[string]map[string]map[string]int{"hook": {}, "file": {}, "slack": {}}
	db, err := bolt.Open(filepath.Join(dir, "kaisei.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	note := func(channel, id string) {
		d, ok, err := db.Delivery(id)
		if err != nil || !ok {
			t.Errorf("%s was told by the unknown delivery %s, %v", channel, id, err)
			return
		}
		for _, c := range d.Changes {
			if told[channel][c] == nil {
				told[channel][c] = map[string]int{}
			}
			told[channel][c][id]++
		}
	}
	for _, x := range good.all() {
		note("hook", x.event(t).Delivery)
	}
	files, err := filepath.Glob(filepath.Join(dir, "events.jsonl*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		ids, _ := linesOf(t, name)
		for _, id := range ids {
			note("file", id)
		}
	}
	seen := map[string]bool{}
	for _, m := range w.all() {
		// A summary is several messages, each of which would count as a repeat of all its changes.
		if summary := strings.HasPrefix(m.delivery, kaisei.DeliverySummary); !summary || !seen[m.delivery] {
			note("slack", m.delivery)
		}
		seen[m.delivery] = true
	}
	killThreads(t, db, w)
	repeats, summaries := 0, 0
	for channel, changes := range told {
		for _, id := range acknowledged {
			if len(changes[id]) != 1 {
				t.Errorf("%s: %s was told by %d deliveries: %v", channel, id, len(changes[id]), changes[id])
			}
			for by, times := range changes[id] {
				repeats += times - 1
				if strings.HasPrefix(by, kaisei.DeliverySummary) {
					summaries++
				}
			}
		}
	}
	for _, id := range acknowledged {
		again, recorded, err := db.Answer(killAnswer(id)) // as Slack reports again what was not confirmed
		if as, _ := db.Answers(id, time.Time{}); recorded || err != nil || len(as) != 1 || as[0] != again {
			t.Errorf("%s has the answers %+v; recorded once more %v, %v", id, as, recorded, err)
		}
	}
	if err := db.Check(); err != nil {
		t.Error(err)
	}
	if len(acknowledged) < n || n >= floodedFrom && summaries == 0 {
		t.Errorf("only %d changes were acknowledged in %d rounds, %d told in summaries", len(acknowledged), n, summaries)
	}
	t.Logf("%d kills, %d changes acknowledged, %d told in summaries, %d repeats with the same ID", n, len(acknowledged), summaries, repeats)
}

func killCommand(t *testing.T, dir, urls, first string) *exec.Cmd {
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), killEnv+"="+dir+" "+urls+" "+first)
	return c
}

// killRound runs the child, kills it some time after its first change, and returns what it acknowledged.
func killRound(t *testing.T, dir, urls string, first int, after time.Duration) (ids []string) {
	t.Helper()
	c := killCommand(t, dir, urls, strconv.Itoa(first))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := (*time.Timer)(nil)
	s := bufio.NewScanner(out)
	for s.Scan() {
		ids = append(ids, s.Text())
		if timer == nil {
			timer = time.AfterFunc(after, func() { _ = c.Process.Kill() })
		}
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	if timer != nil {
		timer.Stop()
	}
	if len(ids) == 0 {
		t.Fatal("the child ended before its first change")
	}
	return ids
}

// killReceiver fails always under /dead, and under /good every third time in one of many ways; good keeps
// what it took there.
func killReceiver(good *faulty) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/dead" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		all := []string{fault429After, fault429, fault500, faultHang, faultCut, faultCutEarly}
		fault := ""
		if rand.IntN(3) == 0 {
			fault = all[rand.IntN(len(all))]
		}
		good.mu.Lock()
		good.faults = append(good.faults, fault)
		good.mu.Unlock()
		good.ServeHTTP(w, r)
	})
}
