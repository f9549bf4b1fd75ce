package kaisei

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Reason is why a label was given: the rule, the words that matched and where they stand.
type Reason struct {
	Rule string `json:"rule"`
	Text Text   `json:"text"`
	// Match is the matched words; Where the path or field they stand in.
	Match string `json:"match,omitempty"`
	Where string `json:"where,omitempty"`
}

// Direction of a normative shift.
type Direction string

// The directions of a shift.
const (
	Hardened          Direction = "hardened"           // 強化
	Softened          Direction = "softened"           // 緩和
	ObligationAdded   Direction = "obligation-added"   // a new clause of rank 6 or more
	ObligationRemoved Direction = "obligation-removed" // such a clause is gone
)

// Shift is a change in how hard a clause binds, with both clauses.
type Shift struct {
	Direction  Direction `json:"direction"`
	RankBefore int       `json:"rank_before"`
	RankAfter  int       `json:"rank_after"`
	// Ending before and after are the words that decide (望ましい → 求められる).
	EndingBefore string `json:"ending_before,omitempty"`
	EndingAfter  string `json:"ending_after,omitempty"`
	// Addressee is who is bound, as printed (AI提供者), or "".
	Addressee string   `json:"addressee,omitempty"`
	Path      []string `json:"path,omitempty"`
	Before    string   `json:"before,omitempty"`
	After     string   `json:"after,omitempty"`
}

// Effective is one day on which something takes force.
type Effective struct {
	Date Date `json:"date,omitzero"`
	// By is the last possible day, where it came and the day itself is not known.
	By Date `json:"by,omitzero"`
	// Note says what the day rests on, as printed: 公布の日から起算して二年を超えない範囲内において政令で定める日.
	Note string `json:"note,omitempty"`
	// What names the provision or revision concerned, or "".
	What string `json:"what,omitempty"`
}

// Dates keeps apart the days that other tools confuse.
type Dates struct {
	// Promulgated is the day of promulgation (公布) or decision (決定).
	Promulgated Date `json:"promulgated,omitzero"`
	// Effective lists the days of taking force (施行), in time order.
	Effective []Effective `json:"effective,omitempty"`
	// Published is the day on which the authority's site says it was posted.
	Published Date `json:"published,omitzero"`
	// Opens is the day from which a consultation takes comments, Deadline its last instant.
	Opens    Date      `json:"opens,omitzero"`
	Deadline time.Time `json:"deadline,omitzero"`
}

// IsZero reports whether no day is known.
func (d Dates) IsZero() bool {
	return d.Promulgated.IsZero() && len(d.Effective) == 0 && d.Published.IsZero() && d.Opens.IsZero() && d.Deadline.IsZero()
}

// Touch says that a change concerns one of the operator's uses of AI, and why.
type Touch struct {
	// UseCase and Owner are as the operator's configuration names them.
	UseCase string `json:"use_case"`
	Owner   string `json:"owner,omitempty"`
	// Reason is what the use and the clause have in common.
	Reason Text `json:"reason"`
	// Path and Clause are the clause that says so, as printed; both empty where the document as a
	// whole concerns the use (a law that it rests on).
	Path   []string `json:"path,omitempty"`
	Clause string   `json:"clause,omitempty"`
}

// Place is somewhere the same text stands.
type Place struct {
	Source string `json:"source"`
	URL    string `json:"url"`
	// Kind says in which presentation or format it stands there, where that is another than that of
	// the text read: PlaceMarked, PlaceMerged, or a format ("pdf", "docx", "html", …); "" for a copy.
	Kind string `json:"kind,omitempty"`
}

// The presentations of a text in which amendments were made.
const (
	PlaceMarked = "marked" // 見え消し: deletions and insertions shown
	PlaceMerged = "merged" // 溶け込み: amendments worked into the text
)

// Change is judged edits: what happened to one document between two of its versions.
type Change struct {
	// ID is the document and the sequence number of the version that the change led to:
	// "meti/ai-guidelines/main@4".
	ID string `json:"id"`
	// Number counts all changes of a store from 1, in the order in which they were committed.
	// A digest covers a closed range of numbers.
	Number    uint64 `json:"number,omitempty"`
	Source    string `json:"source"`
	Document  string `json:"document"`
	Authority string `json:"authority"`
	// AuthorityName is the authority for people.
	AuthorityName Text     `json:"authority_name"`
	Title         string   `json:"title"`
	Class         Class    `json:"class"`
	Layer         Layer    `json:"layer"`
	Language      string   `json:"language,omitempty"`
	Severity      Severity `json:"severity"`
	Reasons       []Reason `json:"reasons"`
	// Rules is the hash of the rules that judged.
	Rules string `json:"rules,omitempty"`
	// LabelBefore and LabelAfter are the version labels, or "".
	LabelBefore string `json:"label_before,omitempty"`
	LabelAfter  string `json:"label_after,omitempty"`
	// URL is where the new text stands, PageURL the listing that led to it or the page where
	// people read it, BeforeURL where the old text stood.
	URL       string `json:"url"`
	PageURL   string `json:"page_url,omitempty"`
	BeforeURL string `json:"before_url,omitempty"`
	// Hash and BeforeHash name the bytes compared.
	Hash       string `json:"sha256"`
	BeforeHash string `json:"before_sha256,omitempty"`
	Format     string `json:"format,omitempty"`
	Edits      []Edit `json:"edits"`
	// Aside are the differences that were set aside as noise and not told.
	Aside   []Aside  `json:"aside,omitempty"`
	Shifts  []Shift  `json:"shifts,omitempty"`
	Roles   []string `json:"roles,omitempty"`
	Themes  []string `json:"themes,omitempty"`
	Sectors []string `json:"sectors,omitempty"`
	Dates   Dates    `json:"dates"`
	// Touches are the operator's uses of AI that the change concerns, each with the clause that says so.
	Touches []Touch `json:"touches,omitempty"`
	// SeenAt is when kaisei read the new text.
	SeenAt time.Time `json:"seen_at"`
	// CopyOf is the change of another document that already told this text; such a change is
	// kept and not told. Places lists where else the text stands.
	CopyOf string  `json:"copy_of,omitempty"`
	Places []Place `json:"places,omitempty"`
	// Quiet, where not empty, says why the change is kept in the ledger and told to nobody.
	Quiet string `json:"quiet,omitempty"`
	// Notes are remarks for the reader that are not reasons (a translation that lags, a part
	// that could not be read).
	Notes []Text `json:"notes,omitempty"`
}

// LastDay reports whether the change tells that the last possible day of taking force came while the day
// itself is not known.
func (c Change) LastDay() bool {
	return c.Class == ClassInForce && slices.ContainsFunc(c.Dates.Effective, func(e Effective) bool { return !e.By.IsZero() })
}

// ChangeID returns the ID of the change that led to version seq of document.
func ChangeID(document string, seq int) string { return document + "@" + strconv.Itoa(seq) }

// VersionOf takes apart the ID of a change that is named after its version; ok is false where it is named
// otherwise, as changes are that time made.
func VersionOf(changeID string) (document string, seq int, ok bool) {
	at := strings.LastIndexByte(changeID, '@')
	if at <= 0 {
		return "", 0, false
	}
	n, err := strconv.ParseUint(changeID[at+1:], 10, 31)
	return changeID[:at], int(n), err == nil && ChangeID(changeID[:at], int(n)) == changeID
}

// Count returns the number of edits of each kind.
func (c Change) Count() map[EditKind]int {
	n := map[EditKind]int{}
	for _, e := range c.Edits {
		n[e.Kind]++
	}
	return n
}
