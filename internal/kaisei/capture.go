package kaisei

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
	"time"
)

// Request asks for the bytes of one URL.
type Request struct {
	URL string
	// ETag and LastModified are validators from an earlier capture of the same URL; with
	// either, the answer may be a Capture of status 304 without a body.
	ETag         string
	LastModified string
	Policy       FetchPolicy
}

// Snapshot is what is remembered of one answer from the web. It does not hold the
// bytes; Hash finds them.
type Snapshot struct {
	// Hash is the SHA-256 of the body as received after content decoding, in hexadecimal.
	Hash string `json:"sha256"`
	// URL was asked for; FinalURL answered after Redirects.
	URL       string   `json:"url"`
	FinalURL  string   `json:"final_url,omitempty"`
	Redirects []string `json:"redirects,omitempty"`
	// Hops are the statuses of the redirects (301, 302, …), one for each; older snapshots have none.
	Hops []int `json:"hops,omitempty"`
	// Request holds the headers that were sent to FinalURL, but no cookies; older snapshots have none. Form is true where
	// the query was sent as a form.
	Request   map[string]string `json:"request,omitempty"`
	Form      bool              `json:"form,omitempty"`
	Status    int               `json:"status"`
	MediaType string            `json:"media_type"`
	// Header holds the response headers that matter as evidence (Content-Type, Date, ETag,
	// Last-Modified, Content-Disposition, Content-Language, …), canonical names.
	Header map[string]string `json:"header,omitempty"`
	Size   int               `json:"size"`
	At     time.Time         `json:"at"`
}

// ETag returns the entity tag of the answer, or "".
func (s Snapshot) ETag() string { return s.Header["Etag"] }

// LastModified returns the Last-Modified header of the answer, or "".
func (s Snapshot) LastModified() string { return s.Header["Last-Modified"] }

// Capture is a Snapshot together with the bytes it names. Status 304 has none.
type Capture struct {
	Snapshot
	Body []byte `json:"-"`
}

// Host returns the host of an address with its port, in lower case, or "" where it has none.
func Host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// Hash returns the SHA-256 of b in hexadecimal, as Snapshot.Hash holds it.
func Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Seen is what a source last saw at one URL: the validators for the next
// conditional request and the hash by which equal bytes are recognised. It is saved
// in the same transaction as the version it belongs to, never earlier.
type Seen struct {
	URL          string    `json:"url"`
	Hash         string    `json:"sha256"`
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	At           time.Time `json:"at"`
	// Full is when the bytes were last received, and not only called unchanged by a 304.
	Full time.Time `json:"full,omitzero"`
	// Pending is what the address has shown since and is not believed yet.
	Pending Pending `json:"pending,omitzero"`
	// Again is when the address is to be asked for again ahead of the schedule, whatever its validators
	// say; zero where nothing calls for it.
	Again time.Time `json:"again,omitzero"`
	// Spots are the places of the page that were learned to change without saying anything, Learned is
	// since when they were last learned and Learning how many looks are left for it, Aside what was set aside
	// there, newest first.
	Spots    []Spot    `json:"spots,omitempty"`
	Learned  time.Time `json:"learned,omitzero"`
	Learning int       `json:"learning,omitempty"`
	Aside    []Aside   `json:"aside,omitempty"`
}
