package kaisei

import "time"

// Pending is what an address has shown since it last showed the latest version of its document, where
// that is not believed yet: a web page that changed in place, or a reading that is implausible. It
// stays until a good look settles it; failed looks leave it as it is.
type Pending struct {
	// Document is the document whose next version it would be.
	Document string `json:"document,omitempty"`
	// Cause is why it waits: CauseUnconfirmed, or what is implausible about it.
	Cause Cause `json:"cause,omitempty"`
	// Since is when something new was first shown.
	Since time.Time `json:"since,omitzero"`
	// Shown are the readings since then, oldest first. Their bytes are kept.
	Shown []Shown `json:"shown,omitempty"`
}

// Shown is one reading that waits: the hash of its bytes, that of its text, and when it was made.
type Shown struct {
	Hash string    `json:"sha256"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
	// Same says that it shows what the reading before it showed, noise aside.
	Same bool `json:"same,omitempty"`
}

// Waits reports whether there is a reading that waits for a further look.
func (p Pending) Waits() bool { return len(p.Shown) > 0 }

// Last is the latest reading, or the zero Shown.
func (p Pending) Last() Shown {
	if len(p.Shown) == 0 {
		return Shown{}
	}
	return p.Shown[len(p.Shown)-1]
}

// Due is when the source is looked at next: by its schedule, or sooner where something waits.
func (p Poll) Due() time.Time {
	if !p.Again.IsZero() && p.Again.Before(p.NextLook) {
		return p.Again
	}
	return p.NextLook
}

// Spot is one place in a web page that was learned to change without saying anything.
type Spot struct {
	// Rule is how it changes: a token that never stays the same, or texts of which one is shown at a time.
	Rule string `json:"rule"`
	// Path is the headings above it.
	Path []string `json:"path,omitempty"`
	// Parts are the words of the block around the volatile tokens, in order, as they are compared.
	Parts []string `json:"parts,omitempty"`
	// Values are the texts seen at a rotating spot; "" is that nothing stands there.
	Values []string `json:"values,omitempty"`
	// Since is when it was learned, Looks the looks that taught it.
	Since time.Time   `json:"since,omitzero"`
	Looks []time.Time `json:"looks,omitempty"`
	// Times counts how often a rotating spot was caught changing; below SpotTimes it is a suspicion.
	Times int `json:"times,omitempty"`
	// Varied is when it last showed something else than at the look before.
	Varied time.Time `json:"varied,omitzero"`
	// Showing is what it last showed where that is not what the latest version has, for Steady looks in a row;
	// Back says that it was seen returning to an earlier value.
	Showing string `json:"showing,omitempty"`
	Steady  int    `json:"steady,omitempty"`
	Back    bool   `json:"back,omitempty"`
}

// SpotTimes is how often texts must be seen to give way to each other before they are set aside.
const SpotTimes = 2

// Active reports whether the spot is set aside.
func (s Spot) Active() bool { return len(s.Values) == 0 || s.Times >= SpotTimes }

// Aside is one thing that was set aside in a document: by which rule, where, and the words.
type Aside struct {
	Rule   string   `json:"rule"`
	Path   []string `json:"path,omitempty"`
	Before string   `json:"before"`
	After  string   `json:"after"`
	// First and Last are when, Count at how many looks.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	Count int       `json:"count,omitempty"`
}

// PageNoise is what is and was set aside at one address of a source.
type PageNoise struct {
	Source string `json:"source"`
	URL    string `json:"url"`
	// Learned is when the page was last looked at to learn its spots.
	Learned time.Time `json:"learned,omitzero"`
	Spots   []Spot    `json:"spots,omitempty"`
	Aside   []Aside   `json:"aside,omitempty"`
	// Pending is what waits there for a further look.
	Pending Pending `json:"pending,omitzero"`
}
