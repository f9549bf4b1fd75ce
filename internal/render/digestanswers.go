package render

import (
	"html/template"
	"time"

	"kaisei/internal/kaisei"
)

// Waiting is a change that somebody was to answer and nobody has.
type Waiting struct {
	Change      string          `json:"change"`
	Title       string          `json:"title"`
	Class       kaisei.Class    `json:"class"`
	Severity    kaisei.Severity `json:"severity"`
	LabelBefore string          `json:"label_before,omitempty"`
	LabelAfter  string          `json:"label_after,omitempty"`
	URL         string          `json:"url"`
	// Since is when it was seen, or reopened.
	Since time.Time `json:"since"`
}

// WaitingOf is a change that waits since an instant.
func WaitingOf(c kaisei.Change, since time.Time) Waiting {
	return Waiting{
		Change: c.ID, Title: c.Title, Class: c.Class, Severity: c.Severity, LabelBefore: c.LabelBefore, LabelAfter: c.LabelAfter, URL: c.URL, Since: since,
	}
}

// DigestWaiting is how many changes without an answer a digest names; the others are counted.
const DigestWaiting = 40

// waitingLine is a change without an answer as a digest names it.
type waitingLine struct {
	Mark, Text, Since, ID, URL string
	Accent                     template.CSS
}

// waitingLines are the changes without an answer, and how many more there are.
func waitingLines(d DigestData, o Options) (lines []waitingLine, more string) {
	l := o.lang()
	for _, w := range d.Waiting {
		c := kaisei.Change{ID: w.Change, Document: w.Change, Title: w.Title, Class: w.Class, Severity: w.Severity, LabelBefore: w.LabelBefore, LabelAfter: w.LabelAfter}
		lines = append(lines, waitingLine{
			Mark: SeverityMark(w.Severity), Accent: accent(w.Severity), Text: head(newCard(c, o).headline(" "), maxTitle), Since: say(l, "digest.waiting-since", whenAgo(w.Since, d.Until, l)),
			ID: Clean(w.Change), URL: safeURL(w.URL),
		})
	}
	if d.WaitingMore > 0 {
		more = count(l, "digest.waiting-more", d.WaitingMore)
	}
	return lines, more
}
