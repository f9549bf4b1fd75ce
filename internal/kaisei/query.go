package kaisei

import "time"

// ChangeQuery selects changes. Zero fields select everything.
type ChangeQuery struct {
	// Since and Until bound SeenAt: Since inclusive, Until exclusive.
	Since, Until time.Time
	// First and Last bound Number, both inclusive.
	First, Last uint64
	// Source and Document select one; a prefix ending in "/" selects all below it.
	Source, Document string
	Layer            Layer
	Class            Class
	// MinSeverity selects this severity and above.
	MinSeverity Severity
	// Quiet includes changes that were kept without telling (copies, reissues).
	Quiet bool
	// Limit bounds the answer; 0 means no bound. Oldest first unless Newest.
	Limit  int
	Newest bool
}

// Match reports whether c is selected; Limit and Newest are the caller's to apply.
func (q ChangeQuery) Match(c Change) bool {
	switch {
	case !q.Since.IsZero() && c.SeenAt.Before(q.Since),
		!q.Until.IsZero() && !c.SeenAt.Before(q.Until),
		q.First != 0 && c.Number < q.First,
		q.Last != 0 && c.Number > q.Last,
		q.Layer != "" && c.Layer != q.Layer,
		q.Class != "" && c.Class != q.Class,
		q.MinSeverity != "" && c.Severity.Rank() < q.MinSeverity.Rank(),
		!q.Quiet && (c.Quiet != "" || c.CopyOf != ""),
		!under(c.Source, q.Source),
		!under(c.Document, q.Document):
		return false
	}
	return true
}

func under(id, want string) bool {
	if want == "" || id == want {
		return true
	}
	return want[len(want)-1] == '/' && len(id) > len(want) && id[:len(want)] == want
}

// StoreStats is the size of a store, for operators.
type StoreStats struct {
	Path       string `json:"path"`
	FileBytes  int64  `json:"file_bytes"`
	FreeBytes  int64  `json:"free_bytes"`
	Documents  int    `json:"documents"`
	Versions   int    `json:"versions"`
	Changes    int    `json:"changes"`
	Looks      int    `json:"looks"`
	Bodies     int    `json:"bodies"`
	BodyBytes  int64  `json:"body_bytes"`  // uncompressed
	StoreBytes int64  `json:"store_bytes"` // compressed
	Due        int    `json:"deliveries_due"`
	Dead       int    `json:"deliveries_dead"`
}
