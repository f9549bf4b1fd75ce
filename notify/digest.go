package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/translation"
)

const (
	// window is how many changes of a range are held in memory.
	window = 100
	// graceLooks is how long a failing source still counts as verified: less is a hiccup.
	graceLooks = 24 * time.Hour
	// maxLooks bounds the looks counted per source and digest.
	maxLooks = 20000
)

// DigestPlanner decides when a digest is due and freezes what it covers: a closed range
// of change numbers, the state of the sources and the days ahead, in a delivery that is
// inserted together with the mark that ends the range. So each change is in exactly one
// digest of a channel, whatever fails afterwards, and a repeat says the same.
type DigestPlanner struct {
	Queue Queue
	// Channels are those told anything; only those with a cadence get one.
	Channels []Channel
	// Sources are the catalogue's, for names and for the question which of them were verified.
	// Disabled ones are left out.
	Sources []kaisei.Source
	// Translates names, for each document that is a translation, its original.
	Translates map[string]string
}

// mark is how far the digests of a channel have come.
type mark struct {
	// Last is the highest change number covered, Until the end of the period covered.
	Last  uint64    `json:"last"`
	Until time.Time `json:"until"`
}

// payload is what a digest delivery carries beside its changes.
type payload struct {
	First uint64    `json:"first"`
	Last  uint64    `json:"last"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	// Cadence is "" in digests planned by releases that knew the weekly one only.
	Cadence Cadence `json:"cadence,omitempty"`
	// Missed counts the digests before this one that were not made when they were due; it covers their time too.
	Missed     int                 `json:"missed,omitempty"`
	Verified   []render.Verified   `json:"verified,omitempty"`
	Unverified []render.Unverified `json:"unverified,omitempty"`
	// NotDue counts the sources that no look was planned of in the period.
	NotDue int `json:"not_due,omitempty"`
	// Behind are the translations that had not followed their originals at Until.
	Behind []render.Behind `json:"behind,omitempty"`
	// Events lie ahead at Until, as far as was known then.
	Events []calendar.Event `json:"events,omitempty"`
	// What nobody had answered by then, and the answers to the changes covered.
	Waiting     []render.Waiting         `json:"waiting,omitempty"`
	WaitingMore int                      `json:"waiting_more,omitempty"`
	Answers     map[string]kaisei.Answer `json:"answers,omitempty"`
}

// Plan inserts the digests that are due at now. It may be called at any time and as often
// as one likes: a channel gets at most one digest per instant of its rhythm, and one missed, or
// several, are made up by a single digest that covers them all. The first call for a channel only
// starts its count, at the last such instant, so that a new recipient is not sent the whole history.
func (p *DigestPlanner) Plan(now time.Time) error {
	for _, ch := range p.Channels {
		if ch.Digest.Cadence == "" {
			continue
		}
		if err := p.plan(ch, now); err != nil {
			return fmt.Errorf("plan the digest of %s: %w", ch.Name, err)
		}
	}
	return nil
}

func (p *DigestPlanner) plan(ch Channel, now time.Time) error {
	key := "digest/" + ch.Name
	m, ok, err := p.mark(key)
	if err != nil {
		return err
	}
	if !ok {
		if m, err = p.start(ch, now); err != nil {
			return err
		}
		return p.settle(nil, key, m)
	}
	due := ch.Digest.Last(now)
	if !m.Until.Before(due) {
		return nil
	}
	end, err := p.Queue.LastNumber()
	if err != nil {
		return err
	}
	end = max(end, m.Last)
	var ids []string
	err = p.each(kaisei.ChangeQuery{First: m.Last + 1, Last: end}, func(c kaisei.Change) {
		if ch.matches(c) {
			ids = append(ids, c.ID)
		}
	})
	if err != nil {
		return err
	}
	pay := payload{First: m.Last + 1, Last: end, Since: m.Until, Until: now.UTC(), Cadence: ch.Digest.Cadence, Missed: ch.Digest.missed(m.Until, now)}
	if err := p.fill(&pay, ch); err != nil {
		return err
	}
	text, err := json.Marshal(pay)
	if err != nil {
		return err
	}
	about := fmt.Sprintf("%s/%d-%d", kaisei.DateOf(due), pay.First, pay.Last)
	d := delivery(kaisei.DeliveryDigest, ch.Name, about, ids, string(text), now)
	return p.settle([]kaisei.Delivery{d}, key, mark{Last: end, Until: now.UTC()})
}

func (p *DigestPlanner) mark(key string) (mark, bool, error) {
	var m mark
	text, ok, err := p.Queue.Mark(key)
	if err != nil || !ok {
		return m, false, err
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return m, false, fmt.Errorf("decode the mark %s: %w", key, err)
	}
	return m, true, nil
}

func (p *DigestPlanner) settle(ds []kaisei.Delivery, key string, m mark) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return p.Queue.Enqueue(ds, map[string]string{key: string(text)})
}

// start returns the mark of a channel that has had no digest: its first one tells what was seen since the
// last instant of its rhythm.
func (p *DigestPlanner) start(ch Channel, now time.Time) (mark, error) {
	m := mark{Until: ch.Digest.Last(now).UTC()}
	end, err := p.Queue.LastNumber()
	if err != nil {
		return m, err
	}
	m.Last = end
	recent, err := p.Queue.Changes(kaisei.ChangeQuery{Since: m.Until, Quiet: true})
	if err != nil {
		return m, err
	}
	for _, c := range recent {
		if c.Number > 0 {
			m.Last = min(m.Last, c.Number-1)
		}
	}
	return m, nil
}

// each calls f with the changes of a range of numbers, a window at a time.
func (p *DigestPlanner) each(q kaisei.ChangeQuery, f func(kaisei.Change)) error {
	for first := q.First; first <= q.Last; first += window {
		part := q
		part.First, part.Last = first, min(first+window-1, q.Last)
		cs, err := p.Queue.Changes(part)
		if err != nil {
			return err
		}
		for _, c := range cs {
			f(c)
		}
	}
	return nil
}

// fill adds the state of the sources and the days ahead: what the calendar lists at the end of the period
// from the versions seen until then. Of what a channel asks for, layers and sources bound the days ahead;
// severity, class and uses are of changes.
func (p *DigestPlanner) fill(pay *payload, ch Channel) error {
	if err := p.health(pay); err != nil {
		return err
	}
	if err := p.answers(pay, ch); err != nil {
		return err
	}
	docs, err := calendar.Documents(p.Queue, pay.Until)
	if err != nil {
		return err
	}
	for _, e := range calendar.Coming(calendar.Events(docs, p.Sources), pay.Until) {
		if ch.covers(e.Layer, e.Source) {
			pay.Events = append(pay.Events, e)
		}
	}
	return p.behind(pay, ch, docs)
}

// behind adds the translations that have not followed, of originals that the channel asks for.
func (p *DigestPlanner) behind(pay *payload, ch Channel, docs []kaisei.Version) error {
	lags, err := translation.Lags(p.Translates, docs, func(document string) ([]kaisei.Version, error) {
		all, err := p.Queue.Versions(document)
		return slices.DeleteFunc(all, func(v kaisei.Version) bool { return v.SeenAt.After(pay.Until) }), err
	})
	if err != nil {
		return err
	}
	for _, l := range lags {
		o, t := l.Original, l.Translation
		if !ch.covers(o.Layer, o.Source) {
			continue
		}
		pay.Behind = append(pay.Behind, render.Behind{
			Document: t.Document, Title: t.Title, Language: t.Language, Version: translation.VersionName(t), URL: t.Snapshot.URL,
			Original: o.Title, Current: translation.VersionName(o), Issued: translation.Issued(o), Missed: l.Missed, Since: l.Since,
		})
	}
	return nil
}

// health sorts the sources into those verified unchanged and those whose state is not known.
// What showed something new is in neither: its change says so.
func (p *DigestPlanner) health(pay *payload) error {
	polls, err := p.Queue.Polls()
	if err != nil {
		return err
	}
	by := map[string]kaisei.Poll{}
	for _, poll := range polls {
		by[poll.Source] = poll
	}
	for _, s := range p.Sources {
		if s.Disabled != "" {
			continue
		}
		poll := by[s.ID]
		stale := poll.Failures > 0 && pay.Until.Sub(poll.LastGood) > graceLooks
		if !stale && poll.LastGood.Before(pay.Since) && notDue(poll, pay.Until) {
			pay.NotDue++
			continue
		}
		if stale || poll.LastGood.Before(pay.Since) {
			u := render.Unverified{Source: s.ID, Title: s.Title, Authority: s.AuthorityName, Since: poll.LastGood, Failures: poll.Failures}
			if poll.Failures > 0 { // else the last look was good, and its detail says nothing of why none followed
				u.Cause, u.Detail = poll.LastCause, poll.LastDetail
			}
			pay.Unverified = append(pay.Unverified, u)
			continue
		}
		looks, err := p.Queue.Looks(s.ID, pay.Since, maxLooks)
		if err != nil {
			return err
		}
		good, changed := 0, false
		for _, l := range looks {
			if !l.At.Before(pay.Until) {
				continue
			}
			if l.Verdict.Good() {
				good++
			}
			changed = changed || l.Change != ""
		}
		if !changed && good > 0 {
			pay.Verified = append(pay.Verified, render.Verified{
				Source: s.ID, Title: s.Title, Authority: s.AuthorityName, Looks: good, Last: poll.LastGood,
			})
		}
	}
	return nil
}

// notDue reports whether a source that was not read in a period had no look planned in it: one that is
// looked at weekly in the digest of a day. One that is paused, or left alone at its host's wish, is not verified.
func notDue(p kaisei.Poll, until time.Time) bool {
	return !p.LastGood.IsZero() && p.Failures == 0 && p.NextLook.After(until) && !p.Pause.In(until) && !p.Wait.In(until)
}

// Preview returns what a digest of ch would tell of the changes seen from since until until. It plans
// nothing.
func (p *DigestPlanner) Preview(ch Channel, since, until time.Time) (render.DigestData, error) {
	all, err := p.Queue.Changes(kaisei.ChangeQuery{Since: since, Until: until})
	if err != nil {
		return render.DigestData{}, fmt.Errorf("preview the digest: %w", err)
	}
	pay := payload{First: 1, Since: since.UTC(), Until: until.UTC(), Cadence: ch.Digest.Cadence}
	var cs []kaisei.Change
	for i, c := range all {
		if i == 0 || c.Number < pay.First {
			pay.First = c.Number
		}
		pay.Last = max(pay.Last, c.Number)
		if ch.matches(c) {
			cs = append(cs, c)
		}
	}
	if err := p.fill(&pay, ch); err != nil {
		return render.DigestData{}, fmt.Errorf("preview the digest: %w", err)
	}
	return pay.data(cs), nil
}

// digestData reads back what a digest delivery covers.
func digestData(q Queue, d kaisei.Delivery) (render.DigestData, error) {
	var pay payload
	if err := json.Unmarshal([]byte(d.Payload), &pay); err != nil {
		return render.DigestData{}, failf(Final, "decode the digest: %w", err)
	}
	changes := make([]kaisei.Change, 0, len(d.Changes))
	for _, id := range d.Changes {
		c, err := change(q, id)
		if err != nil {
			return render.DigestData{}, err
		}
		changes = append(changes, c)
	}
	return pay.data(changes), nil
}

func (pay payload) data(changes []kaisei.Change) render.DigestData {
	return render.DigestData{
		Since: pay.Since, Until: pay.Until, First: pay.First, Last: pay.Last, Changes: changes,
		Cadence: string(pay.Cadence), Missed: pay.Missed,
		Verified: pay.Verified, Unverified: pay.Unverified, NotDue: pay.NotDue, Coming: pay.Events, Behind: pay.Behind,
		Waiting: pay.Waiting, WaitingMore: pay.WaitingMore, Answers: pay.Answers,
	}
}

// change reads a change that a delivery names; one that is not there cannot come back.
func change(q Queue, id string) (kaisei.Change, error) {
	c, ok, err := q.Change(id)
	switch {
	case err != nil:
		return c, fmt.Errorf("read change %s: %w", id, err)
	case !ok:
		return c, failf(Final, "change %s is not in the store", id)
	}
	return c, nil
}
