package watch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"kaisei/internal/kaisei"
)

// page is one answer within a visit.
type page struct {
	capture kaisei.Capture
	seen    kaisei.Seen
	look    kaisei.Look
	// unkept is true where the bytes were not kept: nothing in them is new.
	unkept bool
	// same is true where the answer is what was last judged there: 304 or equal bytes.
	same  bool
	fault error
	// unasked is true where no request was made because the host had asked to be left alone.
	unasked bool
	// notes are the reader's.
	notes []string
	// damage is what is broken in the file, or "".
	damage string
	// from is the listing that led here, or nil.
	from *page
	// called is what the listing calls the document, or "".
	called string
}

// open asks for a URL, conditionally where it was seen before. A failure is in the page.
func (v *visit) open(ctx context.Context, url string) (page, error) {
	v.done[url] = true
	seen, _, err := v.w.Store.Seen(v.s.ID, url)
	if err != nil {
		return page{}, fmt.Errorf("read what was seen at %s: %w", url, err)
	}
	p := page{seen: seen, look: kaisei.Look{Source: v.s.ID, At: v.w.now(), URL: url}}
	req := kaisei.Request{URL: url, ETag: seen.ETag, LastModified: seen.LastModified, Policy: v.s.Fetch}
	if seen.Pending.Waits() || !seen.Again.IsZero() || p.look.At.Sub(seen.Full) > FullFetch {
		req.ETag, req.LastModified = "", ""
	}
	return p, v.ask(ctx, &p, req)
}

// ask makes one request and takes its answer into p.
func (v *visit) ask(ctx context.Context, p *page, req kaisei.Request) error {
	v.fetches++
	start := v.w.now()
	v.rise()
	c, err := v.w.Fetch.Get(ctx, req)
	if v.sit(ctx) != nil {
		return ctx.Err()
	}
	p.look.Took = v.w.now().Sub(start)
	if err != nil {
		p.fault = err
		p.look = p.failed(err)
		var f *kaisei.Fault
		if errors.As(err, &f) {
			v.heed(f, p)
		}
		if !p.unasked {
			v.w.asked(req.URL, start)
		}
		return nil
	}
	if c.At.IsZero() {
		c.At = start
	}
	p.look.Status, p.look.Size, p.look.Hash = c.Status, c.Size, c.Hash
	p.same, p.look.Verdict = false, ""
	switch {
	case c.Status == http.StatusNotModified:
		p.same, p.look.Verdict = true, kaisei.VerdictNotModified
		c.Hash = p.seen.Hash
	case p.seen.Hash != "" && p.seen.Hash == c.Hash && !p.seen.Pending.Waits():
		p.same, p.look.Verdict = true, kaisei.VerdictSameBytes
	}
	p.capture = c
	return nil
}

// heed takes up what a server asked for.
func (v *visit) heed(f *kaisei.Fault, p *page) {
	asked := min(time.Duration(f.RetryAfterSeconds)*time.Second, MaxRetry)
	if asked > v.retryAfter {
		v.retryAfter, v.askedBy = asked, f.Host
	}
	if !f.Unasked {
		return
	}
	if v.alone == nil {
		v.alone = map[string]bool{}
	}
	v.alone[kaisei.Host(p.look.URL)] = true
	p.unasked = true
	v.left++
}

// fill gives the page its bytes where a 304 brought none: the stored ones, or, where they were
// dropped because nothing refers to them, those of an unconditional request.
func (v *visit) fill(ctx context.Context, p *page) error {
	if p.fault != nil || p.capture.Body != nil {
		return nil
	}
	body, err := v.w.Store.Body(p.seen.Hash)
	switch {
	case err == nil:
		p.capture.Body, p.capture.Size = body, len(body)
		return nil
	case errors.Is(err, kaisei.ErrNotFound):
		return v.ask(ctx, p, kaisei.Request{URL: p.look.URL, Policy: v.s.Fetch})
	}
	return fmt.Errorf("read evidence of %s: %w", p.look.URL, err)
}

// failed is the page's look with what went wrong.
func (p page) failed(err error) kaisei.Look {
	l := p.look
	l.Verdict = kaisei.VerdictFailed
	l.Cause = kaisei.CauseOf(err)
	if l.Cause == kaisei.CauseNotFound && p.seen.Hash != "" {
		l.Cause = kaisei.CauseVanished
	}
	l.Detail = err.Error()
	var f *kaisei.Fault
	if errors.As(err, &f) {
		if f.Detail != "" {
			l.Detail = f.Detail
		}
		if f.Status != 0 {
			l.Status = f.Status
		}
	}
	return l
}

// remember is what to keep of the page for the next conditional request.
func (p page) remember() *kaisei.Seen {
	s := kaisei.Seen{
		URL: p.look.URL, Hash: p.capture.Hash,
		ETag: p.capture.ETag(), LastModified: p.capture.LastModified(), At: p.look.At, Full: p.look.At,
	}
	if p.look.Verdict == kaisei.VerdictNotModified {
		s.Full = p.seen.Full
	}
	s.Spots, s.Learned, s.Learning, s.Aside = p.seen.Spots, p.seen.Learned, p.seen.Learning, p.seen.Aside
	if p.same {
		if s.ETag == "" {
			s.ETag = p.seen.ETag
		}
		if s.LastModified == "" {
			s.LastModified = p.seen.LastModified
		}
	}
	return &s
}
