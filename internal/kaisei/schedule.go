package kaisei

import "time"

// Pause is an operator's wish that a source be left alone for a while. It always ends.
type Pause struct {
	// Until is when the source is taken up again, by itself.
	Until time.Time `json:"until,omitzero"`
	// Why is the operator's reason, for colleagues.
	Why string `json:"why,omitempty"`
	// Since is when the operator asked for it.
	Since time.Time `json:"since,omitzero"`
}

// In reports whether the pause holds at now.
func (p Pause) In(now time.Time) bool { return now.Before(p.Until) }

// Wait is a host's wish to be left alone for a while, as it said in a Retry-After header.
type Wait struct {
	// Host is who asked, as it stands in its URLs, in small letters.
	Host string `json:"host,omitempty"`
	// Until is when it may be asked again.
	Until time.Time `json:"until,omitzero"`
}

// In reports whether the host is to be left alone at now.
func (w Wait) In(now time.Time) bool { return now.Before(w.Until) }
