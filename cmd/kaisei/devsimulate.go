package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"kaisei/internal/kaisei"
	"kaisei/internal/simulate"
)

func (a *app) devCommand() *cobra.Command {
	return group("dev", "Tools for those who work on kaisei", a.devSimulateCommand(), a.devHoldCommand())
}

// devSimulation is what 'kaisei dev simulate' was asked for.
type devSimulation struct {
	options     simulate.Options
	listen, out string
	schedule    string
	every       time.Duration
	epochs      int
}

func (a *app) devSimulateCommand() *cobra.Command {
	var d devSimulation
	c := &cobra.Command{
		Use: "simulate", Short: "Serve simulated ministries whose every change and fault is known",
		Long: `simulate serves simulated government sites on loopback and writes a catalogue and a configuration that point a
kaisei at them. Time passes in epochs (baseline, noise, changes, outage, network, recovery, hidden, flapping, calm): Enter,
--every or a POST to /_epoch begins the next one and prints the truth of it, to hold against what kaisei tells.
GET /_truth answers with all truths so far as JSON, GET /_counts with what the sites were asked for.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.devSimulate(c.Context(), d) },
	}
	f := c.Flags()
	f.IntVar(&d.options.Pages, "pages", simulate.DefaultPages, "how many web pages there are")
	f.IntVar(&d.options.MinSize, "min-size", simulate.DefaultMinSize, "the least bytes of a page")
	f.IntVar(&d.options.MaxSize, "max-size", simulate.DefaultMaxSize, "the most bytes of a page")
	f.IntVar(&d.options.Feeds, "feeds", 6, "how many feeds there are")
	f.IntVar(&d.options.Indexes, "indexes", 4, "how many indexes with PDFs there are")
	f.BoolVar(&d.options.Quiet, "quiet", false, "make pages without noise, to measure what a look costs")
	f.Uint64Var(&d.options.Seed, "seed", 1, "the same seed makes the same sites")
	f.StringVar(&d.listen, "listen", "127.0.0.1:0", "loopback address of the control server; the sites take free ports beside it")
	f.StringVar(&d.out, "out", "simulated", "folder for the catalogue and the configuration")
	f.StringVar(&d.schedule, "schedule", "* * * * *", "schedule of the sources, in five fields")
	f.DurationVar(&d.every, "every", 0, "begin the next epoch so often; 0 waits for Enter or a POST")
	f.IntVar(&d.epochs, "epochs", 0, "end after so many epochs; 0 goes on until stopped")
	return c
}

// Bounds of a simulation.
const (
	maxSimulatedPages = 20_000
	maxSimulatedSize  = 4 << 20
	maxSimulatedLists = 200
)

func (d devSimulation) check() error {
	host, _, err := net.SplitHostPort(d.listen)
	ip := net.ParseIP(host)
	switch o := d.options; {
	case err != nil || ip == nil || !ip.IsLoopback():
		return usage{fmt.Errorf("--listen %q: simulated sites are served on a loopback address only, such as 127.0.0.1:0", d.listen)}
	case o.Pages < 1 || o.Pages > maxSimulatedPages:
		return usage{fmt.Errorf("--pages %d: between 1 and %d", o.Pages, maxSimulatedPages)}
	case o.MinSize < 1 || o.MaxSize < o.MinSize || o.MaxSize > maxSimulatedSize:
		return usage{fmt.Errorf("--min-size %d and --max-size %d: from small to large, and at most %d", o.MinSize, o.MaxSize, maxSimulatedSize)}
	case o.Feeds < 0 || o.Indexes < 0 || o.Feeds > maxSimulatedLists || o.Indexes > maxSimulatedLists:
		return usage{fmt.Errorf("--feeds and --indexes: between 0 and %d", maxSimulatedLists)}
	case d.every < 0 || d.epochs < 0:
		return usage{errors.New("--every and --epochs are not negative")}
	}
	return nil
}

// simulation is a site that is served, with its truths so far.
type simulation struct {
	a    *app
	site *simulate.Site
	left int
	done context.CancelFunc

	mu     sync.Mutex
	truths []datedTruth
}

// datedTruth is a truth and when it began to hold.
type datedTruth struct {
	simulate.Truth
	At time.Time `json:"at"`
}

func (a *app) devSimulate(ctx context.Context, d devSimulation) error {
	if err := d.check(); err != nil {
		return err
	}
	ctx, done := context.WithCancel(ctx)
	defer done()
	d.options.Now = time.Now
	s := &simulation{a: a, site: simulate.New(d.options), left: d.epochs, done: done}
	host, _, _ := net.SplitHostPort(d.listen)
	sites, err := s.site.Serve(host, 0)
	if err != nil {
		return err
	}
	defer sites.Close()
	control, err := net.Listen("tcp", d.listen)
	if err != nil {
		return fmt.Errorf("listen for the control of the simulation: %w", err)
	}
	if err := os.MkdirAll(d.out, 0o755); err != nil {
		control.Close()
		return fmt.Errorf("make the folder for the simulation: %w", err)
	}
	if err := writeSimulated(s.site, d.out, d.schedule, ""); err != nil {
		control.Close()
		return err
	}
	a.printSimulation(control.Addr().String(), d.out)
	s.tell(s.site.Truth())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.control(ctx, control) })
	if d.every > 0 {
		g.Go(func() error { return s.tick(ctx, d.every) })
	} else {
		// A terminal is read until it ends; nothing waits for that read when the program stops.
		go s.read()
	}
	return g.Wait()
}

func (a *app) printSimulation(control, out string) {
	config := filepath.Join(out, simulatedConfig)
	if a.language() == "ja" {
		fmt.Fprintf(a.stdout, "模擬サイトを公開しました。別の端末で次のように監視します:\n  kaisei serve --config %s\nEnter または curl -X POST http://%s/_epoch で次の段階に進みます。Ctrl-C で終わります。\n", config, control)
		return
	}
	fmt.Fprintf(a.stdout, "The simulated sites are served. Watch them from another terminal:\n  kaisei serve --config %s\nEnter or curl -X POST http://%s/_epoch begins the next epoch; Ctrl-C ends.\n", config, control)
}

// next begins the next epoch.
func (s *simulation) next() (simulate.Truth, error) {
	t, err := s.site.Next()
	if err != nil {
		return t, err
	}
	s.tell(t)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left == 0 {
		s.done()
	}
	return t, nil
}

// tell prints a truth and keeps it.
func (s *simulation) tell(t simulate.Truth) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.truths = append(s.truths, datedTruth{t, time.Now().UTC()})
	if s.a.json {
		_ = s.a.printJSON(s.truths[len(s.truths)-1]) // a closed terminal does not end the simulation
		return
	}
	head := "== %s %s: %d really changed, %d addresses fail\n"
	if s.a.language() == "ja" {
		head = "== %s %s: 実際の変更 %d 件、障害のあるアドレス %d 件\n"
	}
	fmt.Fprintf(s.a.stdout, head, time.Now().In(kaisei.JST).Format(time.TimeOnly), t.Name, len(t.Changes), len(t.Failing))
	for _, c := range t.Changes {
		fmt.Fprintf(s.a.stdout, "  %-13s %s [-%s-]{+%s+}\n", c.How, c.Source, c.Before, c.After)
	}
	for _, f := range t.Failing {
		fmt.Fprintf(s.a.stdout, "  %-16s %s\n", f.Fault, f.URL)
	}
}

func (s *simulation) read() {
	in := bufio.NewScanner(s.a.stdin)
	for in.Scan() {
		if _, err := s.next(); err != nil {
			fmt.Fprintf(s.a.stderr, "kaisei: %v\n", err)
		}
	}
}

func (s *simulation) tick(ctx context.Context, every time.Duration) error {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			if _, err := s.next(); err != nil {
				return err
			}
		}
	}
}

// control answers those who steer the simulation.
func (s *simulation) control(ctx context.Context, l net.Listener) error {
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v) // the asker went away
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_epoch", func(w http.ResponseWriter, _ *http.Request) {
		t, err := s.next()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, t)
	})
	mux.HandleFunc("GET /_truth", func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		list := s.truths[:len(s.truths):len(s.truths)]
		s.mu.Unlock()
		answer(w, list)
	})
	mux.HandleFunc("GET /_counts", func(w http.ResponseWriter, _ *http.Request) { answer(w, s.site.Total()) })
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the control of the simulation: %w", err)
	}
	return nil
}
