package classify

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
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
	// maxBefore is how many bytes before a date may say what it is.
	maxBefore = 60
)

// The words beside a date that say what it is, on folded text.
var (
	decidedAfter   = regexp.MustCompile(`^[)」]?(?:に|付けで|付け|付)?\s*(?:、)?(?:公布|閣議決定|[^\s()、。]{0,10}(?:本部|幹事会|会議|委員会)?決定|策定|一部改定|一部改訂|一部改正|改定|改訂|改正|制定|取りまとめ|とりまとめ|版)`)
	decidedBefore  = regexp.MustCompile(`(?:公布日?|決定日?|策定日?|最終改定日?|最終改訂日?|改定日?|改訂日?|改正日?|制定日?|公布年月日)(?:は|:)?\s*[(「]?$`)
	effectiveAfter = regexp.MustCompile(`^[)」]?(?:から|より|に|をもって|以降)?、?(?:一部|全面|完全)?(?:施行|適用|運用開始|効力を生)`)
	effectiveTo    = regexp.MustCompile(`(?:施行日|施行期日|施行予定日?|適用日|適用開始日|施行)(?:は|:)?\s*[(「]?$`)
	deadlineAfter  = regexp.MustCompile(`^[)」]?(?:\s*(?:必着|消印有効|締切|〆切|締め切り|まで))`)
	deadlineBefore = regexp.MustCompile(`(?:締切|締め切り|〆切|受付締切日時?|提出期限|募集期限|受付期限|期限|受付終了日?時?)(?:日時?)?(?:は|:|が)?\s*[(「]?$`)
	opensBefore    = regexp.MustCompile(`(?:案の公示日|受付開始日時?|募集開始日時?|公募開始日)(?:は|:)?\s*[(「]?$`)
	periodBefore   = regexp.MustCompile(`(?:募集|受付|提出|公募)(?:の|する)?期間(?:は|:)?、?\s*[(「]?$`)
	fromAfter      = regexp.MustCompile(`^[)」]?\s*(?:から|より|~|-)`)
	ownSentence    = regexp.MustCompile(`^[\s　]*(?:第?[0-9０-９一二三四五六七八九十]+[条項]?[\s　.．、]*)?(?:この|本)(?:法律|政令|省令|府令|規則|告示|指針|ガイドライン|基準|要領|要綱|規程|通知|計画|方針|文書)は[、,，]`)
	onlyDate       = regexp.MustCompile(`^[(「【\s]*$`)
	signed         = regexp.MustCompile(`^[)」】]?\s*(?:[^。、:]{1,24}(?:省|庁|府|委員会|本部|会議|研究所|機構|センター|事務局|検討会)\s?){0,4}$`)
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
		for _, x := range ja.Dates(line) {
			before, after := around(line, x)
			switch {
			case effectiveAfter.MatchString(after) || effectiveTo.MatchString(before):
				d.Effective = append(d.Effective, kaisei.Effective{Date: x.Date})
			case decidedAfter.MatchString(after), decidedBefore.MatchString(before), i > 0 && alone(before, after) && guidelineLayers[c.Layer]:
				if !today.Before(x.Date) && d.Promulgated.Before(x.Date) {
					d.Promulgated = x.Date
				}
			}
		}
	}
}

// window reads from when to when a consultation takes comments.
func window(d *kaisei.Dates, lines []string) {
	for _, line := range lines {
		for _, x := range ja.Dates(line) {
			before, after := around(line, x)
			if opensBefore.MatchString(before) || periodBefore.MatchString(before) && fromAfter.MatchString(after) {
				if d.Opens.IsZero() || x.Date.Before(d.Opens) {
					d.Opens = x.Date
				}
				continue
			}
			if !deadlineAfter.MatchString(after) && !deadlineBefore.MatchString(before) {
				continue
			}
			if t := x.Deadline().UTC(); t.After(d.Deadline) {
				d.Deadline = t
			}
		}
	}
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
		if note := byOrder.FindString(ja.Key(b.Text)); note != "" {
			out = append(out, kaisei.Effective{Note: note, What: strings.Join(b.Path, " › ")})
		}
		for _, x := range ja.Dates(b.Text) {
			if _, after := around(b.Text, x); !x.Date.Before(today) && effectiveAfter.MatchString(after) {
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
		if note := byOrder.FindString(ja.Key(e.After)); note != "" && e.Before == "" && supplementary(e) {
			out = append(out, kaisei.Effective{Note: note, What: strings.Join(e.PathAfter, " › ")})
		}
		for _, x := range ja.Dates(e.After) {
			before, after := around(e.After, x)
			if today.Before(x.Date) && (effectiveAfter.MatchString(after) || effectiveTo.MatchString(before)) {
				out = append(out, kaisei.Effective{Date: x.Date})
			}
		}
	}
	return out
}

// byOrder is a day of taking force that a Cabinet Order will fix.
var byOrder = regexp.MustCompile(`公布の日から起算して[^。、]{1,20}を超えない範囲内において[^。、]{0,20}で定める日`)

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

// around returns the folded words directly before and after a date.
func around(s string, x ja.DateAt) (before, after string) {
	from, to := max(0, x.Start-maxBefore), min(len(s), x.End+maxBefore)
	for from < x.Start && !utf8.RuneStart(s[from]) {
		from++
	}
	for to > x.End && to < len(s) && !utf8.RuneStart(s[to]) {
		to--
	}
	return ja.Key(s[from:x.Start]), ja.Key(s[x.End:to])
}

// alone reports whether a line says nothing but a date and who signs, as title pages do.
func alone(before, after string) bool {
	return onlyDate.MatchString(before) && signed.MatchString(after)
}
