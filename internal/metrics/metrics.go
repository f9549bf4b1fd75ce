// Package metrics counts what the daemon does and shows it in the form that Prometheus reads.
//
// What happens once is counted as it happens (looks, attempts to deliver); what stands in the store
// is read when somebody asks. The labels are verdicts, causes, states, the operator's channels and the
// catalogue's sources: all of them finite. No third-party type leaves the package.
package metrics

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"kaisei/internal/kaisei"
	"kaisei/internal/watch"
)

// Store is what is read when somebody asks.
type Store interface {
	Polls() ([]kaisei.Poll, error)
	Deliveries(state kaisei.DeliveryState, limit int) ([]kaisei.Delivery, error)
	Stats() (kaisei.StoreStats, error)
}

// MaxQueue is how many waiting and how many dead deliveries are told apart by channel; beyond it a
// channel's depth is at least what is shown.
const MaxQueue = 10_000

// Metrics counts. Make one with New; its methods may be called from several goroutines.
type Metrics struct {
	registry *prometheus.Registry
	looks    *prometheus.CounterVec
	took     prometheus.Histogram
	fetched  prometheus.Counter
	attempts *prometheus.CounterVec
	failures *prometheus.CounterVec
}

// Read is where the metrics of what stands come from. Functions that are nil are left out.
type Read struct {
	Store Store
	// Sources are those of the catalogue in use.
	Sources func() []kaisei.Source
	// Channels are the names of the operator's channels in use, which are shown at 0 too; nil means none.
	Channels func() []string
	// Digest is when the last digest of a channel ended, if there was one.
	Digest func(channel string) (time.Time, bool)
	// Listening says of each channel that takes answers from Slack whether it hears them.
	Listening func() map[string]bool
	// PDFStarts is how often the child that reads PDFs was started.
	PDFStarts func() int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log is told what could not be read.
	Log *slog.Logger
}

// New returns metrics of a daemon of the given version.
func New(version string, r Read) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		looks:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kaisei_looks_total", Help: "Looks at addresses, by verdict and, where they failed or are doubted, by cause."}, []string{"verdict", "cause"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "kaisei_look_duration_seconds", Help: "How long the requests of looks took, with the wait for the host's turn.",
			Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300}}),
		fetched:  prometheus.NewCounter(prometheus.CounterOpts{Name: "kaisei_fetched_bytes_total", Help: "Bytes of the bodies fetched, after decompression."}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kaisei_delivery_attempts_total", Help: "Attempts to deliver, by channel."}, []string{"channel"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kaisei_delivery_failures_total", Help: "Attempts to deliver that failed, by channel."}, []string{"channel"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "kaisei_build_info", Help: "1, with the version of the program.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	if r.Channels == nil {
		r.Channels = func() []string { return nil }
	}
	for _, c := range r.Channels() {
		m.attempts.WithLabelValues(c)
		m.failures.WithLabelValues(c)
	}
	m.registry.MustRegister(m.looks, m.took, m.fetched, m.attempts, m.failures, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newStanding(r))
	return m
}

// Look counts one look.
func (m *Metrics) Look(l kaisei.Look) {
	if l.Verdict == "" {
		return
	}
	m.looks.WithLabelValues(word(string(l.Verdict)), word(string(l.Cause))).Inc()
	if l.Took > 0 {
		m.took.Observe(l.Took.Seconds())
	}
	if l.Status == http.StatusOK && l.Size > 0 {
		m.fetched.Add(float64(l.Size))
	}
}

// maxWord bounds a label; verdicts and causes are short words of the program's own.
const maxWord = 32

func word(s string) string { return s[:min(len(s), maxWord)] }

// Attempt counts one attempt to deliver.
func (m *Metrics) Attempt(channel string, err error) {
	m.attempts.WithLabelValues(channel).Inc()
	if err != nil {
		m.failures.WithLabelValues(channel).Inc()
	}
}

// Handler answers with all metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes, ErrorHandling: promhttp.ContinueOnError})
}

// maxScrapes is how many readers are answered at once.
const maxScrapes = 3

// standing collects what stands in the store.
type standing struct {
	Read
	age, next, sources, queued, dead, digest, starts   *prometheus.Desc
	listening                                          *prometheus.Desc
	file, free, bodies, bodyBytes, documents, versions *prometheus.Desc
	changes, looks                                     *prometheus.Desc
}

func newStanding(r Read) *standing {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("kaisei_"+name, help, labels, nil)
	}
	return &standing{
		Read:      r,
		age:       d("source_last_good_look_age_seconds", "How long ago a source was last read well; missing where it never was.", "source"),
		next:      d("source_next_look_seconds", "How long until a source is looked at; negative where the look is overdue.", "source"),
		sources:   d("sources", "Sources of the catalogue, by state.", "state"),
		queued:    d("deliveries_queued", "Deliveries that wait to be sent, by channel.", "channel"),
		dead:      d("deliveries_dead", "Deliveries that were given up, by channel.", "channel"),
		digest:    d("last_digest_timestamp_seconds", "When the last digest of a channel was planned.", "channel"),
		listening: d("answers_listening", "1 where answers in Slack are heard, 0 where there is no connection, by channel.", "channel"),
		starts:    d("pdf_child_starts_total", "Starts of the child process that reads PDFs; more than a few a day are crashes."),
		file:      d("store_file_bytes", "Size of the store's file."),
		free:      d("store_free_bytes", "Space in the store's file that is used again before it grows."),
		bodies:    d("store_bodies", "Bodies kept as evidence."),
		bodyBytes: d("store_bodies_bytes", "Size of the bodies kept, as they are stored."),
		documents: d("store_documents", "Documents known."),
		versions:  d("store_versions", "Versions kept."),
		changes:   d("store_changes", "Changes kept."),
		looks:     d("store_looks", "Looks in the ledger."),
	}
}

// Describe implements prometheus.Collector.
func (s *standing) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.age, s.next, s.sources, s.queued, s.dead, s.digest, s.listening, s.starts, s.file, s.free, s.bodies, s.bodyBytes, s.documents, s.versions, s.changes, s.looks} {
		c <- d
	}
}

// Collect implements prometheus.Collector.
func (s *standing) Collect(c chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if s.PDFStarts != nil {
		c <- prometheus.MustNewConstMetric(s.starts, prometheus.CounterValue, float64(s.PDFStarts()))
	}
	for _, ch := range s.Channels() {
		if s.Digest == nil {
			break
		}
		if at, ok := s.Digest(ch); ok {
			gauge(s.digest, float64(at.Unix()), ch)
		}
	}
	if s.Listening != nil {
		for ch, heard := range s.Listening() {
			v := 0.0
			if heard {
				v = 1
			}
			gauge(s.listening, v, ch)
		}
	}
	if s.Store == nil {
		return
	}
	s.collectSources(gauge)
	s.collectQueue(gauge, s.queued, kaisei.DeliveryDue)
	s.collectQueue(gauge, s.dead, kaisei.DeliveryDead)
	st, err := s.Store.Stats()
	if err != nil {
		s.failed("the size of the store", err)
		return
	}
	for d, v := range map[*prometheus.Desc]int64{
		s.file: st.FileBytes, s.free: st.FreeBytes, s.bodies: int64(st.Bodies), s.bodyBytes: st.StoreBytes, s.documents: int64(st.Documents),
		s.versions: int64(st.Versions), s.changes: int64(st.Changes), s.looks: int64(st.Looks),
	} {
		gauge(d, float64(v))
	}
}

func (s *standing) collectSources(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	list, err := s.Store.Polls()
	if err != nil {
		s.failed("the schedule states", err)
		return
	}
	polls := map[string]kaisei.Poll{}
	for _, p := range list {
		polls[p.Source] = p
	}
	now := time.Now()
	if s.Now != nil {
		now = s.Now()
	}
	states := map[watch.State]int{}
	for _, source := range s.Sources() {
		p := polls[source.ID]
		state, _, _ := watch.Assess(source, p, now)
		states[state]++
		if source.Disabled != "" {
			continue
		}
		if !p.LastGood.IsZero() {
			gauge(s.age, now.Sub(p.LastGood).Seconds(), source.ID)
		}
		if next := p.Due(); !next.IsZero() {
			gauge(s.next, next.Sub(now).Seconds(), source.ID)
		}
	}
	for _, state := range watch.States() {
		gauge(s.sources, float64(states[state]), string(state))
	}
}

func (s *standing) collectQueue(gauge func(d *prometheus.Desc, v float64, labels ...string), d *prometheus.Desc, state kaisei.DeliveryState) {
	list, err := s.Store.Deliveries(state, MaxQueue)
	if err != nil {
		s.failed("the deliveries", err)
		return
	}
	depth := map[string]int{}
	for _, ch := range s.Channels() {
		depth[ch] = 0
	}
	for _, one := range list {
		if _, known := depth[one.Channel]; known {
			depth[one.Channel]++
			continue
		}
		depth[""]++ // of channels that are configured no more
	}
	for ch, n := range depth {
		gauge(d, float64(n), ch)
	}
}

func (s *standing) failed(what string, err error) {
	if s.Log != nil {
		s.Log.Warn("metrics without "+what, "err", err)
	}
}
