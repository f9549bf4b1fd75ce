package bolt

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

// Standings returns where each document stands whose ID begins with prefix, sorted by ID. It reads
// no text and unpacks no version, so that thousands of documents cost little.
func (db *DB) Standings(prefix string) ([]kaisei.Standing, error) {
	var out []kaisei.Standing
	err := db.viewAll(func(tx *bbolt.Tx) error {
		told, err := lastTold(tx)
		if err != nil {
			return err
		}
		leads, joined, err := leadsTo(tx)
		if err != nil {
			return err
		}
		c := bucket(tx, bucketDocuments).Cursor()
		for k, v := c.Seek([]byte(prefix)); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, v = c.Next() {
			id := string(k)
			d, err := decodeDocument(v)
			if err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			s := kaisei.Standing{Leads: leads[id], GoesOn: joined[id]}
			if s.Version, err = db.decodeHead(d); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			if s.Verified, err = verified(tx, s); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			if number := told[id]; number != 0 {
				if s.Change, err = db.toldIn(tx, d, id, number); err != nil {
					return fmt.Errorf("%s: %w", k, err)
				}
			}
			out = append(out, s)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read where documents stand: %w", err)
	}
	return out, nil
}

// lastTold returns the number of the last change of each document that was told.
func lastTold(tx *bbolt.Tx) (map[string]uint64, error) {
	told := map[string]uint64{}
	for n := uint64(1); ; n++ {
		h, ok, err := loadChangeHead(tx, n)
		if err != nil {
			return nil, err
		}
		if !ok {
			return told, nil
		}
		if h.facets.Quiet == "" {
			told[h.facets.Document] = n
		}
	}
}

// toldIn returns a change in few words. A change that a version holds is named after it.
func (db *DB) toldIn(tx *bbolt.Tx, d document, id string, number uint64) (*kaisei.Told, error) {
	h, ok, err := loadChangeHead(tx, number)
	if err != nil || !ok {
		return nil, err
	}
	t := &kaisei.Told{Class: h.facets.Class, Severity: h.facets.Severity, SeenAt: h.facets.SeenAt}
	if at := slices.Index(d.records, h.record); h.record != 0 && at >= 0 {
		t.ID = kaisei.ChangeID(id, at+1)
		return t, nil
	}
	c, err := db.loadChange(tx, h, nil)
	t.ID = c.ID
	return t, err
}

// leadsTo returns the leads to each document, and the document as which one that was joined goes on.
func leadsTo(tx *bbolt.Tx) (leads map[string][]kaisei.Lead, joined map[string]string, err error) {
	leads, joined = map[string][]kaisei.Lead{}, map[string]string{}
	err = bucket(tx, bucketLeads).ForEach(func(_, v []byte) error {
		var l kaisei.Lead
		if err := unmarshal(v, &l); err != nil {
			return err
		}
		leads[l.LeadsTo()] = append(leads[l.LeadsTo()], l)
		if l.To != "" {
			joined[l.Document] = l.To
		}
		return nil
	})
	return leads, joined, err
}

// verified is when what stands at the address of a document's latest version was last proved, also
// under the present name of a source that was renamed. A reading that is in doubt proves nothing.
func verified(tx *bbolt.Tx, s kaisei.Standing) (at time.Time, err error) {
	sources := []string{s.Version.Source}
	for _, l := range s.Leads {
		if !slices.Contains(sources, l.Source) {
			sources = append(sources, l.Source)
		}
	}
	for _, source := range sources {
		v := bucket(tx, bucketSeen).Get([]byte(source + separator + s.Version.Snapshot.URL))
		if v == nil {
			continue
		}
		var seen kaisei.Seen
		if err := unmarshal(v, &seen); err != nil {
			return at, err
		}
		last := seen.At
		if seen.Pending.Waits() {
			last = seen.Full
		}
		if last.After(at) {
			at = last
		}
	}
	return at, nil
}
