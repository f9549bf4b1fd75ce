package simulate

import (
	"errors"
	"fmt"
	"slices"

	"kaisei/internal/kaisei"
)

// The epochs of a site, in their order.
const (
	EpochBaseline = "baseline" // everything is seen for the first time
	EpochNoise    = "noise"    // nothing changes but noise, layouts, files saved again and items about other things
	EpochChanges  = "changes"  // one page in twenty, and documents and items
	EpochOutage   = "outage"   // faults of every kind
	EpochNetwork  = "network"  // no server answers
	EpochRecovery = "recovery" // all answer again; what changed behind a fault shows
	EpochHidden   = "hidden"   // real changes beside and inside noise; an old text comes back
	EpochFlapping = "flapping" // addresses fail at every second or third request, some of which really changed
	EpochCalm     = "calm"     // all answer, nothing changes
)

// Epochs returns the names of the epochs in their order.
func Epochs() []string {
	return []string{EpochBaseline, EpochNoise, EpochChanges, EpochOutage, EpochNetwork, EpochRecovery, EpochHidden, EpochFlapping, EpochCalm}
}

// Truth is what happened in one epoch.
type Truth struct {
	Name string `json:"name"`
	// Changes are all that people are to be told of what happened in the epoch; nothing else changed.
	Changes []Change `json:"changes"`
	// Failing are the addresses that fail in it.
	Failing []Failing `json:"failing"`
}

// Failing is an address that fails.
type Failing struct {
	Source string `json:"source"`
	URL    string `json:"url"`
	Fault  Fault  `json:"fault"`
	// Every is at which requests the fault shows: 1 at each, 3 at each third.
	Every int `json:"every"`
	// Causes are by what a ledger names it rightly, the best first.
	Causes []kaisei.Cause `json:"causes"`
}

// Of Everything that can change, one in so many does in an epoch.
const changedShare = 20

// Truth returns the truth of the present epoch.
func (s *Site) Truth() Truth {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.truths[len(s.truths)-1]
}

// Next goes to the next epoch and returns its truth. After the last one the epochs from the noise
// on come round again with other pages. The error is that of a port that does not open or close.
func (s *Site) Next() (Truth, error) {
	s.mu.Lock()
	s.epoch++
	names := Epochs()
	t := Truth{Name: names[1+(s.epoch-1)%(len(names)-1)]}
	for _, r := range s.all() {
		r.fault, r.every = "", 0
	}
	for _, h := range s.hosts {
		h.down = ""
	}
	e := &turning{s: s, t: &t}
	e.order = s.rand(streamEdit, 1<<20, s.epoch).Perm(len(s.sources))
	switch t.Name {
	case EpochNoise:
		e.disturb()
	case EpochChanges:
		e.change([]How{HowDigit, HowRemoved, HowAdded, HowHardened, HowItem})
		e.issue()
	case EpochOutage:
		e.fail()
	case EpochNetwork:
		e.unplug()
	case EpochRecovery:
		e.surface()
	case EpochHidden:
		e.hide()
	case EpochFlapping:
		e.flap()
	}
	s.truths = append(s.truths, t)
	server := s.server
	down := make([]bool, len(s.hosts))
	for i, h := range s.hosts {
		down[i] = h.down == FaultRefused
	}
	s.mu.Unlock()
	var errs []error
	for i := range down {
		if server != nil {
			errs = append(errs, server.refuse(i, down[i]))
		}
	}
	return t, errors.Join(errs...)
}

// all returns the sources and the documents that indexes lead to.
func (s *Site) all() []*resource {
	out := slices.Clone(s.sources)
	for _, r := range s.sources {
		if r.index != nil {
			out = append(out, r.index.docs...)
		}
	}
	return out
}

// turning is the way from one epoch to the next.
type turning struct {
	s     *Site
	t     *Truth
	order []int // of the sources, another one in each epoch
}

// pages returns the web pages that fit, in the order of the epoch.
func (e *turning) pages(fits func(*resource) bool) []*resource {
	var out []*resource
	for _, i := range e.order {
		if r := e.s.sources[i]; r.page != nil && (fits == nil || fits(r)) {
			out = append(out, r)
		}
	}
	return out
}

func (e *turning) amend(r *resource, how How) bool {
	c, ok := e.s.amend(r, how)
	if ok {
		e.t.Changes = append(e.t.Changes, c)
	}
	return ok
}

// disturb changes what is no news.
func (e *turning) disturb() {
	for i, r := range e.pages(nil) {
		if i%changedShare == 0 { // the site has a new design
			r.page.layout = (r.page.layout + 1) % layouts
		}
	}
	for _, r := range e.s.sources {
		switch {
		case r.feed != nil:
			e.s.addItem(r, false)
		case r.index != nil:
			for _, doc := range r.index.docs {
				doc.document.saved++
			}
		}
	}
}

// change changes one page in twenty, in all the ways in turn.
func (e *turning) change(ways []How) {
	list := e.pages(nil)
	for i, r := range list[:max(len(ways), len(list)/changedShare)] {
		for k := range ways {
			if e.amend(r, ways[(i+k)%len(ways)]) {
				break
			}
		}
	}
}

// issue changes what feeds and indexes show.
func (e *turning) issue() {
	ways := []How{HowNewVersion, HowInPlace, HowNewDocument}
	k := 0
	for _, r := range e.s.sources {
		switch {
		case r.feed != nil:
			e.s.addItem(r, false)
			e.t.Changes = append(e.t.Changes, e.s.publish(r))
		case r.index != nil:
			if c, ok := e.s.issue(r, ways[k%len(ways)]); ok {
				e.t.Changes = append(e.t.Changes, c)
			}
			k++
		}
	}
}

// breaks makes an address fail at each so-many-th request.
func (e *turning) breaks(r *resource, f Fault, every int) {
	r.fault, r.every = f, every
	e.failing(r, f, every)
}

func (e *turning) failing(r *resource, f Fault, every int) {
	causes := r.causes(f)
	if f == FaultDNS && e.s.server != nil {
		// No name can be taken from a loopback address: the host redirects to one that nobody knows.
		causes = append(slices.Clone(causes), kaisei.CauseRedirectAway)
	}
	e.t.Failing = append(e.t.Failing, Failing{Source: r.id, URL: e.s.url(r), Fault: f, Every: max(1, every), Causes: causes})
}

// causes are by what a ledger names a fault of the resource rightly.
func (r *resource) causes(f Fault) []kaisei.Cause {
	out := f.Causes()
	switch {
	case (r.feed != nil || r.document != nil) && f.webPage():
		out = append(slices.Clone(out), kaisei.CauseWrongType)
	case r.index != nil && f.webPage():
		// A listing that leads nowhere: what stands in its place is not told apart by all readers.
		out = append(slices.Clone(out), kaisei.CauseNoSelection, kaisei.CauseEmpty)
	}
	return out
}

// faultShare is one address in so many for each epoch of faults.
const faultShare = 4

// fail breaks three servers, one page in four, and documents, feeds and indexes.
func (e *turning) fail() {
	for i, f := range map[int]Fault{hostTLS: FaultTLS, hostDNS: FaultDNS, hostRefused: FaultRefused} {
		e.s.hosts[i].down = f
	}
	for _, r := range e.s.sources {
		if f := e.s.hosts[r.host].down; f != "" {
			e.failing(r, f, 1)
		}
	}
	var kinds []Fault
	for _, f := range Faults() {
		if f.Page() && !f.slow() && !f.busy() {
			kinds = append(kinds, f)
		}
	}
	for _, r := range e.pages(func(r *resource) bool { return r.host >= hostBusy }) {
		e.breaks(r, []Fault{FaultTooMany, FaultTooManyWait}[r.host-hostBusy], 1)
	}
	list := e.pages(func(r *resource) bool { return r.host < hostTLS && !e.s.waits(r) })
	for i, r := range list[:min(len(list), max(len(kinds), len(list)/faultShare))] {
		e.breaks(r, kinds[i%len(kinds)], 1)
	}
	for i, r := range e.pages(func(r *resource) bool { return r.host < hostTLS && e.s.waits(r) }) {
		e.breaks(r, []Fault{FaultTimeout, FaultSlowBody}[i%2], 1)
	}
	feeds, docs, indexes := 0, 0, 0
	for _, r := range e.s.all() {
		if e.s.hosts[r.host].down != "" {
			continue
		}
		switch {
		case r.feed != nil:
			e.breaks(r, []Fault{FaultMaintenance, FaultHollow, FaultAccepted, FaultCut, FaultWrongType, FaultSoft404}[feeds%6], 1)
			feeds++
		case r.index != nil:
			if f := []Fault{"", FaultHollow, FaultMaintenance, FaultSoft404}[indexes%4]; f != "" {
				e.breaks(r, f, 1)
			}
			indexes++
		}
	}
	for _, r := range e.s.sources {
		if r.index == nil || r.fault != "" {
			continue
		}
		for _, doc := range r.index.docs {
			e.breaks(doc, []Fault{FaultWrongType, FaultGone, FaultCut, FaultChallenge}[docs%4], 1)
			docs++
		}
	}
}

// unplug is the end of the network: no connection is made to any server.
func (e *turning) unplug() {
	for _, h := range e.s.hosts {
		h.down = FaultRefused
	}
	for _, r := range e.s.sources {
		e.failing(r, FaultRefused, 1)
	}
}

// surface shows what changed while nobody could look.
func (e *turning) surface() {
	before := e.s.truths[len(e.s.truths)-2]
	n := 0
	for _, f := range before.Failing {
		if r, err := e.s.source(f.Source); err == nil && r.page != nil && n < 4 && e.amend(r, []How{HowRemoved, HowDigit}[n%2]) {
			n++
		}
	}
}

// hide changes texts beside and inside what is noise, and brings old texts back.
func (e *turning) hide() {
	changed := e.pages(func(r *resource) bool { return len(r.page.past) == 1 })
	noisy := e.pages(func(r *resource) bool { return r.page.noise != 0 && len(r.page.past) == 0 })
	ways := []How{HowHidden, HowNumber, HowDigit, HowRemoved, HowHidden}
	n := 0
	for _, r := range noisy {
		if n < max(len(ways), len(noisy)/changedShare) && e.amend(r, ways[n%len(ways)]) {
			n++
		}
	}
	n = 0
	for _, r := range changed {
		if n < 3 && e.amend(r, HowReverted) {
			n++
		}
	}
}

// flap makes one page in ten fail now and then, and really changes some of them.
func (e *turning) flap() {
	var kinds []Fault
	for _, f := range Faults() {
		if f.Page() && !f.slow() && !f.busy() {
			kinds = append(kinds, f)
		}
	}
	list := e.pages(func(r *resource) bool { return r.host < hostBusy && !e.s.waits(r) })
	for i, r := range list[:len(list)/10] {
		e.breaks(r, kinds[(i+e.s.epoch)%len(kinds)], 2+i%2)
		if i%3 == 0 {
			_ = e.amend(r, HowRemoved) || e.amend(r, HowDigit)
		}
	}
}

// waits reports whether a story makes the source wait for an answer, so that its timeout is short.
func (s *Site) waits(r *resource) bool {
	return r.page != nil && r.n%waitEvery == waitAt && r.n < waitEvery*mostWaiting
}

// Of the pages that a story makes wait: each so-many-th from the given one on, and the most of them.
const waitEvery, waitAt, mostWaiting = 25, 11, 6

// Waits reports whether a story makes the source wait, so that its timeout is so short that a busy machine may
// exceed it.
func (s *Site) Waits(source string) bool {
	r, err := s.source(source)
	return err == nil && s.waits(r)
}

// Break makes a source fail from now on, at each request where every is 1; an empty fault mends it.
// Faults of a whole server strike its host.
func (s *Site) Break(source string, f Fault, every int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.source(source)
	if err != nil {
		return err
	}
	if f.Host() || (f == FaultWrongType && r.page != nil) {
		return fmt.Errorf("break %s by %s: the fault does not strike one page; see Down", source, f)
	}
	r.fault, r.every = f, every
	return nil
}

// Down breaks the server of a source by a fault of a whole server, or all servers where source is
// empty; an empty fault mends them.
func (s *Site) Down(source string, f Fault) error {
	s.mu.Lock()
	server := s.server
	var struck []int
	r, err := s.source(source)
	for i, h := range s.hosts {
		if source == "" || err == nil && r.host == i {
			h.down = f
			struck = append(struck, i)
		}
	}
	s.mu.Unlock()
	if source == "" {
		err = nil
	}
	for _, i := range struck {
		if server != nil {
			err = errors.Join(err, server.refuse(i, f == FaultRefused))
		}
	}
	return err
}
