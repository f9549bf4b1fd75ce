package fetch

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"
)

// Archive answers HTTP requests from WARC files as of a virtual time: with the latest
// capture of exactly that URL at or before then, or with a *kaisei.Fault of
// CauseNotArchived. It implements http.RoundTripper and is safe for concurrent use.
// Only an index is held in memory; bodies are read from the files when asked for, and
// checked against the digests recorded with them.
type Archive struct {
	closers  []io.Closer
	captures []*capture // in time order
	byURL    map[string][]*capture
	warnings []string

	mu  sync.Mutex // guards now and the reading of files
	now time.Time
}

// Record is one capture in an archive. A capture that says "unchanged" (a WARC revisit
// record, a recorded 304) has the status and type of the one that it repeats.
type Record struct {
	URL       string
	At        time.Time
	Status    int
	MediaType string
}

// OpenArchive indexes WARC files (version 1.0 or 1.1, plain or gzip) in one reading
// each. A file that is damaged somewhere is used up to there, and from the next record on that can be found, and
// Warnings says where; a file that is not WARC, or holds no capture, is an error. The virtual time is that
// of the last record until Set. Close releases the files.
func OpenArchive(files ...string) (*Archive, error) {
	a := &Archive{byURL: map[string][]*capture{}}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, errors.Join(err, a.Close())
		}
		a.closers = append(a.closers, f)
		info, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, a.Close())
		}
		if err := a.add(name, &warcFile{r: f, size: info.Size()}); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	a.index()
	return a, nil
}

// Close releases the files. Requests after it fail.
func (a *Archive) Close() error {
	var errs []error
	for _, c := range a.closers {
		errs = append(errs, c.Close())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// Records returns all captures in time order; those of the same time in the order of
// the files.
func (a *Archive) Records() []Record {
	out := make([]Record, len(a.captures))
	for i, c := range a.captures {
		out[i] = c.Record
	}
	return out
}

// Warnings says what of the files could not be used, and where.
func (a *Archive) Warnings() []string { return slices.Clone(a.warnings) }

// Set moves the virtual time.
func (a *Archive) Set(t time.Time) {
	a.mu.Lock()
	a.now = t.UTC()
	a.mu.Unlock()
}

// Now returns the virtual time.
func (a *Archive) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// add reads one file into the index.
func (a *Archive) add(name string, f recordFile) error {
	before, warned := len(a.captures), 0
	err := f.scan(func(rec warcRecord, block io.Reader) {
		whole := &io.LimitedReader{R: block, N: rec.size}
		c, err := readCapture(rec, whole)
		if _, broken := io.Copy(io.Discard, whole); broken != nil || whole.N > 0 {
			return // scan ends with the reason
		}
		switch {
		case err == nil && c != nil:
			c.file, c.name = f, name
			a.captures = append(a.captures, c)
		case err != nil && warned < maxWarnings:
			warned++
			a.warnings = append(a.warnings, fmt.Sprintf("%s: record %s of %s: %v; it is left out", name, rec.header["warc-record-id"], rec.header["warc-date"], err))
		}
	}, func(damage error) {
		a.warnings = append(a.warnings, fmt.Sprintf("%s: %v", name, damage))
	})
	n := len(a.captures) - before
	switch {
	case err != nil && n == 0:
		return fmt.Errorf("read %s: %w", name, err)
	case err != nil:
		a.warnings = append(a.warnings, fmt.Sprintf("%s: %v; only the %d captures before it are used", name, err, n))
	case n == 0:
		return fmt.Errorf("read %s: it holds no captures of web pages", name)
	}
	return nil
}

// index puts the captures in order and finds what the revisits repeat.
func (a *Archive) index() {
	slices.SortStableFunc(a.captures, func(b, c *capture) int { return b.At.Compare(c.At) })
	byID, byDigest := map[string]*capture{}, map[string]*capture{}
	for _, c := range a.captures {
		if c.id != "" {
			byID[c.id] = c
		}
	}
	for _, c := range a.captures {
		key := URLKey(c.URL)
		if c.revisit {
			c.repeats = a.original(c, key, byID, byDigest)
			if c.repeats == nil {
				if len(a.warnings) < maxWarnings {
					a.warnings = append(a.warnings, fmt.Sprintf("%s: the capture of %s at %s repeats one that the files do not hold", c.name, c.URL, c.At.Format(time.RFC3339)))
				}
			} else {
				if c.Status == 0 || c.Status == 304 {
					c.Status, c.etag, c.modified = c.repeats.Status, c.repeats.etag, c.repeats.modified
				}
				if c.MediaType == "" {
					c.MediaType = c.repeats.MediaType
				}
			}
		} else if c.payload != "" {
			byDigest[c.payload] = c
		}
		a.byURL[key] = append(a.byURL[key], c)
	}
	if n := len(a.captures); n > 0 {
		a.now = a.captures[n-1].At
	}
}

// original finds the capture that holds the body which the revisit c repeats: the one
// it names by ID, or by URL and time, or by digest, or else the one before it.
func (a *Archive) original(c *capture, key string, byID, byDigest map[string]*capture) *capture {
	holder := func(o *capture) *capture {
		if o != nil && o.revisit {
			return o.repeats // itself an earlier revisit; nil where it comes later
		}
		return o
	}
	if o := holder(byID[c.refersTo]); c.refersTo != "" && o != nil {
		return o
	}
	if c.refersURL != "" && !c.refersAt.IsZero() {
		for _, o := range a.byURL[URLKey(c.refersURL)] {
			if o.At.Equal(c.refersAt) && o != c && holder(o) != nil {
				return holder(o)
			}
		}
	}
	if c.payload != "" {
		return byDigest[c.payload]
	}
	if same := a.byURL[key]; len(same) > 0 {
		return holder(same[len(same)-1])
	}
	return nil
}
