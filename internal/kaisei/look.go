package kaisei

import "time"

// Verdict is the outcome of one look.
type Verdict string

// The verdicts.
const (
	VerdictFirst       Verdict = "first"        // read for the first time: kept, not news
	VerdictChanged     Verdict = "changed"      // new text: a change was committed
	VerdictNotModified Verdict = "not-modified" // 304
	VerdictSameBytes   Verdict = "same-bytes"
	VerdictSameText    Verdict = "same-text" // new bytes whose text is the same, as of pages made anew for each request
	VerdictReissued    Verdict = "reissued"  // a file put up again, or at another address, with the same text: told to nobody
	VerdictListing     Verdict = "listing"   // a listing was read; its targets have looks of their own
	VerdictSuspect     Verdict = "suspect"   // implausible, or changed and not confirmed: a further look decides
	VerdictFailed      Verdict = "failed"
)

// Good reports whether the look proved what the URL says today.
func (v Verdict) Good() bool { return v != VerdictFailed && v != VerdictSuspect && v != "" }

// Look is one visit to one URL for one source, with its verdict and why. Looks are the
// proof that kaisei looked; they are only ever appended.
type Look struct {
	Source string `json:"source"`
	// Document is the document looked at, or "" for a listing or a source as a whole.
	Document string    `json:"document,omitempty"`
	At       time.Time `json:"at"`
	Verdict  Verdict   `json:"verdict"`
	// Cause and Detail say why, for failed and suspect looks; Detail may also name the noise
	// set aside. What to do about a cause stands with its name (render.Remedy), in the reader's language.
	Cause  Cause         `json:"cause,omitempty"`
	Detail string        `json:"detail,omitempty"`
	URL    string        `json:"url"`
	Status int           `json:"status,omitempty"`
	Size   int           `json:"size,omitempty"`
	Hash   string        `json:"sha256,omitempty"`
	Took   time.Duration `json:"took_ns,omitempty"`
	// Change is the change committed with the look, or "".
	Change string `json:"change,omitempty"`
}

// Unproven reports whether the look neither proved what its URL says nor only waits to be confirmed.
func (l Look) Unproven() bool { return !l.Verdict.Good() && l.Cause != CauseUnconfirmed }

// Poll is the schedule state of a source.
type Poll struct {
	Source   string    `json:"source"`
	LastLook time.Time `json:"last_look,omitzero"`
	LastGood time.Time `json:"last_good,omitzero"`
	NextLook time.Time `json:"next_look,omitzero"`
	// Again is when those of its addresses are asked for that wait for a further look (see Seen.Again).
	Again time.Time `json:"again,omitzero"`
	// LastChange is when the source last showed something new.
	LastChange time.Time `json:"last_change,omitzero"`
	// Failures counts failed looks since the last good one.
	Failures int `json:"failures"`
	// PartFailures counts looks since the last one in which everything the source leads to could
	// be read: an index that answers while all its documents are refused is failing too.
	PartFailures int `json:"part_failures,omitempty"`
	// LastVerdict, LastCause and LastDetail are of the last look.
	LastVerdict Verdict `json:"last_verdict,omitempty"`
	LastCause   Cause   `json:"last_cause,omitempty"`
	LastDetail  string  `json:"last_detail,omitempty"`
	// FirstGood is when the source was first read in full; before that everything is baseline.
	FirstGood time.Time `json:"first_good,omitzero"`
	// Looks counts all looks, Good the good ones.
	Looks int `json:"looks"`
	Good  int `json:"good"`
	// BadSince is the first of the looks in a row that failed in whole or in part, GoodSince the first of
	// the good ones in a row; one of the two is zero.
	BadSince  time.Time `json:"bad_since,omitzero"`
	GoodSince time.Time `json:"good_since,omitzero"`
	// NewsDays are the last days on which the source showed something new, about the subject or not: days
	// since 1970-01-01 in Japan, in order. A list that prints days tells those before the first look too.
	NewsDays []int `json:"news_days,omitempty"`
	// Offer is a hash of what its page offered when last believed, Links how many things that were.
	Offer string `json:"offer,omitempty"`
	Links int    `json:"links,omitempty"`
	// Pause is the operator's wish to leave the source alone, Wait its host's; either may be over.
	Pause Pause `json:"pause,omitzero"`
	Wait  Wait  `json:"wait,omitzero"`
	// Every is the least time between two looks that a feed asks for; zero where it asks for none.
	Every time.Duration `json:"every_ns,omitempty"`
	// Plan is the schedule by which NextLook was worked out: another one holds at once.
	Plan string `json:"plan,omitempty"`
	// Notice is of earlier releases, which kept here what operators were told last.
	Notice string `json:"notice,omitempty"`
}

// Commit is all that one look leaves behind, written in one transaction.
type Commit struct {
	// Look is the zero Look where nobody looked: what the passage of time made leaves no visit.
	Look Look
	// Version is the new version, or nil where the text did not change.
	Version *Version
	// Change is what the new version means, or nil at the first reading. The store gives it
	// its Number.
	Change     *Change
	Deliveries []Delivery
	// Seen replaces what was remembered of Look.URL; nil leaves it.
	Seen *Seen
	// Capture is kept beside the body of a listing, which no version holds; nil keeps none. It goes when the body is
	// dropped.
	Capture *Snapshot
	// Sightings replaces what the source is known to have shown; nil leaves it.
	Sightings *Sightings
	// Drop names a saved body that turned out to hold nothing new and may be deleted where no
	// version refers to it.
	Drop string
}
