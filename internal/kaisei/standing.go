package kaisei

import "time"

// Standing is where a document stands today: its latest version and what is known around it.
type Standing struct {
	// Version is the latest one, without blocks.
	Version Version `json:"version"`
	// Verified is when a good look last proved that the address of the version says what it says;
	// zero where no look is remembered.
	Verified time.Time `json:"verified,omitzero"`
	// Change is the last change that was told, or nil.
	Change *Told `json:"change,omitempty"`
	// Leads are those that lead to the document: its own, and those that a ruling or an automatic
	// match joined to it.
	Leads []Lead `json:"leads,omitempty"`
	// GoesOn is the document as which this one goes on since it was joined to that one, or "".
	GoesOn string `json:"goes_on,omitempty"`
}

// Told is a change in few words.
type Told struct {
	ID       string    `json:"id"`
	Class    Class     `json:"class"`
	Severity Severity  `json:"severity"`
	SeenAt   time.Time `json:"seen_at"`
}

// Match says how the document is recognised: by an automatic match where one is not yet confirmed,
// or else as its own lead says, or its version where there is no lead, as of a page that is a source
// of its own.
func (s Standing) Match() string {
	match := ""
	if len(s.Leads) == 0 {
		return s.Version.Match
	}
	for _, l := range s.Leads {
		if match == "" || l.Document == s.Version.Document && !AutomaticMatch(match) || l.Automatic() {
			match = l.Match
		}
	}
	return match
}

// Item reports whether the document is an item of a feed or list, which is complete in itself, and
// no text that stands somewhere.
func (s Standing) Item() bool {
	for _, l := range s.Leads {
		if l.As == FollowItem {
			return true
		}
	}
	return false
}
