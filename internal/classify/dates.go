package classify

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Limits of the search for dates.
const (
	// maxTitleLine is how long, in characters, a line of a title page is; longer blocks are
	// prose that may name the dates of other documents.
	maxTitleLine = 80
	// maxHead is how many blocks at the beginning of a document are taken for its title page
	// where it has no pages.
	maxHead = 16
)

var (
	// ownSentence begins a sentence in which a document speaks of itself.
	ownSentence = regexp.MustCompile(`^[\s　]*(?:第?[0-9０-９一二三四五六七八九十]+[条項]?[\s　.．、]*)?(?:この|本)(?:法律|政令|省令|府令|規則|告示|指針|ガイドライン|基準|要領|要綱|規程|通知|計画|方針|文書)は[、,，]`)
	onlyDate    = regexp.MustCompile(`^[(「【\s]*$`)
	signed      = regexp.MustCompile(`^[)」】]?\s*(?:[^。、:]{1,24}(?:省|庁|府|委員会|本部|会議|研究所|機構|センター|事務局|検討会)\s?){0,4}$`)
	// draftShown is before the day on which a draft was put up for comment, from which comments are taken.
	draftShown = regexp.MustCompile(`案の公示日[:：\s　]*$`)
)

// consultations are the classes that can have a deadline.
var consultations = []kaisei.Class{
	kaisei.ClassConsultationOpened, kaisei.ClassConsultationClosing, kaisei.ClassDraftPublished,
}

// Stated returns the days that a version itself states, whatever came before it: on its title page and
// in its listing, in the lines that name a deadline, in the sentence that says from when it
// holds, and, for a law's list of revisions, in the rows that are in force or still to come. What was
// there at the first look has them too: a consultation that was open then must still be told when it
// closes. A deadline is read only where the class rules take the words for a consultation or a draft,
// or where the layer is consultation.
func (r *Rules) Stated(s kaisei.Source, t kaisei.Target, v kaisei.Version) kaisei.Dates {
	f := Finding{Source: s, Target: t, Next: v, Now: v.SeenAt}
	if isRevisions(f) {
		return rowDates(Revisions(v))
	}
	c := kaisei.Change{Title: titleOf(f), Layer: layerOf(f), Language: languageOf(f), LabelAfter: labelOf(f), URL: cmp.Or(t.URL, v.Snapshot.URL), Format: v.Format}
	short := f
	if !isItem(f) {
		short.Next.Blocks = nil // the class of a document that is new does not depend on its clauses
	}
	r.class(&c, factsOf(short, c))
	var d kaisei.Dates
	d.Published = v.Published
	if d.Published.IsZero() {
		d.Published = t.Published
	}
	titleDays(&d, f, c)
	if !isLawText(f) {
		d.Effective = append(d.Effective, ownForce(v, kaisei.DateOf(f.Now))...)
	}
	if id := revisionDay(v.Document); isFutureText(f) && !id.IsZero() && len(d.Effective) == 0 {
		d.Effective = append(d.Effective, kaisei.Effective{Date: id})
	}
	d.Effective = inOrder(d.Effective)
	if slices.Contains(consultations, c.Class) || c.Layer == kaisei.LayerConsultation {
		window(&d, deadlineTexts(f, c))
	}
	return d
}

// datesOf collects the days that a change has: those that the version states, and those in what
// was added or changed.
func (r *Rules) datesOf(f Finding) kaisei.Dates {
	if isRevisions(f) {
		return revisionDates(f.Edits)
	}
	next := f.Next
	next.SeenAt = f.Now
	d := r.Stated(f.Source, f.Target, next)
	if isLawText(f) && d.Promulgated.IsZero() {
		d.Promulgated = promulgatedIn(f.Edits)
	}
	if f.Prev != nil {
		d.Effective = inOrder(append(d.Effective, futureEffects(f, kaisei.DateOf(f.Now))...))
	}
	return d
}

// titleDays reads the days of the title page, each by the words beside it, so that they are never
// confused.
func titleDays(d *kaisei.Dates, f Finding, c kaisei.Change) {
	today := kaisei.DateOf(f.Now)
	for i, line := range titlePage(f, c) {
		for _, x := range Days(line) {
			decided := x.Role == DayPromulgated
			if x.Role == DayPlain && i > 0 && guidelineLayers[c.Layer] {
				decided = alone(line, x)
			}
			switch {
			case x.Role == DayEffective:
				d.Effective = append(d.Effective, kaisei.Effective{Date: x.Date})
			case decided && !today.Before(x.Date) && d.Promulgated.Before(x.Date):
				d.Promulgated = x.Date
			}
		}
	}
}

// window reads from when to when a consultation takes comments.
func window(d *kaisei.Dates, lines []string) {
	for _, line := range lines {
		for _, x := range days(line, true) {
			switch {
			case x.Role == DayOpens, x.Role == DayPublished && draftShown.MatchString(line[:x.Start]):
				if d.Opens.IsZero() || x.Date.Before(d.Opens) {
					d.Opens = x.Date
				}
			case x.Role == DayDeadline:
				if closesLater(x.At, d.Deadline) {
					d.Deadline = x.At.UTC()
				}
			}
		}
	}
}

// closesLater reports whether a is the deadline to keep of two: the later one, and on one day the
// one that names an hour, because a bare day stands for its last second.
func closesLater(a, b time.Time) bool {
	if kaisei.DateOf(a) != kaisei.DateOf(b) {
		return a.After(b)
	}
	bareA, bareB := a.Second() != 0, b.Second() != 0
	return bareB && !bareA || bareA == bareB && a.After(b)
}

// ownForce are the days to come from which a document says that it holds itself
// (「この告示は、令和9年4月1日から施行する。」), and what an open day rests on.
func ownForce(v kaisei.Version, today kaisei.Date) []kaisei.Effective {
	var out []kaisei.Effective
	for i, b := range v.Blocks {
		if i == maxTexts {
			break
		}
		if !ownSentence.MatchString(b.Text) {
			continue
		}
		for _, x := range Days(b.Text) {
			switch {
			case x.Role == DayByOrder:
				out = append(out, kaisei.Effective{Note: x.Note, What: strings.Join(b.Path, " › ")})
			case x.Role == DayEffective && !x.Date.Before(today):
				out = append(out, kaisei.Effective{Date: x.Date})
			}
		}
	}
	return out
}

// titlePage is the title, the label and the short lines at the beginning of the document.
func titlePage(f Finding, c kaisei.Change) []string {
	out := []string{c.Title + " " + c.LabelAfter}
	for i, b := range f.Next.Blocks {
		if i == maxHead || b.Page > f.Next.Blocks[0].Page {
			break
		}
		if b.Kind != kaisei.BlockNote && utf8.RuneCountInString(b.Text) <= maxTitleLine {
			out = append(out, b.Text)
		}
	}
	return out
}

// deadlineTexts are all texts that may name a deadline: those of an item, of the title
// page, and of what was added or changed.
func deadlineTexts(f Finding, c kaisei.Change) []string {
	out := []string{c.Title}
	for i, b := range f.Next.Blocks {
		if i == maxTexts {
			break
		}
		out = append(out, b.Text)
	}
	return out
}

// futureEffects are days of taking force that lie ahead and stand in what was added or
// changed. Days gone by in running text are mostly those of other documents.
func futureEffects(f Finding, today kaisei.Date) []kaisei.Effective {
	var out []kaisei.Effective
	for i, e := range f.Edits {
		if i == maxTexts {
			break
		}
		if e.After == "" {
			continue
		}
		for _, x := range Days(e.After) {
			switch {
			case x.Role == DayByOrder && e.Before == "" && supplementary(e):
				out = append(out, kaisei.Effective{Note: x.Note, What: strings.Join(e.PathAfter, " › ")})
			case x.Role == DayEffective && today.Before(x.Date):
				out = append(out, kaisei.Effective{Date: x.Date})
			}
		}
	}
	return out
}

// supplementary reports whether an edit stands in the supplementary provisions (附則), which say
// when an amendment takes force.
func supplementary(e kaisei.Edit) bool {
	return len(e.PathAfter) > 0 && strings.HasPrefix(ja.Key(e.PathAfter[0]), "附則")
}

// promulgatedIn returns the latest day of promulgation among the supplementary provisions that
// were added: 附則（令和八年七月一七日法律第五六号）.
func promulgatedIn(edits []kaisei.Edit) kaisei.Date {
	var latest kaisei.Date
	last := ""
	for _, e := range edits {
		if e.Before != "" || !supplementary(e) || e.PathAfter[0] == last {
			continue
		}
		last = e.PathAfter[0]
		for _, x := range ja.Dates(last) {
			if latest.Before(x.Date) {
				latest = x.Date
			}
		}
	}
	return latest
}

// alone reports whether a line says nothing but a date and who signs, as title pages do.
func alone(line string, x Day) bool {
	return onlyDate.MatchString(ja.Key(line[:x.Start])) && signed.MatchString(ja.Key(line[x.End:]))
}
