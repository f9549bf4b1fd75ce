package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// segmentBytes is the length of the pieces in which the log of records is stored:
// with their heads two of them fill a page of 4 KiB to the last byte. Records as
// values of their own would leave a quarter of each page empty, since bbolt moves
// the last two values of a full page to the next.
const segmentBytes = 2016

// maxAddress bounds the log to what an address in an index can hold.
const maxAddress = 1 << 47

// appendLog adds a record to the end of the log and returns its address, which is never 0.
// Records are never deleted or altered.
func appendLog(tx *bbolt.Tx, record []byte) (uint64, error) {
	log := dense(tx, bucketLog)
	at, err := logEnd(tx)
	if err != nil {
		return 0, err
	}
	number, tail, err := logTail(tx)
	if err != nil {
		return 0, err
	}
	if at > maxAddress {
		return 0, fmt.Errorf("the log of versions is full at %d bytes", at)
	}
	b := append(appendUvarint(nil, len(record)), record...)
	tail = append(make([]byte, 0, segmentBytes), tail...)
	for {
		n := min(len(b), segmentBytes-len(tail))
		tail, b = append(tail, b[:n]...), b[n:]
		if n > 0 {
			if err := log.Put(longKey(number), tail); err != nil {
				return 0, err
			}
		}
		if len(b) == 0 {
			return at, nil
		}
		number, tail = number+1, make([]byte, 0, segmentBytes)
	}
}

// logTail returns the last segment of the log.
func logTail(tx *bbolt.Tx) (number uint64, tail []byte, err error) {
	k, v := bucket(tx, bucketLog).Cursor().Last()
	switch {
	case k == nil:
		return 0, nil, nil
	case len(k) != 8 || len(v) == 0 || len(v) > segmentBytes:
		return 0, nil, fmt.Errorf("%w: the last segment of the log", ErrDamaged)
	}
	return binary.BigEndian.Uint64(k), v, nil
}

// readLog returns the record at an address, and the address after it.
func readLog(tx *bbolt.Tx, at uint64) (record []byte, next uint64, err error) {
	if at == 0 || at > maxAddress {
		return nil, 0, fmt.Errorf("%w: no record can be at %d", ErrDamaged, at)
	}
	log := bucket(tx, bucketLog)
	number, offset := (at-1)/segmentBytes, int((at-1)%segmentBytes)
	rest := log.Get(longKey(number))
	if offset >= len(rest) {
		return nil, 0, fmt.Errorf("%w: the log has no record at %d", ErrDamaged, at)
	}
	rest = rest[offset:]
	size, n := binary.Uvarint(rest)
	if n == 0 { // the length itself is cut by the end of a segment
		number++
		rest = append(slices.Clone(rest), log.Get(longKey(number))...)
		size, n = binary.Uvarint(rest)
	}
	if n <= 0 || size > maxRaw*2 {
		return nil, 0, fmt.Errorf("%w: length of the record at %d", ErrDamaged, at)
	}
	need := n + int(size)
	if len(rest) < need {
		whole := make([]byte, 0, need+segmentBytes)
		rest = append(whole, rest...)
		for len(rest) < need {
			number++
			more := log.Get(longKey(number))
			if len(more) == 0 {
				return nil, 0, fmt.Errorf("%w: the record at %d ends beyond the log", ErrDamaged, at)
			}
			rest = append(rest, more[:min(len(more), need-len(rest))]...)
		}
	}
	return rest[n:need], at + uint64(need), nil
}

// logEnd returns the address that the next record will have.
func logEnd(tx *bbolt.Tx) (uint64, error) {
	number, tail, err := logTail(tx)
	return number*segmentBytes + uint64(len(tail)) + 1, err
}
