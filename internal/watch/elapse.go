package watch

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
)

// closingDays are how many days before its deadline the closing of a consultation is told, most
// urgent first.
var closingDays = []int{1, 7, 14}

// Elapse tells what the passage of time made since it was last called: texts whose day of taking
// force is here, consultations that close in 14, 7 or 1 days, and translations that have not followed
// their original for 30 or 90 days. Each is a change with an ID
// derived from what it tells, committed with its deliveries, so that it is told once whoever asks and
// however often; nobody looked, so it leaves no look. After a stop the days of taking force that
// were missed are made up, and of the closing of a consultation only the most urgent is told. next is when
// something falls due again, as far as is known now; the zero time where nothing is.
//
// Calls are cheap while nothing is due: they read nothing until next or until a look committed a
// version.
func (w *Watcher) Elapse(ctx context.Context) (changes []kaisei.Change, next time.Time, err error) {
	now := w.now()
	of := w.shared()
	of.mu.Lock()
	settled := of.settled
	next = of.due
	of.settled = true
	of.mu.Unlock()
	if settled && (next.IsZero() || now.Before(next)) {
		return nil, next, nil
	}
	l := &elapsing{w: w, now: now}
	if err := l.run(ctx); err != nil {
		w.unsettle()
		return l.changes, time.Time{}, err
	}
	of.mu.Lock()
	of.due = l.next
	of.mu.Unlock()
	return l.changes, l.next, nil
}

// unsettle makes the next Elapse read the documents again.
func (w *Watcher) unsettle() {
	w = w.shared()
	w.mu.Lock()
	w.settled = false
	w.mu.Unlock()
}

// elapsing is one call of Elapse.
type elapsing struct {
	w       *Watcher
	now     time.Time
	next    time.Time
	polls   map[string]kaisei.Poll
	heads   map[string]kaisei.Version
	changes []kaisei.Change
}

// later notes that something falls due at t.
func (l *elapsing) later(t time.Time) {
	if t.After(l.now) && (l.next.IsZero() || t.Before(l.next)) {
		l.next = t
	}
}

func (l *elapsing) run(ctx context.Context) error {
	docs, err := calendar.Documents(l.w.Store, time.Time{})
	if err != nil {
		return err
	}
	list, err := l.w.Store.Polls()
	if err != nil {
		return fmt.Errorf("read schedule states: %w", err)
	}
	l.polls, l.heads = map[string]kaisei.Poll{}, map[string]kaisei.Version{}
	for _, p := range list {
		l.polls[p.Source] = p
	}
	for _, d := range docs {
		l.heads[d.Document] = d
	}
	for _, e := range calendar.Events(docs, l.w.Catalog.Sources()) {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch e.Kind {
		case kaisei.ClassInForce:
			err = l.inForce(ctx, e)
		case kaisei.ClassConsultationClosing:
			err = l.closing(ctx, e)
		}
		if err != nil {
			return err
		}
	}
	return l.lag(ctx)
}

// inForce tells that a text took force, from the beginning of its day on. A day that was past when the
// source was first read is history and not news.
func (l *elapsing) inForce(ctx context.Context, e calendar.Event) error {
	due := e.Due()
	if due.IsZero() {
		return nil
	}
	if due.After(l.now) {
		l.later(due)
		return nil
	}
	if p := l.polls[e.Source]; p.FirstGood.IsZero() || e.On.Before(kaisei.DateOf(p.FirstGood)) {
		return nil
	}
	ids := []string{e.ID}
	for _, c := range e.Copies {
		ids = append(ids, c+strings.TrimPrefix(e.ID, e.Document))
	}
	what := cmp.Or(e.What, e.Title)
	note := kaisei.Text{JA: what + "が施行日を迎えました。", EN: "In force from today: " + what + "."}
	if today := kaisei.DateOf(l.now); e.On.Before(today) {
		note = kaisei.Text{JA: what + "が" + e.On.String() + "に施行日を迎えていました。", EN: "In force since " + e.On.String() + ": " + what + "."}
	}
	notes := []kaisei.Text{note}
	event, day := classify.EventDayCame, kaisei.Effective{Date: e.On, Note: e.Note, What: e.What}
	if e.Open() {
		event, day.Date, day.By = classify.EventLastDay, kaisei.Date{}, e.On
		notes = []kaisei.Text{{
			JA: what + "が遅くとも施行される日（" + e.On.String() + "）です。",
			EN: "In force by " + e.On.String() + " at the latest: " + what + ".",
		}, {
			JA: "この日は「" + e.Note + "」の最後の日です。政令で定められた日はまだ確認できていません。",
			EN: "This is the last possible day (" + e.Note + "); the day fixed by Cabinet Order has not been seen.",
		}}
	}
	return l.tell(ctx, e, ids, event, kaisei.Dates{Effective: []kaisei.Effective{day}}, notes)
}

// closing tells that a consultation closes in 14, 7 or 1 days, counted back from its last day. What
// had passed when its deadline was first read is not told, and an extension counts anew.
func (l *elapsing) closing(ctx context.Context, e calendar.Event) error {
	if !l.now.Before(e.At) {
		return nil
	}
	for _, days := range closingDays {
		at := e.On.Start().AddDate(0, 0, -days)
		if at.After(l.now) {
			l.later(at)
			continue
		}
		since, err := l.known(e)
		if err != nil || !at.After(since) {
			return err
		}
		left := int(e.On.Start().Sub(kaisei.DateOf(l.now).Start()).Hours() / 24)
		until := e.At.In(kaisei.JST).Format("2006-01-02 15:04")
		note := kaisei.Text{JA: fmt.Sprintf("締切まであと%d日です（%s）。", left, until), EN: fmt.Sprintf("%d days left until the deadline (%s).", left, until)}
		if left == 0 {
			note = kaisei.Text{JA: "締切は本日です（" + until + "）。", EN: "The deadline is today (" + until + ")."}
		}
		id := fmt.Sprintf("%s-%s-%d", e.ID, e.On, days)
		return l.tell(ctx, e, []string{id}, classify.EventClosing, kaisei.Dates{Deadline: e.At}, []kaisei.Text{note})
	}
	return nil
}

// known is when the document first stated the deadline that it has now.
func (l *elapsing) known(e calendar.Event) (time.Time, error) {
	versions, err := l.w.Store.Versions(e.Document)
	if err != nil {
		return time.Time{}, fmt.Errorf("read the versions of %s: %w", e.Document, err)
	}
	since := e.SeenAt
	for _, v := range slices.Backward(versions) {
		if !v.Dates.Deadline.Equal(e.At) {
			break
		}
		since = v.SeenAt
	}
	return since, nil
}

// tell commits what an event of the calendar became, unless it, or the same of a document with the
// same text, was told.
func (l *elapsing) tell(ctx context.Context, e calendar.Event, ids []string, event string, d kaisei.Dates, notes []kaisei.Text) error {
	return l.commit(ctx, ids, l.heads[e.Document], classify.Elapsed{Event: event, Title: e.Title, URL: e.URL, LabelAfter: e.Label, PageURL: l.heads[e.Document].PageURL, Dates: d, Notes: notes})
}

// commit tells what time made of a version, unless one of ids was told. A look that goes on
// meanwhile may know better, so it is waited for, and what it changed is left to the next call.
func (l *elapsing) commit(ctx context.Context, ids []string, v kaisei.Version, e classify.Elapsed) error {
	told, err := l.w.told(ids)
	if err != nil || told {
		return err
	}
	release, err := l.w.hold(ctx, v.Source)
	if err != nil {
		return err
	}
	defer release()
	head, ok, err := l.w.Store.Head(v.Document)
	if err != nil {
		return fmt.Errorf("read the latest version of %s: %w", v.Document, err)
	}
	if !ok || head.Seq != v.Seq {
		l.w.unsettle()
		return nil
	}
	e.ID, e.Source, e.Version, e.Now = ids[0], l.w.source(head), head, l.now
	c, err := l.w.happened(e)
	if err == nil {
		l.changes = append(l.changes, c)
	}
	return err
}

// told reports whether one of the changes is stored.
func (w *Watcher) told(ids []string) (bool, error) {
	for _, id := range ids {
		_, ok, err := w.Store.Change(id)
		if err != nil {
			return false, fmt.Errorf("look whether %s was told: %w", id, err)
		}
		if ok {
			return true, nil
		}
	}
	return false, nil
}

// happened judges and commits what time made, with its deliveries. The caller holds the source.
func (w *Watcher) happened(e classify.Elapsed) (kaisei.Change, error) {
	change := w.Rules.JudgeElapsed(e)
	c := kaisei.Commit{Change: &change}
	if w.Route != nil {
		c.Deliveries = w.Route(change)
	}
	stored, err := w.Store.Commit(c)
	if err != nil {
		return stored, fmt.Errorf("commit %s: %w", e.ID, err)
	}
	w.announce(stored, len(c.Deliveries) > 0)
	return stored, nil
}

// announce passes on that a change was committed.
func (w *Watcher) announce(c kaisei.Change, deliveries bool) {
	if w.Changed != nil {
		w.Changed(c)
	}
	w.log().Info("change", "source", c.Source, "document", c.Document, "change", c.ID, "class", c.Class, "severity", c.Severity, "quiet", c.Quiet)
	if deliveries && w.Committed != nil {
		w.Committed()
	}
}

// toldInForce are the days of taking force, of a law's list of revisions as it was, that were told when
// they came: what the list then shows in force is not told again.
func (w *Watcher) toldInForce(prev kaisei.Version) (map[kaisei.Date]string, error) {
	told := map[kaisei.Date]string{}
	for date, id := range daysTold(prev) {
		ok, err := w.told([]string{id})
		if err != nil {
			return nil, err
		}
		if ok {
			told[date] = id
		}
	}
	return told, nil
}

// daysTold are the days to come of a law's list of revisions, each with the ID of the change that tells it
// when it comes.
func daysTold(prev kaisei.Version) map[kaisei.Date]string {
	days := map[kaisei.Date]string{}
	if !classify.ListOfRevisions(prev) {
		return days
	}
	for _, r := range classify.Revisions(prev) {
		if r.Future() && !r.Effective.Date.IsZero() {
			days[r.Effective.Date] = calendar.InForceID(prev.Document, r.Effective)
		}
	}
	return days
}

// forceNote says on a changed text of a law that the amendment which it now shows was told on its day:
// the change of the text tells the words.
func (w *Watcher) forceNote(next kaisei.Version) (kaisei.Text, bool, error) {
	law, ok := strings.CutSuffix(next.Document, "/text")
	if !ok || !classify.LawText(next) || next.Published.IsZero() {
		return kaisei.Text{}, false, nil
	}
	id := calendar.InForceID(law+"/revisions", kaisei.Effective{Date: next.Published})
	told, err := w.told([]string{id})
	if err != nil || !told {
		return kaisei.Text{}, false, err
	}
	return kaisei.Text{JA: "この改正の施行は " + id + " で知らせました。", EN: "That this amendment took force was told as " + id + "."}, true, nil
}
