package bolt

import (
	"go.etcd.io/bbolt"
)

// get reads a noun stored as plain JSON: those that every look reads, or that are
// rewritten in place.
func get[T any](db *DB, name, key string) (v T, ok bool, err error) {
	err = db.view(func(tx *bbolt.Tx) error {
		b := bucket(tx, name).Get([]byte(key))
		if b == nil {
			return nil
		}
		ok = true
		return unmarshal(b, &v)
	})
	if err != nil {
		var none T
		return none, false, err
	}
	return v, ok, nil
}

// list reads the nouns whose key begins with prefix, in the order of their keys.
func list[T any](db *DB, name, prefix string) ([]T, error) {
	var vs []T
	err := db.view(func(tx *bbolt.Tx) error {
		c := bucket(tx, name).Cursor()
		for k, b := c.Seek([]byte(prefix)); k != nil && hasPrefix(k, prefix); k, b = c.Next() {
			var v T
			if err := unmarshal(b, &v); err != nil {
				return err
			}
			vs = append(vs, v)
			db.mapped.read(tx)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return vs, nil
}

func hasPrefix(k []byte, prefix string) bool {
	return len(k) >= len(prefix) && string(k[:len(prefix)]) == prefix
}

func put(tx *bbolt.Tx, name, key string, v any) error {
	b, err := marshal(v)
	if err != nil {
		return err
	}
	return bucket(tx, name).Put([]byte(key), b)
}
