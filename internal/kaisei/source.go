package kaisei

import (
	"strings"
	"time"
)

// Kind says how a source is read.
type Kind string

// The kinds of source.
const (
	// KindPage is one page (or file) that is itself the document.
	KindPage Kind = "page"
	// KindIndex is a listing that leads to documents, further listings and items.
	KindIndex Kind = "index"
	// KindFeed is RSS 1.0, RSS 2.0 or Atom; each item is a document of its own.
	KindFeed Kind = "feed"
	// KindLaw is a law in the e-Gov law API, version 2: its list of revisions and its texts.
	KindLaw Kind = "law"
)

// Source is a place to look: one URL of an authority, when to look, and what it
// leads to. It is a row of the catalogue.
type Source struct {
	// ID is permanent and a URL path, authority first: "meti/ai-guidelines".
	ID string
	// Was lists former IDs, whose history this source continues.
	Was []string
	// Title names the source for people.
	Title Text
	// Authority is the short name of who publishes: "cao", "meti", "mic", …
	Authority string
	// AuthorityName is the authority's name for people (経済産業省).
	AuthorityName Text
	Kind          Kind
	URL           string
	// Schedule is one cron expression of five fields in Asia/Tokyo, or several joined by semicolons.
	Schedule string
	// Layer and Language hold for every document of the source that does not say otherwise.
	Layer    Layer
	Language string
	// Select and Remove are CSS selectors: the part of the page that is its content
	// (the first selector that matches), and what to leave out of it.
	Select []string
	Remove []string
	// Charset is the encoding to assume where the bytes do not tell.
	Charset string
	// Keywords limits a feed or item list that is wider than our subject. An item
	// passes when it contains one of Any and none of None. An empty Any passes all.
	Keywords Keywords
	// Follow says, in order, what the links of an index lead to; the first rule that
	// matches a link decides.
	Follow []Follow
	// WatchText makes the words of an index page that are not followed links a document
	// of their own, under the source's ID.
	WatchText bool
	// Law is the e-Gov law ID (507AC0000000053) of a KindLaw source.
	Law string
	// Sectors, Themes and Roles the source is about, where that is known beforehand.
	Sectors []string
	Themes  []string
	Roles   []string
	// Recheck is how long a document already read at a URL is left before it is asked for
	// again in case it was replaced in place. Zero means at every look.
	Recheck time.Duration
	// Quiet is how long the source may show nothing new before an operator is told; zero means never.
	Quiet time.Duration
	// Elsewhere names other lists on which the items of this one are expected too.
	Elsewhere []Elsewhere
	// Backfill is where what rolled out of a feed between two looks is read back.
	Backfill Backfill
	// Pages, on a listing in several pages, is the address of a page of it, with {page} for the number.
	Pages string
	// Fetch holds what the host needs.
	Fetch FetchPolicy
	// Confidence is A, B or C, how well the row is evidenced.
	Confidence string
	// Disabled, where not empty, is the reason why the source is not polled.
	Disabled string
	// Origin says which file defined the source and where, for error messages.
	Origin string
}

// Elsewhere says that the items of a list are expected on another one too.
type Elsewhere struct {
	// Source is the other list.
	Source string
	// URL and Text are regular expressions (RE2) that the address and the title of an item must match
	// to be expected there; an empty one matches all.
	URL  string
	Text string
	// Within is how long after it was seen here an item may take to be seen there.
	Within time.Duration
}

// Backfill is how a feed that shows few items is completed from a longer listing.
type Backfill struct {
	// Source is the listing; "" means none. Where it is watched itself its own looks tell what it shows
	// and nothing is read back; where it is disabled it is read when the feed rolled over.
	Source string
	// Same is a regular expression whose first group, in the address of an item, tells it from others
	// on both lists; empty compares whole addresses.
	Same string
	// URL is the address that the feed would give an item, with {same} for what Same found; empty
	// takes the listing's.
	URL string
}

// Keywords is a filter on the words of an item. ASCII words match whole words
// only (AI is not in CONTRAIL); Japanese words match anywhere.
type Keywords struct {
	Any  []string
	None []string
}

// FetchPolicy is what a host is known to need.
type FetchPolicy struct {
	// MinGap is the least time between two requests to the host.
	MinGap time.Duration
	// HTTP1 refuses HTTP/2.
	HTTP1 bool
	// BrowserLike puts "Mozilla/5.0 …" in front of the identified user agent, which some
	// government firewalls insist on. The product and contact stay in it.
	BrowserLike bool
	// Post sends the query of an address as a form, which some old services insist on.
	Post bool
	// Timeout is for one request; zero means the client's default.
	Timeout time.Duration
	// Hosts are the further hosts to which links and redirects may lead; one that begins with a dot
	// (.go.jp) stands for all below it. A URL's own host and its registrable neighbours
	// (www8.cao.go.jp, www.cao.go.jp) are always allowed. Nil allows all public hosts.
	Hosts []string
}

// FollowAs says what a link leads to.
type FollowAs string

// What a link can lead to.
const (
	// FollowDocument: the link's target is a document, to be fetched and read.
	FollowDocument FollowAs = "document"
	// FollowListing: the target is a further listing, whose links are judged by the same rules.
	FollowListing FollowAs = "listing"
	// FollowItem: the link itself is the news; its text is the document, nothing is fetched.
	FollowItem FollowAs = "item"
	// FollowIgnore: the link is not followed and its words are left out of the watched text.
	FollowIgnore FollowAs = "ignore"
)

// Follow is one rule for the links of an index.
type Follow struct {
	// Text and URL are regular expressions (RE2) that must match the link's text and its
	// absolute URL; an empty one matches all.
	Text string
	URL  string
	// Not must not match the link's text.
	Not string
	As  FollowAs
	// Document names the document that matching links are versions of, below the source's ID
	// ("main"). Empty: the identity is worked out from the link's text.
	Document string
	Title    string
	Layer    Layer
	Language string
	// SameAs is the ID of a document of another source that this one is a copy of.
	SameAs string
	// Translates is the ID of the Japanese document that this one is a translation of.
	Translates string
	// History follows every matching link; otherwise, of several versions of one document,
	// only the newest is followed.
	History bool
}

// Target is something a source offers at a look: a document to fetch, a further
// listing, or an item that is complete in itself. It passes through and is not stored.
type Target struct {
	As FollowAs
	// Document is the permanent ID where the catalogue names the document, else "".
	Document string
	// Key is the identity worked out from the link: its text without version, date, status,
	// format and size, folded for comparison.
	Key string
	// Title is what the source calls it, as printed; Label the version in it (第1.2版), or "".
	Title string
	Label string
	URL   string
	// ShownAt is where people read it, where URL is data for programs, else "".
	ShownAt string
	// Published is the day printed beside the link, or the item's date.
	Published Date
	Layer     Layer
	Language  string
	SameAs    string
	// Translates is as in Follow.
	Translates string
	// Select and Remove apply to the target's own page; empty means the source's.
	Select []string
	Remove []string
	// Blocks is the text of an item, which needs no fetch; nil for anything to be fetched.
	Blocks []Block
	// Format overrides how fetched bytes are read where the source knows better, else "".
	Format string
	// Places are where the same version is offered in another presentation or format, which is not
	// followed.
	Places []Place
	// Relevant is false for an item that the keyword filter set aside; it is counted, not told.
	Relevant bool
}

// Lead is what the store remembers of a document that a source offered: it makes
// a later version recognisable as the same document, and tells a document that
// was there at the first look from one that is new.
type Lead struct {
	Source   string `json:"source"`
	Document string `json:"document"`
	Key      string `json:"key"`
	Title    string `json:"title"`
	Label    string `json:"label,omitempty"`
	URL      string `json:"url"`
	// Published is the day the source printed for it.
	Published Date `json:"published,omitzero"`
	// Baseline is true for what the source's first good look already offered: its first
	// reading is not news.
	Baseline  bool      `json:"baseline"`
	FirstSeen time.Time `json:"first_seen"`
	// Via is the URL of the page that offered it.
	Via string `json:"via,omitempty"`
	// Dropped is since when that page does not offer it any more.
	Dropped time.Time `json:"dropped,omitzero"`
	// As is what it leads to.
	As FollowAs `json:"as,omitempty"`
	// Match says how the document was recognised when the lead last led to another address, title
	// or label; see the Match constants.
	Match string `json:"match"`
	// To is the document of which it shows versions, where that is not Document: a ruling or an
	// automatic match joined the two.
	To string `json:"to,omitempty"`
	// Named is the name by which the catalogue offers it, where a ruling split Document off from
	// that one.
	Named string `json:"named,omitempty"`
}

// Below reports whether the ID of a source or document is the one wanted, or lies under it where that one
// ends in a slash, as operators name several at once.
func Below(id, want string) bool {
	return id == want || strings.HasSuffix(want, "/") && strings.HasPrefix(id, want)
}

// The ways in which a document is recognised.
const (
	MatchCatalogue = "catalogue" // the catalogue names it
	MatchNew       = "new"       // it was not known
	MatchKey       = "key"       // its title is the same, without version, date and format
	MatchURL       = "url"       // its address is the same
	MatchSimilar   = "similar"   // title and text are alike
	MatchOperator  = "operator"  // an operator ruled
)

// LeadsTo returns the document of which the lead shows versions.
func (l Lead) LeadsTo() string {
	if l.To != "" {
		return l.To
	}
	return l.Document
}

// Automatic reports whether the program recognised the document by itself, which an operator may
// confirm or undo.
func (l Lead) Automatic() bool { return AutomaticMatch(l.Match) }

// AutomaticMatch reports whether a way of recognising a document is the program's own.
func AutomaticMatch(match string) bool {
	return match == MatchKey || match == MatchURL || match == MatchSimilar
}
