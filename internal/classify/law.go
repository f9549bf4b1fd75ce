package classify

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// The documents of a law source, by the ends of their IDs: the list of its revisions, its
// text in force, and a text for each revision that is to come.
const (
	revisionsSuffix = "/revisions"
	futureInfix     = "/future/"
	textSuffix      = "/text"
)

// How the documents of a law source are read.
const (
	formatRecord = "record"
	formatLawXML = "lawxml"
)

// revisionID is the identity that e-Gov gives a revision: law, day of taking force, amending
// law (415AC0000000057_20280716_508AC0000000056).
var revisionID = regexp.MustCompile(`[0-9]{3}[A-Z][A-Z0-9]{2,12}[0-9]{6,10}_([0-9]{4})([0-9]{2})([0-9]{2})_[0-9A-Z]{10,20}`)

func isRevisions(f Finding) bool {
	return f.Source.Kind == kaisei.KindLaw && strings.HasSuffix(f.Next.Document, revisionsSuffix)
}

func isFutureText(f Finding) bool {
	return f.Source.Kind == kaisei.KindLaw && strings.Contains(f.Next.Document, futureInfix)
}

func isLawText(f Finding) bool {
	return f.Source.Kind == kaisei.KindLaw && !isRevisions(f) || f.Next.Format == formatLawXML
}

// Revision is a row of a list of revisions, read back from its line: 「…法律（令和八年法律第四十六号）による改正／公布
// 2026年6月24日／施行予定 2028年12月23日（…の施行の日）／未施行」.
type Revision struct {
	// ID is the revision's identity in the law API, Title the amending law with its number.
	ID, Title   string
	Promulgated kaisei.Date
	Effective   kaisei.Effective
	status      string
}

// Future reports whether the list calls the revision not yet in force. A list may go on doing so
// for some hours of the day on which it takes force.
func (r Revision) Future() bool { return r.status == rowFuture }

// Current reports whether the list calls the revision the one in force.
func (r Revision) Current() bool { return r.status == rowCurrent }

// ListOfRevisions reports whether a version is a law's list of revisions.
func ListOfRevisions(v kaisei.Version) bool {
	return v.Format == formatRecord && strings.HasSuffix(v.Document, revisionsSuffix)
}

// FutureText reports whether a version is the text of a law that is to take force.
func FutureText(v kaisei.Version) bool {
	return v.Format == formatLawXML && strings.Contains(v.Document, futureInfix)
}

// LawText reports whether a version is the text of a law whose days its list of revisions
// tells: the text in force, and the texts to come.
func LawText(v kaisei.Version) bool {
	return v.Format == formatLawXML && (strings.HasSuffix(v.Document, textSuffix) || strings.Contains(v.Document, futureInfix))
}

// Revisions reads the rows of a law's list of revisions.
func Revisions(v kaisei.Version) []Revision {
	var out []Revision
	for _, b := range v.Blocks {
		if b.Key != "" {
			out = append(out, readRow(b.Key, b.Text))
		}
	}
	return out
}

// rowDates are the days of the rows in force and to come, each with what it rests on, and the
// newest day of promulgation.
func rowDates(rows []Revision) kaisei.Dates {
	var d kaisei.Dates
	for _, r := range rows {
		if r.repealed() {
			continue
		}
		if d.Promulgated.Before(r.Promulgated) {
			d.Promulgated = r.Promulgated
		}
		if r.status == rowFuture || r.status == rowCurrent {
			d.Effective = append(d.Effective, r.Effective)
		}
	}
	d.Effective = inOrder(d.Effective)
	return d
}

// The states of a revision as its row prints them.
const (
	rowFuture  = "未施行"
	rowCurrent = "現行"
	rowFormer  = "旧"
)

func readRow(key, line string) Revision {
	r := Revision{ID: key}
	for i, part := range strings.Split(line, "／") {
		part = strings.TrimSpace(part)
		dates := ja.Dates(part)
		switch {
		case i == 0:
			r.Title = strings.TrimSuffix(part, "による改正")
		case strings.HasPrefix(part, "公布"):
			if len(dates) > 0 {
				r.Promulgated = dates[0].Date
			}
		case strings.HasPrefix(part, "施行"):
			rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(part, "施行"), "予定"))
			if len(dates) > 0 && strings.HasPrefix(rest, dates[0].Text) {
				r.Effective.Date = dates[0].Date
				rest = strings.TrimPrefix(rest, dates[0].Text)
			}
			r.Effective.Note = strings.TrimSuffix(strings.TrimPrefix(rest, "（"), "）")
			if rest == "日未定" {
				r.Effective.Note = "施行日未定"
			}
		case strings.HasPrefix(part, "廃止日"):
		default:
			r.status = part
		}
	}
	if r.Effective.Date.IsZero() {
		r.Effective.Date = revisionDay(key)
	}
	r.Effective.What = r.Title
	return r
}

// revisionDay returns the day of taking force in a revision's ID.
func revisionDay(id string) kaisei.Date {
	m := revisionID.FindStringSubmatch(id)
	if m == nil {
		return kaisei.Date{}
	}
	d, err := kaisei.ParseDate(m[1] + "-" + m[2] + "-" + m[3])
	if err != nil {
		return kaisei.Date{}
	}
	return d
}

func (r Revision) repealed() bool {
	return strings.HasPrefix(r.status, "廃止") || strings.HasPrefix(r.status, "失効")
}

// revisionEvent tells what happened in a list of revisions: the weightiest of its rows.
func revisionEvent(f Finding) string {
	if f.Prev != nil && len(f.Edits) == 0 {
		return eventSame
	}
	today := kaisei.DateOf(f.Now)
	order := []string{eventRepealed, eventScheduled, eventInForce, eventPromulgated, eventRevised, eventTold}
	best := len(order) - 1
	told := false
	for _, e := range f.Edits {
		if e.After == "" {
			continue
		}
		after, before := readRow(e.Key, e.After), readRow(e.Key, e.Before)
		event := eventRevised
		future := after.status == rowFuture || today.Before(after.Effective.Date)
		switch {
		case after.repealed() && !before.repealed():
			event = eventRepealed
		case future && (e.Before == "" || before.Effective.Date != after.Effective.Date):
			event = eventScheduled
		case before.status == rowFuture && after.status != rowFuture && f.Told[after.Effective.Date] != "":
			event, told = eventTold, true
		case before.status == rowCurrent && after.status == rowFormer:
			continue // it only stopped being the newest
		case before.status == rowFuture && after.status != rowFuture, e.Before == "" && after.status == rowCurrent:
			event = eventInForce
		case e.Before == "" && !after.Promulgated.IsZero():
			event = eventPromulgated
		}
		if i := slices.Index(order, event); i < best {
			best = i
		}
	}
	if order[best] == eventTold && !told {
		return eventRevised
	}
	return order[best]
}

// revisionDates collects the days of the rows that were added or changed.
func revisionDates(edits []kaisei.Edit) kaisei.Dates {
	var d kaisei.Dates
	for _, e := range edits {
		if e.After == "" {
			continue
		}
		r := readRow(e.Key, e.After)
		if e.Before != "" {
			if was := readRow(e.Key, e.Before); was.status == rowCurrent && r.status == rowFormer {
				continue // it only stopped being the newest
			}
		}
		if d.Promulgated.Before(r.Promulgated) || d.Promulgated.IsZero() {
			d.Promulgated = r.Promulgated
		}
		if !r.Effective.Date.IsZero() || r.Effective.Note != "" {
			d.Effective = append(d.Effective, r.Effective)
		}
	}
	d.Effective = inOrder(d.Effective)
	return d
}

// inOrder sorts days of taking force, those without a day last, and drops repetitions.
func inOrder(list []kaisei.Effective) []kaisei.Effective {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i].Date, list[j].Date
		if a.IsZero() != b.IsZero() {
			return b.IsZero()
		}
		return a.Before(b)
	})
	return slices.Compact(list)
}
