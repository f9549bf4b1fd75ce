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

// ClosingDays returns how many days before its deadline the closing of a consultation is told where a
// Watcher does not say otherwise.
func ClosingDays() []int { return []int{14, 7, 1} }

// ClosingTold returns the instant from which the closing of a consultation is told days before its last day: the
// beginning of that day or, where offices are closed on it, of the business day before, because it is told for
// something to be done.
func ClosingTold(last kaisei.Date, days int) time.Time {
	return calendar.BusinessDayUntil(last.AddDays(-days)).Start()
}

// Elapse tells what the passage of time made since it was last called: texts whose day of taking
// force is here, consultations that close in so many days as Closing says, and translations that have not followed
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
	return l.commit(ctx, ids, l.heads[e.Document], dayCame(e, l.heads[e.Document], l.now))
}

// dayCame is what the day of taking force, or the last possible one, makes of a text when it is noticed at now.
func dayCame(e calendar.Event, head kaisei.Version, now time.Time) classify.Elapsed {
	what := cmp.Or(e.What, e.Title)
	note := kaisei.Text{JA: what + "が施行日を迎えました。", EN: "In force from today: " + what + "."}
	if today := kaisei.DateOf(now); e.On.Before(today) {
		note = kaisei.Text{JA: what + "が" + e.On.String() + "に施行日を迎えていました。", EN: "In force since " + e.On.String() + ": " + what + "."}
	}
	notes := []kaisei.Text{note}
	event, day := classify.EventDayCame, kaisei.Effective{Date: e.On, Note: e.Note, What: e.What}
	if e.Open() {
		event, day.Date, day.By = classify.EventLastDay, kaisei.Date{}, e.Day()
		notes = []kaisei.Text{{
			JA: what + "が遅くとも施行される日（" + day.By.String() + "）です。",
			EN: "In force by " + day.By.String() + " at the latest: " + what + ".",
		}, {
			JA: "この日は「" + e.Note + "」の最後の日です。政令で定められた日はまだ確認できていません。",
			EN: "This is the last possible day (" + e.Note + "); the day fixed by Cabinet Order has not been seen.",
		}}
	}
	return elapsed(e, head, event, kaisei.Dates{Effective: []kaisei.Effective{day}}, notes)
}

func elapsed(e calendar.Event, head kaisei.Version, event string, d kaisei.Dates, notes []kaisei.Text) classify.Elapsed {
	return classify.Elapsed{ID: e.ID, Event: event, Title: e.Title, URL: e.URL, LabelAfter: e.Label, PageURL: head.PageURL, Dates: d, Notes: notes}
}

// Foresee judges what an event will be once it is here: taking force on its day, a closing at the instant at. It is the
// change that Elapse would commit then, as far as is known now; nothing is stored. head is the latest
// version of the event's document.
func (w *Watcher) Foresee(e calendar.Event, head kaisei.Version, at time.Time) kaisei.Change {
	x := dayCame(e, head, at)
	if e.Kind == kaisei.ClassConsultationClosing {
		x = closes(e, head, at)
	}
	x.Source, x.Version, x.Now = w.source(head), head, at
	return w.Rules.JudgeElapsed(x)
}

// closing tells that a consultation closes in 14, 7 or 1 days, or as Closing says, counted back from its last day. What
// had passed when its deadline was first read is not told, and an extension counts anew.
func (l *elapsing) closing(ctx context.Context, e calendar.Event) error {
	if !l.now.Before(e.At) {
		return nil
	}
	days := l.w.Closing
	if days == nil {
		days = ClosingDays()
	}
	for _, days := range slices.Sorted(slices.Values(days)) { // the most urgent first
		at := ClosingTold(e.On, days)
		if at.After(l.now) {
			l.later(at)
			continue
		}
		since, err := l.known(e)
		if err != nil || !at.After(since) {
			return err
		}
		id := fmt.Sprintf("%s-%s-%d", e.ID, e.On, days)
		return l.commit(ctx, []string{id}, l.heads[e.Document], closes(e, l.heads[e.Document], l.now))
	}
	return nil
}

// closes is what the nearness of a deadline makes of a consultation at now.
func closes(e calendar.Event, head kaisei.Version, now time.Time) classify.Elapsed {
	left := kaisei.DateOf(now).DaysUntil(e.On)
	until := e.At.In(kaisei.JST).Format("2006-01-02 15:04")
	note := kaisei.Text{JA: fmt.Sprintf("締切まであと%d日です（%s）。", left, until), EN: fmt.Sprintf("%d days left until the deadline (%s).", left, until)}
	if left == 0 {
		note = kaisei.Text{JA: "締切は本日です（" + until + "）。", EN: "The deadline is today (" + until + ")."}
	}
	return elapsed(e, head, classify.EventClosing, kaisei.Dates{Deadline: e.At}, []kaisei.Text{note})
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
