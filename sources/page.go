package sources

import (
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// page reads a page or file that is the document itself: one target, with the same bytes. The
// title is the page's own heading where it has one, and the catalogue's name otherwise.
func page(s kaisei.Source, c kaisei.Capture, _ kaisei.FollowAs) ([]kaisei.Target, error) {
	if len(c.Body) == 0 {
		return nil, kaisei.Faultf(kaisei.CauseEmpty, "%s answered with no bytes", finalURL(c))
	}
	t := kaisei.Target{
		As:       kaisei.FollowDocument,
		Document: s.ID,
		Title:    s.Title.In(s.Language),
		URL:      finalURL(c),
		Layer:    s.Layer,
		Language: s.Language,
		Relevant: true,
	}
	if looksHTML(c) && len(c.Body) <= maxBody {
		// A page that does not parse as HTML is the reader's to refuse; the title is only a courtesy.
		if d, err := parseHTML(s, c); err == nil {
			if title := d.title(); title != "" {
				t.Title = title
			}
		}
	}
	t.Label = ja.Label(t.Title)
	t.Key = ja.Identity(t.Title)
	return []kaisei.Target{t}, nil
}
