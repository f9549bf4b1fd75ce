package pdf

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"kaisei/internal/kaisei"
)

// limits is what the parent tells the child once.
type limits struct {
	CacheDir  string `json:"cache_dir"`
	MaxPages  int    `json:"max_pages"`
	MaxBody   int    `json:"max_body"`
	MaxGlyphs int    `json:"max_glyphs"`
	// CPUSeconds is how much processor time a document may take.
	CPUSeconds int `json:"cpu_seconds"`
}

// maxLimitsFrame is the size of the largest frameLimits.
const maxLimitsFrame = 64 << 10

// refusal is what the child answers when it cannot read a document.
type refusal struct {
	Cause  kaisei.Cause `json:"cause"`
	Detail string       `json:"detail"`
	// Broken says that the child can read no further document.
	Broken bool `json:"broken,omitempty"`
}

// processorLimit is what a child says that has used up its processor time.
const processorLimit = "processor time limit"

// childGCPercent keeps the Go heap of the child small; the sandbox lies outside it.
const childGCPercent = 50

// Main is the body of the child process: it reads requests from stdin until it is
// closed, and writes what it finds on stdout. It limits the memory of its own process, so it
// is called in a process of its own.
func Main(stdin io.Reader, stdout io.Writer) error {
	debug.SetGCPercent(childGCPercent)
	if err := limitAddressSpace(maxAddressSpace); err != nil {
		return fmt.Errorf("limit memory: %w", err)
	}
	processors := runtime.GOMAXPROCS(0) // before the next line raises it
	dieAtProcessorLimit()
	l, err := readLimits(stdin)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read limits: %w", err)
	}
	ctx := context.Background()
	e, err := newEngine(ctx, l.CacheDir)
	if err != nil {
		writeRefusal(stdout, refusal{Cause: kaisei.CauseInternal, Detail: err.Error(), Broken: true})
		return err
	}
	e.helped = processors > 1
	if err := writeFrame(stdout, frameReady, nil); err != nil {
		return err
	}
	var body []byte
	for {
		var kind byte
		kind, body, err = readFrame(stdin, body, l.MaxBody)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a document: %w", err)
		}
		if kind != frameBody {
			return fmt.Errorf("read a document: %w: kind %q", errFrame, kind)
		}
		if err := limitProcessor(l.CPUSeconds); err != nil {
			return fmt.Errorf("limit processor time: %w", err)
		}
		if err := serve(ctx, e, body, l, stdout); err != nil {
			return err
		}
		if cap(body) > 32<<20 {
			body = nil
		}
	}
}

// readLimits reads the first frame.
func readLimits(stdin io.Reader) (limits, error) {
	var l limits
	kind, payload, err := readFrame(stdin, nil, maxLimitsFrame)
	if err != nil {
		return l, err
	}
	if kind != frameLimits {
		return l, fmt.Errorf("%w: kind %q", errFrame, kind)
	}
	return l, json.Unmarshal(payload, &l)
}

// serve answers one document. The error it returns is that of writing.
func serve(ctx context.Context, e *engine, body []byte, l limits, stdout io.Writer) error {
	in, err := e.open(ctx)
	if err != nil {
		return writeRefusal(stdout, refusal{Cause: kaisei.CauseInternal, Detail: err.Error(), Broken: true})
	}
	defer in.close()
	doc, err := in.load(body)
	if err != nil {
		return writeRefusal(stdout, refusalOf(err, "open the document"))
	}
	about := in.about(doc)
	if in.err != nil {
		return writeRefusal(stdout, refusalOf(in.err, "read the outline"))
	}
	if about.pages <= 0 {
		return writeRefusal(stdout, refusal{Cause: kaisei.CauseDecode, Detail: "the document has no pages"})
	}
	if about.pages > l.MaxPages {
		return writeRefusal(stdout, refusal{Cause: kaisei.CauseLimit, Detail: fmt.Sprintf("%d pages, over the limit of %d", about.pages, l.MaxPages)})
	}
	if err := writeFrame(stdout, frameOutline, appendOutline(nil, &about)); err != nil {
		return err
	}
	h := help(ctx, e, body, about.pages)
	err = in.send(doc, about.pages, l.MaxGlyphs, h, stdout)
	h.end()
	var refused refusalError
	if errors.As(err, &refused) {
		return writeRefusal(stdout, refused.refusal)
	}
	if err != nil {
		return err
	}
	return writeFrame(stdout, frameEnd, nil)
}

// send writes the pages of a document in order. A page that cannot be read is a refusalError.
func (in *instance) send(doc uint64, pages, budget int, h *helper, stdout io.Writer) error {
	var buf []byte
	for i := range pages {
		p := h.take(i)
		if p.frame == nil || budget < maxSheetGlyphs {
			s, err := in.page(doc, i, budget)
			if err == nil {
				err = in.err
			}
			if err != nil {
				return refusalError{refusalOf(err, fmt.Sprintf("page %d of %d", i+1, pages))}
			}
			buf = appendSheet(buf[:0], s)
			p = pageRead{frame: buf, glyphs: len(s.glyphs)}
		}
		budget -= p.glyphs
		if err := writeFrame(stdout, frameSheet, p.frame); err != nil {
			return err
		}
	}
	return nil
}

// refusalOf names the cause of an error of the engine.
func refusalOf(err error, at string) refusal {
	r := refusal{Cause: kaisei.CauseDecode, Detail: at + ": " + err.Error()}
	switch {
	case errors.Is(err, errPassword):
		r.Cause, r.Detail = kaisei.CauseEncrypted, "the document opens only with a password; ask the publisher for an open copy"
	case errors.Is(err, errGlyphs):
		r.Cause = kaisei.CauseLimit
	case errors.Is(err, errMemory):
		r.Cause = kaisei.CauseLimit
	case errors.Is(err, errFormat):
		r.Detail = at + ": " + err.Error() + "; fetch it again"
	default:
		// The sandbox stopped: pdfium ran out of its memory or met what it could not stand.
		r.Cause = kaisei.CauseLimit
		r.Detail = at + ": the reader stopped, at its memory limit or on damaged content: " + firstLine(err.Error())
	}
	return r
}

func firstLine(s string) string {
	for i, r := range s {
		if r == '\n' {
			return s[:i]
		}
	}
	return s
}

func writeRefusal(w io.Writer, r refusal) error {
	payload, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return writeFrame(w, frameError, payload)
}
