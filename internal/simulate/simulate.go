// Package simulate is a set of ministries that never were: a government web whose every page,
// change and fault is known, so that what kaisei tells of it can be held against the truth.
//
// A Site is made from a seed and sizes, always the same. It holds pages of law-like Japanese in
// several layouts and encodings, feeds of three kinds, and indexes that lead to PDFs. Pages are noisy
// as real ones are: what is not their content changes at every fetch. Time passes in epochs (Next):
// each makes real changes, breaks addresses or mends them, and returns its Truth.
//
// The same Site answers over loopback (Serve) and in process as an http.RoundTripper without
// sockets or goroutines, so that a story with a virtual clock can use it. It never reaches out.
package simulate

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// The sizes of a Site where its Options do not say.
const (
	DefaultPages   = 500
	DefaultMinSize = 20_000
	DefaultMaxSize = 200_000
)

// Options are what a Site is made from. The same options make the same site.
type Options struct {
	Seed uint64
	// Pages is how many web pages there are, MinSize and MaxSize their bytes in UTF-8.
	Pages, MinSize, MaxSize int
	// Feeds and Indexes are how many feeds and indexes with PDFs there are besides; 0 makes none.
	Feeds, Indexes int
	// Quiet makes pages without noise, for measurements of what a look costs.
	Quiet bool
	// Now is the clock that pages show; nil counts a minute for every request.
	Now func() time.Time
}

// Site is one simulated web. It is safe for concurrent use.
type Site struct {
	options Options
	hosts   []*host

	mu      sync.Mutex
	sources []*resource          // in the order of their numbers
	at      map[string]*resource // by host and path
	ticks   int                  // requests answered, which is the site's own clock
	epoch   int
	truths  []Truth
	server  *Server // where the site is served
	tlsBase string  // where an expired certificate stands
}

// host is one ministry's web server.
type host struct {
	key, name string
	base      string // http://www.mihon.example, or where it listens
	down      Fault
	counts    Counts
	flying    int
}

// Counts is what a host was asked for.
type Counts struct {
	Requests    int
	NotModified int
	// Bytes is the size of the bodies as they were sent, compressed where they were.
	Bytes int64
	// InFlight is the largest number of requests that were under way at once.
	InFlight int
}

// ministries are the hosts: key, name, and the share of the pages, in parts of 50. Three of them are small:
// faults of a whole server strike them. The last two have one page each: they are busy, and whoever is told so
// keeps away from the whole host, which is to hide no other fault.
var ministries = []struct {
	key, name string
	share     int
}{
	{"mihon", "見本省", 12}, {"reiji", "例示庁", 11}, {"mogi", "模擬委員会", 10}, {"shiko", "試行府", 8}, {"enshu", "演習機構", 6},
	{"kaku", "架空研究所", 1}, {"kasetsu", "仮設局", 1}, {"sotei", "想定院", 1},
	{"konzatsu", "混雑庁", 0}, {"taiki", "待機局", 0},
}

// The hosts that faults of a whole server strike.
const (
	hostTLS     = 5
	hostDNS     = 6
	hostRefused = 7
)

// The hosts that are busy, in the order of the pages that stand there.
const (
	hostBusy  = 8
	busyFrom  = 2 // the first of the pages on busy hosts
	busyHosts = 2
)

// New makes a site.
func New(o Options) *Site {
	o.Pages = cmp.Or(o.Pages, DefaultPages)
	o.MinSize = cmp.Or(o.MinSize, DefaultMinSize)
	o.MaxSize = max(cmp.Or(o.MaxSize, DefaultMaxSize), o.MinSize)
	s := &Site{options: o, at: map[string]*resource{}}
	var shares []int
	for i, m := range ministries {
		s.hosts = append(s.hosts, &host{key: m.key, name: m.name, base: "http://www." + m.key + ".example"})
		for range m.share {
			shares = append(shares, i)
		}
	}
	// Stride through the shares so that every host has pages of every kind.
	const stride = 7
	for n := range o.Pages {
		at := shares[n*stride%len(shares)]
		if k := n - busyFrom; k >= 0 && k < busyHosts {
			at = hostBusy + k
		}
		s.add(newPage(s, n, at))
	}
	for k := range o.Feeds {
		s.add(newFeed(s, k, len(s.sources)))
	}
	for k := range o.Indexes {
		s.add(newIndex(s, k, len(s.sources)))
	}
	s.truths = []Truth{{Name: Epochs()[0]}}
	return s
}

// Parts of the stream of a resource's random numbers.
const (
	streamText uint64 = iota << 56
	streamNoise
	streamKind
	streamEdit
)

// rand returns the random numbers of one purpose, the same for the same site.
func (s *Site) rand(stream uint64, n, turn int) *rand.Rand {
	return rand.New(rand.NewPCG(s.options.Seed^stream, uint64(n)<<32|uint64(turn)))
}

func (s *Site) add(r *resource) {
	s.sources = append(s.sources, r)
	s.at[r.key()] = r
}

// resource is something that the site answers with at an address.
type resource struct {
	n    int
	host int
	path string
	// id is the source that looks at it; title what it calls itself.
	id, title string
	// One of these says what it is.
	page     *page
	feed     *feed
	index    *index
	document *document
	fault    Fault
	every    int // the fault strikes each so-many-th request only; 0 and 1 all
	hits     int
}

func (r *resource) key() string { return fmt.Sprintf("%d%s", r.host, r.path) }

// URL returns the address of a resource.
func (s *Site) url(r *resource) string { return s.hosts[r.host].base + r.path }

// now is the time that pages show.
func (s *Site) now() time.Time {
	if s.options.Now != nil {
		return s.options.Now().UTC()
	}
	return time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(s.ticks) * time.Minute)
}

// Pages returns the addresses of all web pages. Each has a main element.
func (s *Site) Pages() []string {
	var out []string
	for _, r := range s.sources {
		if r.page != nil {
			out = append(out, s.url(r))
		}
	}
	return out
}

// Counts returns what each host was asked for, by its key.
func (s *Site) Counts() map[string]Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]Counts{}
	for _, h := range s.hosts {
		out[h.key] = h.counts
	}
	return out
}

// Total returns the counts of all hosts together; InFlight is the largest of any.
func (s *Site) Total() Counts {
	var sum Counts
	for _, c := range s.Counts() {
		sum.Requests += c.Requests
		sum.NotModified += c.NotModified
		sum.Bytes += c.Bytes
		sum.InFlight = max(sum.InFlight, c.InFlight)
	}
	return sum
}

// ResetCounts begins to count anew.
func (s *Site) ResetCounts() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hosts {
		h.counts = Counts{}
	}
}

// Sources returns the catalogue of the site as TOML, with the addresses that hold now: call it
// after Serve. An empty schedule means hourly.
func (s *Site) Sources(schedule string) string {
	schedule = cmp.Or(schedule, "0 * * * *")
	var b strings.Builder
	for _, h := range s.hosts {
		fmt.Fprintf(&b, "[authority.%s]\nja = %q\nen = %q\n\n", h.key, h.name, "Simulated ministry "+h.key)
	}
	for _, r := range s.sources {
		r.row(s, &b, schedule)
	}
	return b.String()
}
