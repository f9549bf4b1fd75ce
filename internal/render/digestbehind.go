package render

import (
	"cmp"
	"time"

	"kaisei/internal/kaisei"
)

// Behind is a translation that has not followed its original.
type Behind struct {
	Document string `json:"document"`
	Title    string `json:"title"`
	Language string `json:"language,omitempty"`
	// Version is what it translates, Current what the original has come to, on the day of Issued.
	Version  string      `json:"version"`
	URL      string      `json:"url,omitempty"`
	Original string      `json:"original"`
	Current  string      `json:"current"`
	Issued   kaisei.Date `json:"issued"`
	// Missed counts the versions that it lacks, Since is the day of the first.
	Missed int         `json:"missed"`
	Since  kaisei.Date `json:"since"`
}

// digestBehind bounds the translations that a digest lists.
const digestBehind = 20

// behindLine is a translation as a digest names it.
type behindLine struct{ Title, Text, URL string }

// behindLines are the translations that are behind, and how many more there are.
func behindLines(d DigestData, o Options) (lines []behindLine, more string) {
	l := o.lang()
	for i, b := range d.Behind {
		if i == digestBehind {
			return lines, count(l, "digest.behind-more", len(d.Behind)-i)
		}
		late := []string{count(l, "digest.versions", b.Missed)}
		if days := int(kaisei.DateOf(d.Until).Start().Sub(b.Since.Start()) / (24 * time.Hour)); days > 0 {
			late = append(late, count(l, "digest.late-days", days))
		}
		text := say(l, "digest.behind", nameOf(l, "language", cmp.Or(b.Language, English)), brief(b.Version),
			brief(b.Current)+say(l, "paren", b.Issued.String()), joined(late, say(l, "list")))
		lines = append(lines, behindLine{Title: head(Clean(b.Title), maxTitle/2), Text: text, URL: safeURL(b.URL)})
	}
	return lines, ""
}
