package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// How often a delivery is tried, and how long it waits in between.
const (
	// MaxAttempts is where a delivery is given up. With MaxWait between the later ones this is more
	// than four days: a mail server that broke on Friday evening is repaired by then.
	MaxAttempts = 400
	// FirstWait doubles with each temporary failure up to MaxWait; SetupWait is the first wait
	// where an operator has to act.
	FirstWait = 30 * time.Second
	SetupWait = 5 * time.Minute
	// What is found meanwhile waits too, so that nothing overtakes, and no longer than MaxWait.
	MaxWait = 15 * time.Minute
	// MaxAfter bounds what a server may ask us to wait.
	MaxAfter = 6 * time.Hour
	// SendTimeout bounds one attempt.
	SendTimeout = 2 * time.Minute
	// idle is how long Run waits where nothing is due; Wake ends it.
	idle = 10 * time.Minute
	// maxError is the longest error text that is kept.
	maxError = 500
)

// batch is how many due deliveries are read at first, maxBatch at most.
const (
	batch    = 256
	maxBatch = 1 << 16
)

// Outbox keeps the promises that the store holds. The zero value of Now and Log works.
type Outbox struct {
	Queue   Queue
	Senders map[string]Sender
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log gets a line where a delivery fails or is given up; nil means none.
	Log *slog.Logger
	// Beat is called by Run at every turn of its loop, which comes at least every ten minutes; nil means not.
	Beat func()

	once sync.Once
	wake chan struct{}

	// mu guards what follows, and Senders once Run or Flush was called.
	mu sync.Mutex
	// broken is until when the deliveries of a channel in trouble wait; nil before the first look at
	// the store.
	broken map[string]time.Time
}

// Replace changes who speaks to the channels, at any time. Attempts under way finish as they began; what
// is due to a channel that is not among the new ones is told to be dead, with what to do.
func (o *Outbox) Replace(senders map[string]Sender) {
	o.mu.Lock()
	o.Senders = senders
	o.mu.Unlock()
	o.Wake()
}

func (o *Outbox) sender(channel string) (Sender, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s, ok := o.Senders[channel]
	return s, ok
}

// Wake makes Run look for due deliveries at once. It never blocks and may be called
// from anywhere, before Run too.
func (o *Outbox) Wake() {
	o.setup()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *Outbox) setup() {
	o.once.Do(func() { o.wake = make(chan struct{}, 1) })
}

func (o *Outbox) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

func (o *Outbox) log() *slog.Logger {
	if o.Log != nil {
		return o.Log
	}
	return slog.New(slog.DiscardHandler)
}

// Flush tells everything that is due now and returns how many deliveries were sent.
// A failed attempt is no error of Flush: it is recorded with its delivery. An error is of the
// store, or ctx's.
func (o *Outbox) Flush(ctx context.Context) (int, error) {
	total := 0
	for {
		// What was told may have something to follow it.
		n, err := o.flush(ctx)
		if total += n; n == 0 || err != nil {
			return total, err
		}
	}
}

func (o *Outbox) flush(ctx context.Context) (int, error) {
	ready, err := o.ready(nil)
	if err != nil {
		return 0, err
	}
	var g errgroup.Group
	var mu sync.Mutex
	total := 0
	for channel, ds := range ready {
		g.Go(func() error {
			n, err := o.drain(ctx, channel, ds)
			mu.Lock()
			total += n
			mu.Unlock()
			return err
		})
	}
	err = g.Wait()
	return total, cmp.Or(err, ctx.Err())
}

// due reads all that is due. It reads on while the answer is full: a thousand deliveries of a
// channel that hangs must not hide the one of another.
func (o *Outbox) due() ([]kaisei.Delivery, error) {
	for n := batch; ; n *= 4 {
		ds, err := o.Queue.Due(o.now(), n)
		if err != nil {
			return nil, fmt.Errorf("read due deliveries: %w", err)
		}
		if len(ds) < n || n >= maxBatch {
			return ds, nil
		}
	}
}

// byChannel groups deliveries, in each channel in the order in which they were promised.
func byChannel(due []kaisei.Delivery) map[string][]kaisei.Delivery {
	out := map[string][]kaisei.Delivery{}
	for _, d := range due {
		out[d.Channel] = append(out[d.Channel], d)
	}
	for _, ds := range out {
		slices.SortStableFunc(ds, func(a, b kaisei.Delivery) int { return a.Created.Compare(b.Created) })
	}
	return out
}

// Run tells what is due, as it becomes due, until ctx ends; then it waits for the attempts
// under way and returns nil. Each channel has at most one goroutine at work.
func (o *Outbox) Run(ctx context.Context) error {
	o.setup()
	type end struct {
		channel string
		err     error
	}
	var g errgroup.Group
	busy, held, done := map[string]bool{}, map[string]time.Time{}, make(chan end)
	ended := func(e end) {
		delete(busy, e.channel)
		if e.err != nil && ctx.Err() == nil {
			// What was sent could not be settled and would be sent again: not at once.
			held[e.channel] = o.now().Add(FirstWait)
			o.log().Error("deliveries could not be settled", "channel", e.channel, "err", e.err)
		}
	}
	for ctx.Err() == nil {
		if o.Beat != nil {
			o.Beat()
		}
		blocked := maps.Clone(busy)
		for channel, until := range held {
			if o.now().Before(until) {
				blocked[channel] = true
			}
		}
		ready, err := o.ready(blocked)
		if err != nil {
			// The store may be short of space for a moment. The promise stays in it.
			o.log().Error("due deliveries could not be read", "err", err)
		}
		for channel, ds := range ready {
			busy[channel] = true
			g.Go(func() error {
				_, err := o.drain(ctx, channel, ds)
				done <- end{channel, err}
				return nil
			})
		}
		timer := time.NewTimer(o.untilNext(busy, err != nil))
		select {
		case <-ctx.Done():
		case e := <-done:
			ended(e)
		case <-o.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	for len(busy) > 0 {
		ended(<-done)
	}
	return g.Wait()
}

// untilNext returns how long Run may wait. Deliveries that are due already are with a
// goroutine, whose end wakes Run, or wait for the store.
func (o *Outbox) untilNext(busy map[string]bool, failed bool) time.Duration {
	at, ok, err := o.Queue.NextDue()
	if err != nil || failed {
		return FirstWait
	}
	if !ok {
		return idle
	}
	now := o.now()
	if wait := at.Sub(now); wait > 0 {
		return min(wait, idle)
	}
	if len(busy) == 0 {
		return time.Second
	}
	// What is due stands behind a channel at work, which may hang; what falls due elsewhere must not.
	ds, err := o.Queue.Deliveries(kaisei.DeliveryDue, 0)
	if err != nil {
		return FirstWait
	}
	next := idle
	for _, d := range ds {
		if wait := d.Due.Sub(now); !busy[d.Channel] {
			next = min(next, max(wait, time.Second))
		}
	}
	return next
}

// drain sends the deliveries of one channel in order. After a failure that is not the
// message's own, the rest of the channel waits with it: what comes later must not overtake, and a
// server in trouble is not asked a hundred times.
func (o *Outbox) drain(ctx context.Context, channel string, ds []kaisei.Delivery) (sent int, err error) {
	for i, d := range ds {
		if ctx.Err() != nil {
			return sent, nil
		}
		why, err := answeredMeanwhile(o.Queue, d)
		if err != nil {
			return sent, fmt.Errorf("see whether %s was answered: %w", d.ID, err)
		}
		if why = cmp.Or(why, overtaken(d, o.now())); why != "" {
			d.State, d.LastError = kaisei.DeliveryDropped, shorten(why, maxError)
			if err := o.Queue.SaveDelivery(d); err != nil {
				return sent, fmt.Errorf("settle %s: %w", d.ID, err)
			}
			continue
		}
		if d.Begun.IsZero() {
			d.Begun = o.now().UTC()
			if err := o.Queue.SaveDeliveries([]kaisei.Delivery{d}); err != nil {
				return sent, fmt.Errorf("begin %s: %w", d.ID, err)
			}
		}
		receipt, failure := o.attempt(ctx, d)
		if failure != nil && ctx.Err() != nil {
			// Told to stop, which is no fault of the channel.
			return sent, nil
		}
		d.Attempts++
		if failure == nil {
			d.State, d.SentAt, d.Receipt, d.LastError = kaisei.DeliverySent, o.now().UTC(), receipt, ""
			if err := o.Queue.SaveDelivery(d); err != nil {
				return sent, fmt.Errorf("settle %s: %w", d.ID, err)
			}
			sent++
			o.settled(channel, time.Time{})
			o.log().Info("delivery sent", "delivery", d.ID, "channel", channel, "attempts", d.Attempts)
			continue
		}
		trouble, after := troubleOf(failure)
		d.LastError = shorten(failure.Error(), maxError)
		if trouble == Final || d.Attempts >= MaxAttempts {
			d.State = kaisei.DeliveryDead
			o.log().Error("delivery given up", "delivery", d.ID, "channel", channel, "attempts", d.Attempts, "err", d.LastError)
			if err := o.Queue.SaveDelivery(d); err != nil {
				return sent, fmt.Errorf("settle %s: %w", d.ID, err)
			}
			continue
		}
		d.Due = o.now().UTC().Add(wait(d, trouble, after))
		o.settled(channel, d.Due)
		o.log().Warn("delivery failed, will be tried again", "delivery", d.ID, "channel", channel, "attempts", d.Attempts, "err", d.LastError)
		return sent, o.postpone(d, ds[i+1:])
	}
	return sent, nil
}

// settled notes that a channel works, or until when it is in trouble.
func (o *Outbox) settled(channel string, broken time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken == nil {
		o.broken = map[string]time.Time{}
	}
	if broken.IsZero() {
		delete(o.broken, channel)
		return
	}
	o.broken[channel] = broken
}

// postpone saves a failed delivery and makes the rest of its channel wait for it.
func (o *Outbox) postpone(d kaisei.Delivery, rest []kaisei.Delivery) error {
	all := []kaisei.Delivery{d}
	for _, r := range rest {
		r.Due = d.Due
		all = append(all, r)
	}
	if err := o.Queue.SaveDeliveries(all); err != nil {
		return fmt.Errorf("postpone %s: %w", d.ID, err)
	}
	return nil
}

// wait returns how long a delivery waits after a failure: doubling, at most MaxWait, spread by
// up to a tenth so that channels that broke together do not come back together.
func wait(d kaisei.Delivery, t Trouble, after time.Duration) time.Duration {
	if after > 0 {
		return min(after, MaxAfter)
	}
	w := FirstWait
	if t == Setup {
		w = SetupWait
	}
	for i := 1; i < d.Attempts && w < MaxWait; i++ {
		w *= 2
	}
	w = min(w, MaxWait)
	h := fnv.New32a()
	_, _ = h.Write([]byte(d.ID)) // a hash takes everything
	return w + w/10*time.Duration(h.Sum32()%100)/100
}

// attempt makes the message of a delivery and sends it. A panic in either is the message's own
// fault: the daemon and the other messages go on.
func (o *Outbox) attempt(ctx context.Context, d kaisei.Delivery) (receipt string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = failf(Final, "internal error: %v", p)
		}
	}()
	s, ok := o.sender(d.Channel)
	if !ok {
		return "", failf(Final, "no channel %q is configured; name it again, then retry", d.Channel)
	}
	m, err := o.message(d)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, SendTimeout)
	defer cancel()
	return s.Send(ctx, m)
}

// message reads what a delivery is about.
func (o *Outbox) message(d kaisei.Delivery) (Message, error) {
	m := Message{Delivery: d}
	if d.Kind == kaisei.DeliveryDigest {
		data, err := digestData(o.Queue, d)
		if err != nil {
			return m, err
		}
		m.Digest = &data
		return m, nil
	}
	for _, id := range d.Changes {
		c, err := change(o.Queue, id)
		if err != nil {
			return m, err
		}
		if d.Kind == kaisei.DeliverySummary {
			c.Edits = nil // hundreds of changes are held at once
		}
		m.Changes = append(m.Changes, c)
	}
	if len(m.Changes) == 1 && slices.Contains([]string{kaisei.DeliveryAlert, kaisei.DeliveryComparison, kaisei.DeliveryCorrection}, d.Kind) {
		var err error
		if m.Answers, err = o.Queue.Answers(d.Changes[0], time.Time{}); err != nil {
			return m, fmt.Errorf("read the answers to %s: %w", d.Changes[0], err)
		}
	}
	switch {
	case (d.Kind == kaisei.DeliveryComparison || d.Kind == kaisei.DeliveryCorrection) && len(m.Changes) == 1:
		return o.told(m)
	case d.Kind == kaisei.DeliverySummary && len(m.Changes) > 0:
		m.Summary = &render.SummaryData{Held: d.Held == kaisei.HeldHours, Changes: m.Changes}
		m.Changes = nil
	case d.Kind == kaisei.DeliveryEscalation && len(m.Changes) > 0:
		x, err := escalationData(d, m.Changes[0])
		if err != nil {
			return m, err
		}
		m.Escalation, m.Changes = &x, nil
	case d.Kind == kaisei.DeliveryReminder:
		var r render.ReminderData
		if err := json.Unmarshal([]byte(d.Payload), &r); err != nil {
			return m, failf(Final, "decode the reminder: %w", err)
		}
		m.Reminder = &r
	case d.Kind == kaisei.DeliveryNotice && d.Payload != "":
		var n render.NoticeData
		if err := json.Unmarshal([]byte(d.Payload), &n); err != nil {
			return m, failf(Final, "decode the notice: %w", err)
		}
		m.Notice = &n
	case d.Kind == kaisei.DeliveryNotice && len(m.Changes) > 0:
		n := render.NoticeOf(m.Changes[0])
		m.Notice, m.Changes = &n, nil
	case len(m.Changes) == 0:
		return m, failf(Final, "delivery of kind %q is about nothing", d.Kind)
	}
	return m, nil
}

// told reads the alert that a correction or a comparison belongs to.
func (o *Outbox) told(m Message) (Message, error) {
	alert, ok, err := o.Queue.Delivery(m.Delivery.Payload)
	if err != nil {
		return m, fmt.Errorf("read what was told: %w", err)
	}
	if !ok {
		return m, failf(Final, "the delivery %s is not stored", m.Delivery.Payload)
	}
	judged, err := o.Queue.Judgements(m.Changes[0].ID)
	if err != nil {
		return m, fmt.Errorf("read the judgements of %s: %w", m.Changes[0].ID, err)
	}
	m.Told = &Told{Delivery: alert, Change: m.Changes[0], Judgements: judged, Answers: m.Answers}
	m.Changes, m.Answers = nil, nil
	return m, nil
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
