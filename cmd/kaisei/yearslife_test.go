package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kaisei/internal/extract"
	"kaisei/internal/fetch"
	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
	"kaisei/notify"
	"kaisei/storage/bolt"
)

// errKilled is what everything answers once the process is dead.
var errKilled = errors.New("the process was killed")

// life is one process, from its start to its stop or death.
type life struct {
	w      *world
	db     *bolt.DB
	cancel context.CancelFunc
	mu     sync.Mutex
	dead   bool
	writes int
	// killAt is the write at which it dies, before it or after; none where 0.
	killAt int
	after  bool
}

// around is a write at which the process may die.
func (l *life) around(write func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dead {
		return errKilled
	}
	l.writes++
	if l.writes == l.killAt && !l.after {
		l.die()
		return errKilled
	}
	err := write()
	if l.writes == l.killAt {
		l.die()
		return errKilled
	}
	return err
}

func (l *life) die() {
	l.dead = true
	l.cancel()
}

func (l *life) gone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dead
}

// mortal is the store as a process that may die sees it.
type mortal struct {
	*bolt.DB
	life *life
}

func (m mortal) SaveCapture(c kaisei.Capture, like string) error {
	return m.life.around(func() error { return m.DB.SaveCapture(c, like) })
}

func (m mortal) Commit(c kaisei.Commit) (out kaisei.Change, err error) {
	err = m.life.around(func() error { out, err = m.DB.Commit(c); return err })
	return out, err
}

func (m mortal) CommitQuiet(c kaisei.Commit) error {
	return m.life.around(func() error { return m.DB.CommitQuiet(c) })
}

func (m mortal) SavePollQuiet(p kaisei.Poll) error {
	return m.life.around(func() error { return m.DB.SavePollQuiet(p) })
}

func (m mortal) Flush() error { return m.life.around(m.DB.Flush) }

func (m mortal) SaveLeads(k []kaisei.Lead) error {
	return m.life.around(func() error { return m.DB.SaveLeads(k) })
}

func (m mortal) SavePoll(p kaisei.Poll) error {
	return m.life.around(func() error { return m.DB.SavePoll(p) })
}

func (m mortal) SaveSightings(s kaisei.Sightings) error {
	return m.life.around(func() error { return m.DB.SaveSightings(s) })
}

func (m mortal) Enqueue(d []kaisei.Delivery, marks map[string]string) error {
	return m.life.around(func() error { return m.DB.Enqueue(d, marks) })
}

// SaveDeliveries begins attempts and postpones them.
func (m mortal) SaveDeliveries(d []kaisei.Delivery) error {
	return m.life.around(func() error { return m.DB.SaveDeliveries(d) })
}

// SaveDelivery settles an attempt. A process that dies at it has told and cannot remember.
func (m mortal) SaveDelivery(d kaisei.Delivery) error {
	err := m.life.around(func() error { return m.DB.SaveDelivery(d) })
	if errors.Is(err, errKilled) {
		m.life.w.mu.Lock()
		m.life.w.excused[d.ID]++
		m.life.w.mu.Unlock()
	}
	return err
}

// people is a channel that now and then fails, and now and then takes a message and says that it did not.
type people struct{ life *life }

func (p people) Send(_ context.Context, m notify.Message) (string, error) {
	w := p.life.w
	if p.life.gone() {
		return "", errKilled
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.attempts++
	dice := w.rand.IntN(100)
	if dice < 10 {
		return "", errors.New("the channel is out of order")
	}
	w.sent[m.Delivery.ID]++
	for _, c := range m.Changes {
		if w.sent[m.Delivery.ID] == 1 && m.Delivery.Channel == "slack" {
			w.open[c.Source]--
		}
	}
	if dice < 13 {
		w.lies++
		w.excused[m.Delivery.ID]++
		return "", errors.New("the connection broke after the message had left")
	}
	return "taken", nil
}

// live runs a process for a while, or until it dies by chance.
func (w *world) live(span time.Duration, kill bool) {
	w.t.Helper()
	db, err := bolt.Open(w.path, bolt.Options{NoSync: true})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), span)
	defer cancel()
	l := &life{w: w, db: db, cancel: cancel}
	w.mu.Lock()
	w.starts++
	if kill {
		l.killAt, l.after = 1+w.rand.IntN(400), w.rand.IntN(2) == 0
	}
	w.mu.Unlock()
	store := mortal{db, l}
	router := &notify.Router{Channels: []notify.Channel{{Name: "slack", Alerts: true}, {Name: "mail", Alerts: true}}}
	outbox := &notify.Outbox{Queue: store, Senders: map[string]notify.Sender{"slack": people{l}, "mail": people{l}}}
	client := &fetch.Client{Transport: w}
	watcher := &watch.Watcher{
		Catalog: w.catalog, Fetch: client, Read: &extract.Extractor{PDF: w.pdf}, Rules: w.rules, Store: store, Settle: 2 * time.Minute,
		Route: func(c kaisei.Change) []kaisei.Delivery { return router.Route(c, time.Now()) }, Committed: outbox.Wake, Enqueue: store.Enqueue, Parallel: 8,
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := watcher.Run(ctx); err != nil && !errors.Is(err, errKilled) {
			w.t.Errorf("Run ended with %v", err)
		}
		cancel()
	})
	wg.Go(func() { _ = outbox.Run(ctx) }) // which ends with ctx
	wg.Wait()
	if l.dead {
		w.kills++
		// What was in memory is lost: the file as it is, without what closing would write.
		w.files++
		next := filepath.Join(w.dir, fmt.Sprintf("kaisei-%d.db", w.files))
		copyFile(w.t, w.path, next)
		defer os.Remove(w.path)
		w.path = next
	}
	if err := db.Close(); err != nil {
		w.t.Error(err)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
