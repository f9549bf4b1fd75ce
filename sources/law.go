package sources

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"kaisei/internal/kaisei"
)

// The e-Gov law API, version 2.
const (
	lawAPI = "https://laws.e-gov.go.jp/api/2/"
	// lawSite is where people read a law.
	lawSite      = "https://laws.e-gov.go.jp/law/"
	lawRevisions = "/revisions"
	lawText      = "/text"
	lawFuture    = "/future/"
	lawNoResult  = "404001" // the API's word for "no such law" and for "nothing found" alike
	formatLawXML = "lawxml"
)

// Limits of one law. The laws amended most have some hundred revisions.
const (
	maxRevisions = 1000
	maxFuture    = 50
)

// lawRevisionsURL returns the address of a law's list of revisions.
func lawRevisionsURL(law string) string { return lawAPI + "law_revisions/" + law }

// revisionList is the answer of law_revisions. The specification requires no field at all.
type revisionList struct {
	Code    any    `json:"code"`
	Message string `json:"message"`
	Law     struct {
		ID  string `json:"law_id"`
		Num string `json:"law_num"`
	} `json:"law_info"`
	Revisions []revision `json:"revisions"`
}

type revision struct {
	ID          string `json:"law_revision_id"`
	Title       string `json:"law_title"`
	Promulgated string `json:"amendment_promulgate_date"`
	Enforced    string `json:"amendment_enforcement_date"`
	Scheduled   string `json:"amendment_scheduled_enforcement_date"`
	Comment     string `json:"amendment_enforcement_comment"`
	Amending    string `json:"amendment_law_title"`
	AmendingNum string `json:"amendment_law_num"`
	Type        string `json:"amendment_type"`
	Repeal      string `json:"repeal_status"`
	RepealDate  string `json:"repeal_date"`
	Mission     string `json:"mission"`
	Status      string `json:"current_revision_status"`
}

// The states of a revision in the API.
const (
	statusCurrent  = "CurrentEnforced"
	statusFuture   = "UnEnforced"
	statusPrevious = "PreviousEnforced"
)

// law reads a law's list of revisions: the list itself as a document, the text in force, and the
// text of each revision that is still to come.
func law(s kaisei.Source, c kaisei.Capture, _ kaisei.FollowAs) ([]kaisei.Target, error) {
	list, err := parseRevisions(s, c)
	if err != nil {
		return nil, err
	}
	id := list.Law.ID
	if id == "" {
		id = s.Law
	}
	title := s.Title.In("ja")
	for _, r := range list.Revisions {
		if r.Title != "" {
			title = r.Title
			break
		}
	}
	current := inForce(list.Revisions, kaisei.DateOf(c.At))
	out := []kaisei.Target{{
		As: kaisei.FollowDocument, Document: s.ID + lawRevisions, Title: title + " 改正履歴", URL: finalURL(c),
		Layer: s.Layer, Language: s.Language, Relevant: true, Blocks: revisionBlocks(title, list, current),
		ShownAt: lawSite + id,
	}, {
		As: kaisei.FollowDocument, Document: s.ID + lawText, Title: title, URL: lawAPI + "law_file/xml/" + url.PathEscape(id),
		Layer: s.Layer, Language: s.Language, Relevant: true, Format: formatLawXML,
		ShownAt: lawSite + id,
	}}
	if current >= 0 {
		r := list.Revisions[current]
		out[1].Published = dayOf(r.Enforced)
		out[1].Label = forceLabel(r)
	}
	seen := map[string]bool{}
	for _, r := range list.Revisions {
		if r.Status != statusFuture || r.ID == "" || seen[r.ID] || len(seen) == maxFuture {
			continue
		}
		seen[r.ID] = true
		out = append(out, kaisei.Target{
			As: kaisei.FollowDocument, Document: s.ID + lawFuture + r.ID, Title: title, Label: forceLabel(r),
			URL: lawAPI + "law_file/xml/" + url.PathEscape(r.ID), Published: dayOf(r.Promulgated),
			Layer: s.Layer, Language: s.Language, Relevant: true, Format: formatLawXML, ShownAt: lawSite + id,
		})
	}
	return out, nil
}

// parseRevisions reads the API's answer, which may be an error with status 200.
func parseRevisions(s kaisei.Source, c kaisei.Capture) (revisionList, error) {
	var list revisionList
	body := bytes.TrimSpace(bytes.TrimPrefix(c.Body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return list, kaisei.Faultf(kaisei.CauseEmpty, "%s answered with no bytes", finalURL(c))
	case len(body) > maxBody:
		return list, kaisei.Faultf(kaisei.CauseTooLarge, "a list of revisions of %d bytes; %d are read", len(body), maxBody)
	case body[0] == '<':
		return list, kaisei.Faultf(kaisei.CauseWrongType, "%s answered a page instead of JSON; the law API may be under maintenance", finalURL(c))
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return list, &kaisei.Fault{Cause: kaisei.CauseDecode, Detail: "the list of revisions does not parse; it may be cut short", Err: err}
	}
	if len(list.Revisions) > 0 {
		list.Revisions = list.Revisions[:min(len(list.Revisions), maxRevisions)]
		return list, nil
	}
	switch code := fmt.Sprint(list.Code); {
	case list.Code == nil:
		return list, kaisei.Faultf(kaisei.CauseEmpty, "the law %s has no revisions", s.Law)
	case code == lawNoResult:
		return list, kaisei.Faultf(kaisei.CauseNotFound, "the law API knows no law %s (%s); check law in the catalogue", s.Law, code)
	default:
		return list, kaisei.Faultf(kaisei.CauseServer, "the law API answered %s %s", code, cut(fold(list.Message), maxStamp))
	}
}

// inForce returns the index of the revision in force, or -1. The list is newest first. Some laws
// have no revision marked as current and the newest of the former ones is in force; one that
// takes force after the day of the answer never is.
func inForce(list []revision, day kaisei.Date) int {
	for i, r := range list {
		if r.Status == statusCurrent {
			return i
		}
	}
	for i, r := range list {
		if r.Status == statusPrevious && (r.Repeal == "" || r.Repeal == "None") && !day.Before(dayOf(r.Enforced)) {
			return i
		}
	}
	return -1
}

// revisionBlocks is the list of revisions as text, a row for each, newest first. When
// the API touched a record (updated) is not text.
func revisionBlocks(title string, list revisionList, current int) []kaisei.Block {
	path := []string{title, "改正履歴"}
	var out []kaisei.Block
	seen := map[string]bool{}
	for i, r := range list.Revisions {
		key := r.ID
		if key == "" {
			key = strings.Join([]string{r.Enforced, r.AmendingNum}, "_")
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		out = append(out, kaisei.Block{Path: path, Kind: kaisei.BlockRow, Key: key, Text: revisionLine(list.Law.Num, r, i == current)})
	}
	return out
}

// revisionLine says in Japanese what a revision is:
// 「民法等の…法律（令和八年法律第四十六号）による改正／公布 2026年6月24日／施行予定 2028年12月23日（…の施行の日）／未施行」.
func revisionLine(lawNum string, r revision, current bool) string {
	var parts []string
	switch {
	case r.Amending != "" && r.AmendingNum != "":
		parts = append(parts, r.Amending+"（"+r.AmendingNum+"）による改正")
	case r.Amending != "" || r.AmendingNum != "":
		parts = append(parts, r.Amending+r.AmendingNum+"による改正")
	case r.Type == "3":
		parts = append(parts, "改正")
	default:
		parts = append(parts, "制定"+bracketed(lawNum))
	}
	if d := dayOf(r.Promulgated); !d.IsZero() {
		parts = append(parts, "公布 "+inJapanese(d))
	}
	parts = append(parts, enforcement(r), status(r, current))
	if d := dayOf(r.RepealDate); !d.IsZero() {
		parts = append(parts, "廃止日 "+inJapanese(d))
	}
	return strings.Join(parts, "／")
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "（" + s + "）"
}

// enforcement says when a revision takes force. A day with a comment rests on it: the API
// fills in the last possible day of 「…を超えない範囲内において政令で定める日」.
func enforcement(r revision) string {
	d := dayOf(r.Enforced)
	if s := dayOf(r.Scheduled); r.Status == statusFuture && !s.IsZero() {
		d = s
	}
	word := "施行 "
	if r.Status == statusFuture {
		word = "施行予定 "
	}
	switch {
	case d.IsZero() && r.Comment == "":
		return "施行日未定"
	case d.IsZero():
		return word + r.Comment
	}
	return word + inJapanese(d) + bracketed(r.Comment)
}

// status names the state of a revision.
func status(r revision, current bool) string {
	switch r.Repeal {
	case "", "None":
	case "Repeal":
		return "廃止"
	case "Expire":
		return "失効"
	case "Suspend":
		return "停止"
	default:
		return "効力なし（" + r.Repeal + "）"
	}
	switch {
	case current:
		return "現行"
	case r.Status == statusFuture:
		return "未施行"
	case r.Status == statusPrevious:
		return "旧"
	case r.Status == "Repeal":
		return "廃止"
	case r.Status == "":
		return "状態不明"
	}
	return r.Status
}

// forceLabel names a text of a law by the day from which it holds.
func forceLabel(r revision) string {
	d := dayOf(r.Enforced)
	if r.Status == statusFuture {
		if s := dayOf(r.Scheduled); !s.IsZero() {
			d = s
		}
		if d.IsZero() {
			return "施行日未定"
		}
		return inJapanese(d) + "施行予定"
	}
	if d.IsZero() {
		return ""
	}
	return inJapanese(d) + "施行"
}

func dayOf(s string) kaisei.Date {
	d, err := kaisei.ParseDate(strings.TrimSpace(s))
	if err != nil {
		return kaisei.Date{}
	}
	return d
}

func inJapanese(d kaisei.Date) string {
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}
