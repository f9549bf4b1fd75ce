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
