package kaisei

import "time"

// RulingAction is what an operator decided about the identity of documents.
type RulingAction string

// The rulings.
const (
	// RuleConfirm: the automatic match is right.
	RuleConfirm RulingAction = "confirm"
	// RuleLink: Other is the same document as Document, which goes on; what Other shows from now on
	// are versions of Document.
	RuleLink RulingAction = "link"
	// RuleSplit: the versions Seq to Last of Document are another document, which goes on as Other.
	RuleSplit RulingAction = "split"
)

// Ruling is an operator's word on which texts are one document. Rulings are only ever appended:
// they are the audit record of every history that is not what was read.
type Ruling struct {
	// Number counts the rulings of a store from 1.
	Number   uint64       `json:"number"`
	Action   RulingAction `json:"action"`
	Document string       `json:"document"`
	Other    string       `json:"other,omitempty"`
	Seq      int          `json:"seq,omitempty"`
	// Last is the last version that a split took; 0 in rulings made before it was noted, which took all there were.
	Last int `json:"last,omitempty"`
	// By is who ruled, Note why, in their words.
	By   string    `json:"by,omitempty"`
	Note string    `json:"note,omitempty"`
	At   time.Time `json:"at"`
}

// Concerns reports whether the ruling is about a document.
func (r Ruling) Concerns(document string) bool { return r.Document == document || r.Other == document }

// RulingCommit is all that one ruling leaves behind, written in one transaction. History is never
// rewritten: what a ruling changes about it is appended.
type RulingCommit struct {
	// Ruling gets its Number from the store.
	Ruling Ruling `json:"ruling"`
	// Leads are kept each in place of the one of the same source and document.
	Leads []Lead `json:"leads,omitempty"`
	// Steps are appended in this order; those of one document follow its latest version.
	Steps      []Step     `json:"steps,omitempty"`
	Deliveries []Delivery `json:"deliveries,omitempty"`
}

// Step is a version that a ruling appends to the history of a document, with the change that it
// means, or without one.
type Step struct {
	Version Version `json:"version"`
	Change  *Change `json:"change,omitempty"`
}
