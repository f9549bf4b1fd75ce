package kaisei

import (
	"errors"
	"fmt"
)

// ErrNotFound is returned where something asked for by its ID or hash is not stored.
var ErrNotFound = errors.New("not found")

// ErrLocked is returned where another process holds the store.
var ErrLocked = errors.New("held by another process")

// Fault is a failure of a look with the cause that the ledger records. Fetch and
// extract return faults; anything else that fails there is CauseInternal.
type Fault struct {
	Cause Cause
	// Detail says what was seen: hosts, statuses, sizes. What to do stands with the cause (render.Remedy), and
	// only here where it depends on what was seen. It holds no secret.
	Detail string
	// Status is the HTTP status seen, or 0.
	Status int
	// RetryAfterSeconds is what the server asked for, or 0.
	RetryAfterSeconds int
	// Host is who asked for it, where RetryAfterSeconds is set.
	Host string
	// Unasked is true where no request was made, because the host had asked to be left alone before.
	Unasked bool
	Err     error
}

// Error implements error.
func (f *Fault) Error() string {
	switch {
	case f.Detail == "" && f.Err == nil:
		return string(f.Cause)
	case f.Detail == "":
		return fmt.Sprintf("%s: %v", f.Cause, f.Err)
	case f.Err == nil:
		return fmt.Sprintf("%s: %s", f.Cause, f.Detail)
	}
	return fmt.Sprintf("%s: %s: %v", f.Cause, f.Detail, f.Err)
}

// Unwrap implements the errors interface.
func (f *Fault) Unwrap() error { return f.Err }

// Faultf returns a fault whose detail is formatted.
func Faultf(cause Cause, format string, args ...any) *Fault {
	return &Fault{Cause: cause, Detail: fmt.Sprintf(format, args...)}
}

// CauseOf returns the cause of err, CauseInternal for an error without one and ""
// for nil.
func CauseOf(err error) Cause {
	if err == nil {
		return ""
	}
	var f *Fault
	if errors.As(err, &f) {
		return f.Cause
	}
	return CauseInternal
}
