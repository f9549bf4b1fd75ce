package render

import (
	"time"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// formSamples are what templates are tried on when they are loaded, by name: a full and a bare alert, a full and
// an empty digest, each in both languages.
func formSamples() map[string]any {
	at := time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC)
	out := map[string]any{}
	for _, lang := range []string{Japanese, English} {
		o := Options{Lang: lang, Delivery: "sample", BaseURL: "https://www.example.jp", MaxEdits: 1}
		full, bare := fullChange(lang, at), kaisei.Change{ID: "kaisei/bare@2", Title: "題名", SeenAt: at}
		told := o
		told.Corrections, told.Answered = []string{"correction"}, []string{"answer"}
		out["alert, full, "+lang] = AlertMail{Lang: lang, Subject: "subject", Alerts: []AlertForm{alertForm(full, told), alertForm(bare, o)}}
		out["alert, bare, "+lang] = AlertMail{Lang: lang, Subject: "subject", Alerts: []AlertForm{alertForm(bare, o)}}
		out["digest, full, "+lang] = newIssue(fullDigest(full, bare, at), o).form()
		out["digest, empty, "+lang] = newIssue(DigestData{Since: at.AddDate(0, 0, -7), Until: at, Cadence: "weekly"}, o).form()
	}
	return out
}

// fullChange is a change with everything that an alert may name.
func fullChange(lang string, at time.Time) kaisei.Change {
	c := Sample(lang, at)
	c.Edits = append(c.Edits, kaisei.Edit{Kind: kaisei.EditAdded, PathAfter: []string{"第3部"}, After: "新たな項目を定める。"},
		kaisei.Edit{Kind: kaisei.EditRemoved, PathBefore: []string{"第4部"}, Before: "従前の項目を定める。"})
	c.Touches = []kaisei.Touch{{UseCase: "chatbot", Reason: kaisei.Text{JA: "該当", EN: "touched"}}}
	c.PageURL, c.BeforeURL = "https://www.example.jp/list", "https://www.example.jp/before"
	return c
}

// fullDigest is a digest with every part.
func fullDigest(full, bare kaisei.Change, at time.Time) DigestData {
	name := kaisei.Text{JA: "見本", EN: "Sample"}
	return DigestData{
		Since: at.AddDate(0, 0, -7), Until: at, First: 1, Last: 2, Cadence: "weekly", Missed: 1, Changes: []kaisei.Change{full, bare}, NotDue: 1,
		Verified:   []Verified{{Source: "kaisei/a", Title: name, Authority: name, Looks: 7, Last: at}},
		Unverified: []Unverified{{Source: "kaisei/b", Title: name, Authority: name, Since: at.AddDate(0, 0, -3), Failures: 3, Cause: kaisei.CauseTimeout, Detail: "a.example did not finish in time"}},
		Coming:     []calendar.Event{{ID: "kaisei/c@in-force", Title: "見本の法律", Kind: kaisei.ClassInForce, On: kaisei.DateOf(at.AddDate(0, 1, 0)), URL: "https://www.example.jp/"}},
		Behind:     []Behind{{Document: "kaisei/en", Title: "Sample", Version: "1.1", Current: "1.2", Missed: 1, Issued: kaisei.DateOf(at), Since: kaisei.DateOf(at), URL: "https://www.example.jp/en"}}, Waiting: []Waiting{WaitingOf(full, at.AddDate(0, 0, -2))}, WaitingMore: 1,
		Answers: map[string]kaisei.Answer{full.ID: {Change: full.ID, Action: kaisei.AnswerAcknowledge, By: "legal", At: at}},
	}
}
