package kaisei

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// BlockKind says what a block of text is.
type BlockKind string

// The kinds of block.
const (
	BlockHeading   BlockKind = "heading"
	BlockArticle   BlockKind = "article"   // 条: its caption and title line
	BlockParagraph BlockKind = "paragraph" // 項, or running text
	BlockItem      BlockKind = "item"      // 号, a bullet, an enumerated clause
	BlockRow       BlockKind = "row"       // a table row, cells joined by " | "
	BlockNote      BlockKind = "note"      // a footnote or 備考
)

// Block is the smallest unit of text that is compared: a heading, a paragraph, a
// clause, a row, a note.
type Block struct {
	// Path is the block's address: the headings and numbers from the root down to the block
	// itself, as printed. A heading's path ends in the heading; a numbered clause's in its
	// number (第2部 › C. 共通の指針 › 2) 安全性 › ①); running text has the path of its heading.
	Path []string `json:"path"`
	// Kind is what the block is.
	Kind BlockKind `json:"kind"`
	// Text is the words as printed, with the enumerator, lines re-joined.
	Text string `json:"text"`
	// Page is the page of a paged document, from 1, or 0.
	Page int `json:"page"`
	// Level is the depth of a heading from 1, or 0 for anything else.
	Level int `json:"level,omitempty"`
	// Key identifies the block across versions independently of its text, where the source
	// gives such an identity (a revision ID, a row's key), else "".
	Key string `json:"key,omitempty"`
}

// Version is one state of a document: what was read from a snapshot by a certain
// reader. A version in which the document is Gone has no blocks.
type Version struct {
	Document string `json:"document"`
	// Seq counts the document's versions from 1.
	Seq    int    `json:"seq"`
	Source string `json:"source"`
	// Label is the version as the publisher names it (第1.2版), or "".
	Label string `json:"label,omitempty"`
	Title string `json:"title"`
	// Layer and Language as the source had them when the version was seen.
	Layer    Layer  `json:"layer"`
	Language string `json:"language,omitempty"`
	// Kind is of the source, As and Translates of the target that offered the version, so that its change
	// can be judged again when the source has gone from the catalogue.
	Kind       Kind     `json:"kind,omitempty"`
	As         FollowAs `json:"as,omitempty"`
	Translates string   `json:"translates,omitempty"`
	// Published is the day the source printed for this version.
	Published Date `json:"published,omitzero"`
	// Dates are the days that the text and its listing state, so that what is coming can be told
	// without reading every text again.
	Dates    Dates    `json:"dates,omitzero"`
	Snapshot Snapshot `json:"snapshot"`
	// URL is where people read an item that its listing gave in full, else "": Snapshot is then the
	// listing's.
	URL string `json:"url,omitempty"`
	// PageURL and PageHash name the listing that led to the document, as it stood then.
	PageURL  string `json:"page_url,omitempty"`
	PageHash string `json:"page_sha256,omitempty"`
	// Format is how the bytes were read (html, pdf, lawxml, …) and Reader the revision of that
	// reader ("pdf/3"): only two readings by the same reader are compared.
	Format string `json:"format"`
	Reader string `json:"reader"`
	// TextHash is TextHash of the comparison keys of Blocks.
	TextHash string    `json:"text_hash"`
	Blocks   []Block   `json:"blocks,omitempty"`
	Gone     bool      `json:"gone,omitempty"`
	SeenAt   time.Time `json:"seen_at"`
	// Places are where the listing offers the same version in another presentation or format.
	Places []Place `json:"places,omitempty"`
	// Match says how this version was recognised as one of the document; see the Match constants.
	Match string `json:"match,omitempty"`
}

// TextHash returns the hash of texts in order, each closed by a zero byte. Callers
// pass comparison keys, so that equal hashes mean equal wording.
func TextHash(keys []string) string {
	h := sha256.New()
	var buf []byte
	for _, k := range keys {
		buf = append(append(buf[:0], k...), 0)
		h.Write(buf)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// EditKind is the kind of one difference.
type EditKind string

// The kinds of edit.
const (
	EditAdded      EditKind = "added"
	EditRemoved    EditKind = "removed"
	EditChanged    EditKind = "changed"
	EditMoved      EditKind = "moved"
	EditRenumbered EditKind = "renumbered"
)

// SpanOp says on which side a span of text stands.
type SpanOp string

// The sides of a span.
const (
	SpanSame   SpanOp = "same"
	SpanInsert SpanOp = "insert"
	SpanDelete SpanOp = "delete"
)

// Span is a run of text inside an edit. The same and insert spans in order make the
// text after, exactly; the same and delete spans make the text before up to its comparison key,
// because what differs only in print (full width, a radical, a space) is not marked and
// shown as the text after has it.
type Span struct {
	Op   SpanOp `json:"op"`
	Text string `json:"text"`
}

// Edit is one difference between two versions. Before and After hold whole blocks;
// Spans show where inside they differ. A moved or renumbered edit may differ in its
// words too.
type Edit struct {
	Kind       EditKind  `json:"kind"`
	BlockKind  BlockKind `json:"block_kind"`
	PathBefore []string  `json:"path_before"`
	PathAfter  []string  `json:"path_after"`
	Before     string    `json:"before"`
	After      string    `json:"after"`
	PageBefore int       `json:"page_before"`
	PageAfter  int       `json:"page_after"`
	Spans      []Span    `json:"spans,omitempty"`
	// Key is the block's own identity (Block.Key), where it has one.
	Key string `json:"key,omitempty"`
}
