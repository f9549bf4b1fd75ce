package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"kaisei/internal/kaisei"
)

func (db *DB) decodeDelivery(v []byte) (d kaisei.Delivery, err error) {
	b, err := db.pack.unpackNoun(v)
	if err != nil {
		return d, err
	}
	return d, unmarshal(b, &d)
}

func (db *DB) loadDelivery(tx *bbolt.Tx, num []byte) (kaisei.Delivery, error) {
	v := bucket(tx, bucketDeliveries).Get(num)
	if v == nil {
		return kaisei.Delivery{}, fmt.Errorf("%w: the delivery of an index entry is missing", ErrDamaged)
	}
	return db.decodeDelivery(v)
}

// idHead is how much of the hash of an ID is in the index of deliveries; what it finds is
// compared in full.
const idHead = 8

func idPrefix(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:idHead]
}

// findDelivery returns the number of the delivery with an ID, and the delivery; nil where
// there is none.
func (db *DB) findDelivery(tx *bbolt.Tx, id string) (num []byte, d kaisei.Delivery, err error) {
	prefix := idPrefix(id)
	c := bucket(tx, bucketDelivered).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		num := k[idHead:]
		if d, err = db.loadDelivery(tx, num); err != nil {
			return nil, d, err
		}
		if d.ID == id {
			return slices.Clone(num), d, nil
		}
	}
	return nil, kaisei.Delivery{}, nil
}

// insertDeliveries stores the deliveries whose ID is not stored yet.
func (db *DB) insertDeliveries(tx *bbolt.Tx, ds []kaisei.Delivery) error {
	for _, d := range ds {
		if num, _, err := db.findDelivery(tx, d.ID); err != nil {
			return err
		} else if num != nil {
			continue
		}
		if err := db.putDelivery(tx, d); err != nil {
			return err
		}
	}
	return nil
}

// putDelivery stores a delivery under its ID and keeps the indexes of what is due and dead.
func (db *DB) putDelivery(tx *bbolt.Tx, d kaisei.Delivery) error {
	if err := checkID("delivery ID", d.ID); err != nil {
		return err
	}
	switch d.State {
	case kaisei.DeliveryDue, kaisei.DeliverySent, kaisei.DeliveryDead, kaisei.DeliveryGrouped, kaisei.DeliveryDropped:
	default:
		return fmt.Errorf("delivery %s has state %q", d.ID, d.State)
	}
	utc(&d.Due, &d.Created, &d.Begun, &d.SentAt)
	num, old, err := db.findDelivery(tx, d.ID)
	switch {
	case err != nil:
		return err
	case num != nil:
		if err := unindexDelivery(tx, old, num); err != nil {
			return err
		}
	default:
		n, err := bucket(tx, bucketDeliveries).NextSequence()
		if err != nil {
			return err
		}
		num = longKey(n)
		if err := bucket(tx, bucketDelivered).Put(append(idPrefix(d.ID), num...), nil); err != nil {
			return err
		}
	}
	b, err := marshal(d)
	if err != nil {
		return err
	}
	return errors.Join(
		dense(tx, bucketDeliveries).Put(num, db.pack.packNoun(b)),
		indexDelivery(tx, d, num),
	)
}

func dueKey(d kaisei.Delivery, num []byte) []byte { return append(appendTime(nil, d.Due), num...) }

func indexDelivery(tx *bbolt.Tx, d kaisei.Delivery, num []byte) error {
	switch d.State {
	case kaisei.DeliveryDue:
		return errors.Join(bucket(tx, bucketDue).Put(dueKey(d, num), nil), count(tx, func(t *tally) { t.due++ }))
	case kaisei.DeliveryDead:
		return errors.Join(bucket(tx, bucketDead).Put(num, nil), count(tx, func(t *tally) { t.dead++ }))
	}
	return nil
}

func unindexDelivery(tx *bbolt.Tx, d kaisei.Delivery, num []byte) error {
	switch d.State {
	case kaisei.DeliveryDue:
		return errors.Join(bucket(tx, bucketDue).Delete(dueKey(d, num)), count(tx, func(t *tally) { t.due-- }))
	case kaisei.DeliveryDead:
		return errors.Join(bucket(tx, bucketDead).Delete(num), count(tx, func(t *tally) { t.dead-- }))
	}
	return nil
}

// Due returns the deliveries whose time has come, the longest overdue first, at
// most limit of them; 0 means all.
func (db *DB) Due(now time.Time, limit int) ([]kaisei.Delivery, error) {
	var ds []kaisei.Delivery
	err := db.view(func(tx *bbolt.Tx) error {
		c := bucket(tx, bucketDue).Cursor()
		for k, _ := c.First(); k != nil && (limit <= 0 || len(ds) < limit); k, _ = c.Next() {
			at, num, err := splitDue(k)
			if err != nil {
				return err
			}
			if at.After(now) {
				return nil
			}
			d, err := db.loadDelivery(tx, num)
			if err != nil {
				return err
			}
			ds = append(ds, d)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read deliveries due: %w", err)
	}
	return ds, nil
}

func splitDue(k []byte) (at time.Time, num []byte, err error) {
	if len(k) != timeKeyLen+8 {
		return at, nil, fmt.Errorf("%w: index of deliveries due", ErrDamaged)
	}
	return timeOf(k), k[timeKeyLen:], nil
}

// NextDue returns when the earliest delivery falls or fell due; false where none waits.
func (db *DB) NextDue() (at time.Time, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		k, _ := bucket(tx, bucketDue).Cursor().First()
		if k == nil {
			return nil
		}
		ok = true
		at, _, err = splitDue(k)
		return err
	})
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read next delivery due: %w", err)
	}
	return at, ok, nil
}

// Delivery returns one delivery by its ID.
func (db *DB) Delivery(id string) (d kaisei.Delivery, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		num, found, err := db.findDelivery(tx, id)
		d, ok = found, num != nil
		return err
	})
	if err != nil {
		return kaisei.Delivery{}, false, fmt.Errorf("read delivery %.200s: %w", id, err)
	}
	return d, ok, nil
}

// Deliveries returns the deliveries in a state ("" means any), those inserted
// last first, at most limit of them; 0 means all.
func (db *DB) Deliveries(state kaisei.DeliveryState, limit int) ([]kaisei.Delivery, error) {
	var ds []kaisei.Delivery
	err := db.view(func(tx *bbolt.Tx) error {
		nums, err := db.deliveryNumbers(tx, state)
		if err != nil {
			return err
		}
		for num := nums(); num != nil && (limit <= 0 || len(ds) < limit); num = nums() {
			d, err := db.loadDelivery(tx, num)
			if err != nil {
				return err
			}
			if state == "" || d.State == state {
				ds = append(ds, d)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read deliveries: %w", err)
	}
	return ds, nil
}

// deliveryNumbers returns an iterator, newest first, over deliveries among which are all those in
// state. What is due or dead is found by its index; what was sent is nearly all there is.
func (db *DB) deliveryNumbers(tx *bbolt.Tx, state kaisei.DeliveryState) (func() []byte, error) {
	name := bucketDeliveries
	switch state {
	case kaisei.DeliveryDead:
		name = bucketDead
	case kaisei.DeliveryDue:
		return dueNumbers(tx)
	}
	c := bucket(tx, name).Cursor()
	started := false
	return func() []byte {
		step := c.Prev
		if !started {
			started, step = true, c.Last
		}
		k, _ := step()
		return k
	}, nil
}

func dueNumbers(tx *bbolt.Tx) (func() []byte, error) {
	var nums []uint64
	err := bucket(tx, bucketDue).ForEach(func(k, _ []byte) error {
		_, num, err := splitDue(k)
		if err == nil {
			nums = append(nums, binary.BigEndian.Uint64(num))
		}
		return err
	})
	slices.Sort(nums)
	slices.Reverse(nums)
	return func() []byte {
		if len(nums) == 0 {
			return nil
		}
		num := longKey(nums[0])
		nums = nums[1:]
		return num
	}, err
}

// SaveDelivery stores a delivery as it stands now, in place of what is stored under its ID.
func (db *DB) SaveDelivery(d kaisei.Delivery) error {
	if err := db.update(func(tx *bbolt.Tx) error { return db.putDelivery(tx, d) }); err != nil {
		return fmt.Errorf("save delivery %.200s: %w", d.ID, err)
	}
	return nil
}

// SaveDeliveries is SaveDelivery for several, all or none: a summary and the deliveries that it tells.
func (db *DB) SaveDeliveries(ds []kaisei.Delivery) error {
	if len(ds) == 0 {
		return nil
	}
	err := db.update(func(tx *bbolt.Tx) error {
		for _, d := range ds {
			if err := db.putDelivery(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save %d deliveries: %w", len(ds), err)
	}
	return nil
}

// Enqueue inserts deliveries whose ID is not stored yet and sets marks, in one
// transaction: a digest and the cursor that says it was made.
func (db *DB) Enqueue(ds []kaisei.Delivery, marks map[string]string) error {
	err := db.update(func(tx *bbolt.Tx) error {
		if err := db.insertDeliveries(tx, ds); err != nil {
			return err
		}
		for name, value := range marks {
			if err := setMark(tx, name, value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("enqueue deliveries: %w", err)
	}
	return nil
}
