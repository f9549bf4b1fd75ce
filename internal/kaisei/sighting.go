package kaisei

import "time"

// Sighting is an item that a feed or a list showed, whether it was told or the keywords set it aside.
type Sighting struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	// Published is the day the list printed for it.
	Published Date `json:"published,omitzero"`
	// First is when it was first seen there; Gone since when the list does not show it any more.
	First time.Time `json:"first"`
	Gone  time.Time `json:"gone,omitzero"`
	// Baseline is true for what the list's first good look already showed, Backfilled for what was
	// read back from another list because it had rolled out of this one unseen.
	Baseline   bool `json:"baseline,omitempty"`
	Backfilled bool `json:"backfilled,omitempty"`
	// Document is the document that the item is, where it is about the subject, else "".
	Document string `json:"document,omitempty"`
	// Missed says, for each list that should have shown the item and did not, when operators were told.
	Missed map[string]time.Time `json:"missed,omitempty"`
}

// Sightings is what a feed or list showed lately, newest first.
type Sightings struct {
	Source string     `json:"source"`
	Items  []Sighting `json:"items,omitempty"`
	// Apart says, for each list that should show the same items and does not, when operators were told.
	Apart map[string]time.Time `json:"apart,omitempty"`
	// Gaps are the times in which items may have rolled out unseen, the latest last.
	Gaps []Gap `json:"gaps,omitempty"`
}

// Gap is a time between two good looks at a feed that had nothing in common: what came and went in
// between was not seen there.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Filled is when another list, By, had shown all of it; zero means that it is open.
	Filled time.Time `json:"filled,omitzero"`
	By     string    `json:"by,omitempty"`
	// Read is how many items were read back, Tries how often that was tried.
	Read  int `json:"read,omitempty"`
	Tries int `json:"tries,omitempty"`
	// Why is why it is open.
	Why string `json:"why,omitempty"`
	// Told is when operators were told of it.
	Told time.Time `json:"told,omitzero"`
}
