package calendar

import (
	"fmt"
	"time"

	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
)

// Store holds the versions of documents.
type Store interface {
	// Documents returns the latest version of every document without blocks.
	Documents(prefix string) ([]kaisei.Version, error)
	// Versions returns all versions of a document, oldest first, without blocks.
	Versions(document string) ([]kaisei.Version, error)
	Version(document string, seq int) (kaisei.Version, bool, error)
}

// Documents reads what Events asks for as it was known at an instant: of each document the latest version
// seen until then, the lists of revisions of laws in full, and nothing of a document first seen later.
// The zero time is the present. Older versions are read only of documents that have a newer one.
func Documents(s Store, at time.Time) ([]kaisei.Version, error) {
	heads, err := s.Documents("")
	if err != nil {
		return nil, fmt.Errorf("read the latest versions: %w", err)
	}
	docs := make([]kaisei.Version, 0, len(heads))
	for _, v := range heads {
		known := true
		if !at.IsZero() && v.SeenAt.After(at) {
			if v, known, err = until(s, v.Document, at); err != nil {
				return nil, err
			}
		}
		if known && classify.ListOfRevisions(v) {
			// The rows of a law's list say more than its days.
			document, seq := v.Document, v.Seq
			if v, known, err = s.Version(document, seq); err != nil {
				return nil, fmt.Errorf("read version %d of %s: %w", seq, document, err)
			}
		}
		if known {
			docs = append(docs, v)
		}
	}
	return docs, nil
}

// until returns the latest version of a document seen until at; false where it was first seen later.
func until(s Store, document string, at time.Time) (last kaisei.Version, known bool, err error) {
	versions, err := s.Versions(document)
	if err != nil {
		return last, false, fmt.Errorf("read the versions of %s: %w", document, err)
	}
	for _, v := range versions {
		if v.SeenAt.After(at) {
			break
		}
		last, known = v, true
	}
	return last, known, nil
}
