// Package kaisei holds the nouns of the program: what a source is, what was
// captured from it, how a captured document reads as blocks, how two readings
// differ, what the difference means and who is to be told. Values travel one
// way, sources → watch (fetch → extract → diff → classify) → storage → notify,
// and each step makes the next noun without altering the one it was given.
//
// The package imports the standard library only, so that every room can use
// its words. Stored times are UTC; people are shown Asia/Tokyo.
package kaisei

import (
	"strings"
	"time"
)

// Text is a string in the two languages kaisei speaks. Titles of documents are
// quotations and stay in their own language; Text is for names and reasons.
type Text struct {
	JA string `json:"ja" toml:"ja"`
	EN string `json:"en" toml:"en"`
}

// In returns the text in lang ("ja" or "en"), or the other language where that
// one is empty.
func (t Text) In(lang string) string {
	if (lang == "en" && t.EN != "") || t.JA == "" {
		return t.EN
	}
	return t.JA
}

// JST is Japan Standard Time, the zone in which every deadline and schedule of
// the watched authorities is meant. Japan has had no daylight saving time since
// 1951, so a fixed zone is exact and needs no time zone database.
var JST = time.FixedZone("JST", 9*60*60)

// Date is a calendar day as authorities print it, without a time or zone. Its
// text form is ISO 8601 (2026-03-31).
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day of t in Japan.
func DateOf(t time.Time) Date {
	y, m, d := t.In(JST).Date()
	return Date{Year: y, Month: m, Day: d}
}

// ParseDate reads an ISO 8601 calendar date.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, err
	}
	return Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}, nil
}

// IsZero reports whether the day is unknown.
func (d Date) IsZero() bool { return d == Date{} }

// Start returns the first instant of the day in Japan.
func (d Date) Start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, JST) }

// Before reports whether d is an earlier day than o.
func (d Date) Before(o Date) bool { return d.Start().Before(o.Start()) }

// AddDays returns the day n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.Start().AddDate(0, 0, n)) }

// DaysUntil returns how many days lie between d and o; negative where o is before d.
func (d Date) DaysUntil(o Date) int { return int(o.Start().Sub(d.Start()).Hours() / 24) }

// String returns the ISO 8601 form, or "" for an unknown day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Start().Format(time.DateOnly)
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; the empty text is the
// unknown day.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Layer is a level of Japan's AI governance stack, by the force of what belongs
// there. Layers are ordered; see Layers.
type Layer string

// The layers, strongest first.
const (
	LayerLaw               Layer = "law"
	LayerOrder             Layer = "order"
	LayerPlan              Layer = "plan"
	LayerStatutory         Layer = "statutory-guideline"
	LayerBusinessGuideline Layer = "business-guideline"
	LayerProcurement       Layer = "procurement"
	LayerRegulatorNotice   Layer = "regulator-notice"
	LayerSector            Layer = "sector"
	LayerTechnical         Layer = "technical"
	LayerInternational     Layer = "international"
	LayerConsultation      Layer = "consultation"
	LayerDeliberation      Layer = "deliberation"
	LayerSandbox           Layer = "sandbox"
	LayerNews              Layer = "news"
)

// Layers returns every layer, strongest first.
func Layers() []Layer {
	return []Layer{
		LayerLaw, LayerOrder, LayerPlan, LayerStatutory, LayerBusinessGuideline,
		LayerProcurement, LayerRegulatorNotice, LayerSector, LayerTechnical,
		LayerInternational, LayerConsultation, LayerDeliberation, LayerSandbox, LayerNews,
	}
}

// Known reports whether l is one of Layers.
func (l Layer) Known() bool {
	for _, k := range Layers() {
		if k == l {
			return true
		}
	}
	return false
}

// Severity says how soon a reader must know, from "info" to "critical".
type Severity string

// The severities, mildest first.
const (
	Info     Severity = "info"
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Severities returns every severity, mildest first.
func Severities() []Severity { return []Severity{Info, Low, Medium, High, Critical} }

// Rank returns 0 for info to 4 for critical, and -1 for an unknown word.
func (s Severity) Rank() int {
	for i, k := range Severities() {
		if k == s {
			return i
		}
	}
	return -1
}

// Class is the kind of thing that happened.
type Class string

// The classes of change. Reissued (new bytes, same text) is kept in the ledger
// and never told.
const (
	ClassNewDocument          Class = "new-document"
	ClassNewVersion           Class = "new-version"
	ClassAmended              Class = "amended"
	ClassReissued             Class = "reissued"
	ClassDraftPublished       Class = "draft-published"
	ClassConsultationOpened   Class = "consultation-opened"
	ClassConsultationClosing  Class = "consultation-closing"
	ClassConsultationResult   Class = "consultation-result"
	ClassPromulgated          Class = "promulgated"
	ClassEnforcementScheduled Class = "enforcement-scheduled"
	ClassInForce              Class = "in-force"
	ClassMeetingAnnounced     Class = "meeting-announced"
	ClassMaterialsPosted      Class = "materials-posted"
	ClassMinutesPosted        Class = "minutes-posted"
	ClassTranslationPublished Class = "translation-published"
	ClassTranslationLag       Class = "translation-lag"
	ClassWithdrawn            Class = "withdrawn"
	ClassCorrected            Class = "corrected"
	ClassRepealed             Class = "repealed"
	ClassNews                 Class = "news"
)

// The classes of operator notices: they tell of kaisei's own sight, not of the
// watched subject.
const (
	ClassSourceFailing     Class = "source-failing"
	ClassSourceImplausible Class = "source-implausible"
	ClassSourceQuiet       Class = "source-quiet"
	ClassSourceRecovered   Class = "source-recovered"
	ClassSourceMissed      Class = "source-missed"
)

// Classes returns every class of change and notice.
func Classes() []Class {
	return []Class{
		ClassNewDocument, ClassNewVersion, ClassAmended, ClassReissued, ClassDraftPublished,
		ClassConsultationOpened, ClassConsultationClosing, ClassConsultationResult,
		ClassPromulgated, ClassEnforcementScheduled, ClassInForce,
		ClassMeetingAnnounced, ClassMaterialsPosted, ClassMinutesPosted,
		ClassTranslationPublished, ClassTranslationLag, ClassWithdrawn, ClassCorrected,
		ClassRepealed, ClassNews,
		ClassSourceFailing, ClassSourceImplausible, ClassSourceQuiet, ClassSourceRecovered, ClassSourceMissed,
	}
}

// Notice reports whether the class is an operator notice.
func (c Class) Notice() bool { return strings.HasPrefix(string(c), "source-") }
