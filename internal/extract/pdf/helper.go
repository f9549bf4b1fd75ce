package pdf

import (
	"context"
	"sync"
)

// A second sandbox reads a document from its last page towards the first while the first one
// reads it from the front, until they meet: adjoining pages share fonts, and neither waits for the
// slower half. It only helps. What it cannot read it leaves to the first, which goes through all pages
// in order and alone says what is wrong, so that the outcome is that of one reader.

const (
	// minHelped is how many pages a document has for which the second sandbox pays.
	minHelped = 6
	// maxHelped is the size of the largest file that is loaded twice.
	maxHelped = 16 << 20
	// maxAhead is how many bytes of pages are kept until their turn comes.
	maxAhead = 24 << 20
)

// helper is the second reader of one document.
type helper struct {
	mu      sync.Mutex
	changed sync.Cond // on mu: a page is read, or the helper has ended
	front   int       // the page that the first reader has taken last
	back    int       // the page that the helper has taken last
	busy    bool      // the helper is reading page back
	read    map[int]pageRead
	joined  sync.WaitGroup
}

// pageRead is a page ready to be sent.
type pageRead struct {
	frame  []byte
	glyphs int
}

// help starts a helper, or gives an idle one where it would not pay. The caller ends it.
func help(ctx context.Context, e *engine, body []byte, pages int) *helper {
	h := &helper{back: pages, read: map[int]pageRead{}}
	h.changed.L = &h.mu
	if e.helped && pages >= minHelped && len(body) <= maxHelped {
		h.joined.Go(func() { h.run(ctx, e, body) })
	}
	return h
}

// run reads pages until there are no more to take or one cannot be read.
func (h *helper) run(ctx context.Context, e *engine, body []byte) {
	in, err := e.open(ctx)
	if err != nil {
		return
	}
	defer in.close()
	doc, err := in.load(body)
	if err != nil {
		return
	}
	ahead := 0
	for ahead < maxAhead && h.next() {
		// Only this goroutine writes back.
		s, err := in.page(doc, h.back, maxSheetGlyphs)
		if err == nil {
			err = in.err
		}
		if err != nil {
			h.give(pageRead{})
			return
		}
		p := pageRead{frame: appendSheet(nil, s), glyphs: len(s.glyphs)}
		ahead += len(p.frame)
		h.give(p)
	}
}

// next takes a page for the helper.
func (h *helper) next() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.back-1 <= h.front {
		return false
	}
	h.back--
	h.busy = true
	return true
}

// give hands over the page taken, or gives it back unread.
func (h *helper) give(p pageRead) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.busy = false
	if p.frame == nil {
		h.back++
	} else {
		h.read[h.back] = p
	}
	h.changed.Broadcast()
}

// take returns page i as the helper has read it, for which it waits where it is at it; one
// without a frame is for the caller to read. Pages are taken in order.
func (h *helper) take(i int) pageRead {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.front = i
	for h.busy && h.back == i {
		h.changed.Wait()
	}
	p := h.read[i]
	delete(h.read, i)
	return p
}

// end has the helper take no more pages and waits for it.
func (h *helper) end() {
	h.mu.Lock()
	h.front = h.back
	h.mu.Unlock()
	h.joined.Wait()
}
