package pdf

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"kaisei/internal/kaisei"
)

// Limits that a Worker has where its fields say nothing else.
const (
	// DefaultTimeout is how long a document may take, the start of the child with a cold
	// cache (some seconds) included.
	DefaultTimeout = 2 * time.Minute
	// DefaultMaxPages is how many pages a document may have.
	DefaultMaxPages = 2000
	// DefaultMaxDocuments is how many documents a child reads before it is replaced.
	DefaultMaxDocuments = 500
)

// Worker reads documents in a child process that it keeps warm. It is safe for
// concurrent use; documents are read one after the other. The zero value with a Command works.
type Worker struct {
	// Command is the argument list of the child, whose process calls Main:
	// {os.Executable(), "pdf-worker"}.
	Command []string
	// Env is the child's environment, in the form of os.Environ. It needs none.
	Env []string
	// CacheDir is where compiled code is kept between starts. It holds native code that is
	// run without a check, so it is made, and must be, accessible to its owner only. Without one
	// every start costs three to four seconds.
	CacheDir string
	// Timeout, MaxPages, MaxGlyphs and MaxDocuments are limits; 0 means the default.
	Timeout      time.Duration
	MaxPages     int
	MaxGlyphs    int
	MaxDocuments int

	mu     sync.Mutex
	child  *child
	starts atomic.Int64
}

// Starts is how often a child was started. It never waits for a document.
func (w *Worker) Starts() int { return int(w.starts.Load()) }

// Read reads a document. An error is a *kaisei.Fault: CauseDecode for damaged bytes,
// CauseEncrypted, CauseLimit, CauseTimeout, CauseNoText for pages without text, CauseInternal where
// the child cannot be started. One page that cannot be read fails the whole document: part of a text
// would look like the deletion of the rest.
func (w *Worker) Read(ctx context.Context, body []byte) (Reading, error) {
	p, err := w.paper(ctx, body)
	if err != nil {
		return Reading{}, err
	}
	if err := p.readable(); err != nil {
		return Reading{}, err
	}
	return p.layout(), nil
}

// Close ends the child. The worker can be used again after it.
func (w *Worker) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop()
	return nil
}

// headerWithin is how far into a file its header may stand; readers accept junk before it.
const headerWithin = 1024

// paper has the child read a document.
func (w *Worker) paper(ctx context.Context, body []byte) (*paper, error) {
	if len(body) > MaxBody {
		return nil, kaisei.Faultf(kaisei.CauseLimit, "%d bytes, over the limit of %d for a PDF", len(body), MaxBody)
	}
	if !bytes.Contains(body[:min(len(body), headerWithin)], []byte("%PDF-")) {
		return nil, kaisei.Faultf(kaisei.CauseDecode, "%d bytes without the header of a PDF", len(body))
	}
	timeout := w.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	for again := true; ; again = false {
		if err := ctx.Err(); err != nil {
			return nil, w.timedOut(err, timeout)
		}
		fresh := w.child == nil
		p, err := w.ask(ctx, body, timeout)
		if err == nil {
			w.child.served++
			if w.child.served >= or(w.MaxDocuments, DefaultMaxDocuments) {
				w.drop()
			}
			return p, nil
		}
		var r refusalError
		if errors.As(err, &r) {
			if r.Broken || r.Cause != kaisei.CauseDecode && r.Cause != kaisei.CauseEncrypted {
				w.drop()
			}
			return nil, kaisei.Faultf(r.Cause, "%s", r.Detail)
		}
		starting := w.child == nil || !w.child.ready
		silent := starting || !w.child.answered
		said := w.drop()
		switch {
		case ctx.Err() != nil:
			return nil, w.timedOut(ctx.Err(), timeout)
		case silent && !fresh && again:
			continue // a warm child that had died before it was asked
		case starting:
			return nil, &kaisei.Fault{Cause: kaisei.CauseInternal, Detail: strings.TrimSuffix("the reading process does not start; check that the executable can start itself: "+said, ": "), Err: err}
		case said == processorLimit:
			return nil, kaisei.Faultf(kaisei.CauseTimeout, "the document took more than %v of processor time", timeout)
		}
		return nil, &kaisei.Fault{Cause: kaisei.CauseLimit, Detail: "the document ended the reading process: " + said, Err: err}
	}
}

func (w *Worker) timedOut(err error, timeout time.Duration) error {
	if errors.Is(err, context.Canceled) {
		return &kaisei.Fault{Cause: kaisei.CauseTimeout, Detail: "reading was stopped", Err: err}
	}
	return kaisei.Faultf(kaisei.CauseTimeout, "the document was not read within %v", timeout)
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// refusalError is a refusal of the child as an error.
type refusalError struct{ refusal }

func (r refusalError) Error() string { return string(r.Cause) + ": " + r.Detail }

// ask sends a document to the child, which it starts where there is none, and reads the answer.
func (w *Worker) ask(ctx context.Context, body []byte, timeout time.Duration) (*paper, error) {
	if w.child == nil {
		dir, err := prepareCache(w.CacheDir)
		if err != nil {
			return nil, err
		}
		c, err := startChild(w.Command, w.Env, limits{
			CacheDir: dir, MaxPages: or(w.MaxPages, DefaultMaxPages), MaxBody: MaxBody,
			MaxGlyphs: or(w.MaxGlyphs, MaxGlyphs), CPUSeconds: int(timeout.Seconds()) + 1,
		})
		if err != nil {
			return nil, err
		}
		w.child = c
		w.starts.Add(1)
	}
	c := w.child
	c.answered = false
	stop := context.AfterFunc(ctx, c.kill)
	defer stop()
	if err := c.wait(); err != nil {
		return nil, err
	}
	if err := writeFrame(c.in, frameBody, body); err != nil {
		return nil, fmt.Errorf("send the document: %w", err)
	}
	return c.answer(or(w.MaxPages, DefaultMaxPages), or(w.MaxGlyphs, MaxGlyphs))
}

// refused reads a refusal.
func refused(payload []byte) error {
	var r refusal
	if err := json.Unmarshal(payload, &r); err != nil || r.Cause == "" {
		return fmt.Errorf("%w: a refusal", errFrame)
	}
	return refusalError{r}
}

// answer reads what the child says about one document.
func (c *child) answer(maxPages, maxGlyphs int) (*paper, error) {
	var p paper
	var buf []byte
	var kind byte
	var err error
	glyphs := 0
	for {
		kind, buf, err = readFrame(c.out, buf, maxSheetFrame)
		if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		c.answered = true
		switch {
		case kind == frameError:
			return nil, refused(buf)
		case kind == frameOutline && p.pages == 0:
			if p, err = parseOutline(buf); err != nil {
				return nil, err
			}
			if p.pages <= 0 || p.pages > maxPages {
				return nil, fmt.Errorf("%w: %d pages", errFrame, p.pages)
			}
		case kind == frameSheet && len(p.sheets) < p.pages:
			s, err := parseSheet(buf)
			if err != nil {
				return nil, err
			}
			if glyphs += len(s.glyphs); glyphs > maxGlyphs {
				return nil, fmt.Errorf("%w: %d glyphs", errFrame, glyphs)
			}
			p.sheets = append(p.sheets, s)
		case kind == frameEnd && p.pages > 0 && len(p.sheets) == p.pages:
			return &p, nil
		default:
			return nil, fmt.Errorf("%w: kind %q after %d of %d pages", errFrame, kind, len(p.sheets), p.pages)
		}
	}
}

// drop ends the child and returns the first line that it said on its standard error.
func (w *Worker) drop() string {
	if w.child == nil {
		return ""
	}
	c := w.child
	w.child = nil
	return c.end()
}

// prepareCache makes the directory of compiled code, or refuses one that others can write to.
func prepareCache(dir string) (string, error) {
	if dir == "" {
		return "", nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the cache of compiled code: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", fmt.Errorf("look at the cache of compiled code: %w", err)
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ownedByUs(info) {
		return "", fmt.Errorf("the cache of compiled code %s must be a directory of this user with mode 0700, not %v", dir, info.Mode())
	}
	return dir, nil
}

// readable refuses a document without text.
func (p *paper) readable() error {
	var japanese, latin, unmapped int
	var images []int
	empty := 0
	for i := range p.sheets {
		s := &p.sheets[i]
		letters := 0
		for _, g := range s.glyphs {
			switch {
			case isJapanese(g.r):
				japanese++
				letters++
			case isLatin(g.r):
				latin++
				letters++
			}
		}
		unmapped += s.unmapped
		if letters == 0 {
			empty++
			if s.images >= imagePage {
				images = append(images, i+1)
			}
		}
	}
	n := len(p.sheets)
	if japanese == 0 && (latin < minLatin || unmapped > latin) || 2*len(images) > n {
		detail := fmt.Sprintf("no Japanese text on %d pages", n)
		if 2*len(images) > n && japanese > 0 {
			detail = fmt.Sprintf("no text on %d of %d pages", empty, n)
		}
		if len(images) > 0 {
			detail += "; images without text: page " + pageList(images)
		}
		if unmapped > 0 {
			detail += fmt.Sprintf("; %d characters that the file does not name", unmapped)
		}
		return kaisei.Faultf(kaisei.CauseNoText, "%s; read it by eye, or ask the publisher for a copy with text", detail)
	}
	return nil
}

const (
	// imagePage is the part of a page that images cover where the page counts as a scan.
	imagePage = 0.3
	// minLatin is how many Latin letters make a document without Japanese readable (a translation).
	minLatin = 200
)

// pageList writes page numbers as ranges: 1–3, 7.
func pageList(pages []int) string {
	var b strings.Builder
	for i := 0; i < len(pages); {
		j := i
		for j+1 < len(pages) && pages[j+1] == pages[j]+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		if j > i {
			fmt.Fprintf(&b, "%d–%d", pages[i], pages[j])
		} else {
			fmt.Fprintf(&b, "%d", pages[i])
		}
		i = j + 1
	}
	return b.String()
}
