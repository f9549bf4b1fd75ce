package watch

import (
	"fmt"
	"net/url"

	"kaisei/internal/kaisei"
)

// caseID is the number by which the public comment site names a case, in the addresses of the case and of
// its result alike, or "".
func caseID(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Query().Get("id")
}

// caseNote names, on the result of a consultation, the case that was open before.
func (v *visit) caseNote(result kaisei.Version) (kaisei.Text, bool, error) {
	id := caseID(result.URL)
	if id == "" {
		return kaisei.Text{}, false, nil
	}
	for _, s := range v.w.Catalog.Sources() {
		if s.Layer != kaisei.LayerConsultation || s.Kind != kaisei.KindFeed {
			continue
		}
		leads, err := v.w.Store.Leads(s.ID)
		if err != nil {
			return kaisei.Text{}, false, fmt.Errorf("read leads of %s: %w", s.ID, err)
		}
		for _, l := range leads {
			if l.Document == result.Document || caseID(l.URL) != id || caseHost(l.URL) != caseHost(result.URL) {
				continue
			}
			return kaisei.Text{JA: "募集していた案件: " + l.Title + "（" + l.LeadsTo() + "）", EN: "The case it answers: " + l.Title + " (" + l.LeadsTo() + ")"}, true, nil
		}
	}
	return kaisei.Text{}, false, nil
}

func caseHost(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}
