package simulate

import "errors"

// The names of the epochs, in their order.
const (
	Baseline = "baseline"
)

// Truth is what happened in one epoch.
type Truth struct {
	Name string
}

// waits reports whether a story makes the source wait for an answer, so that its timeout is short.
func (s *Site) waits(r *resource) bool { return r.page != nil && r.n%waitEvery == waitAt }

const waitEvery, waitAt = 25, 11

// edit is one change of a text.
type edit struct{}

func (e edit) apply(p []part) []part { return p }

// Break makes a source fail from now on; an empty fault mends it.
func (s *Site) Break(source string, f Fault) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.sources {
		if r.id == source {
			r.fault = f
			return nil
		}
	}
	return errors.New("the site has no source " + source)
}
