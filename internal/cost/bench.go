package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench is what to measure.
type bench struct {
	kaisei, urlwatch string
	// settle is how long the daemon at rest waits before it asks again for what is new or changed.
	settle string
	runs   int
	pages  []int
}

// usage is what one process took.
type usage struct {
	cpu, wall time.Duration
	peak      int64 // bytes
	served    tally
}

// server is a running site.
type server struct {
	cmd *exec.Cmd
	in  io.Closer
	// base is the address of the first host, pages are those of all pages.
	base  string
	pages []string
}

func start(ctx context.Context, pages int) (*server, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{cmd: exec.CommandContext(ctx, exe, "serve", fmt.Sprint("-pages=", pages))}
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "" {
		s.pages = append(s.pages, lines.Text())
	}
	if len(s.pages) != pages+1 {
		return nil, fmt.Errorf("start the server: it told %d addresses of %d", len(s.pages), pages+1)
	}
	s.base, s.pages = s.pages[0], s.pages[1:]
	return s, nil
}

func (s *server) stop() error {
	return errors.Join(s.in.Close(), s.cmd.Wait())
}

// tally returns what was served since the last call.
func (s *server) tally() (tally, error) {
	var t tally
	resp, err := http.Get(s.base + "-/tally")
	if err != nil {
		return t, err
	}
	defer resp.Body.Close()
	return t, json.NewDecoder(resp.Body).Decode(&t)
}

// measure runs a command to its end.
func (s *server) measure(ctx context.Context, dir, name string, args ...string) (usage, error) {
	if _, err := s.tally(); err != nil {
		return usage{}, err
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CACHE_HOME="+dir+"/cache", "NO_PROXY=*", "no_proxy=*")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = nil, &out
	begin := time.Now()
	err := cmd.Run()
	if err != nil {
		return usage{}, fmt.Errorf("%s %.200s: %w\n%.2000s", name, strings.Join(args, " "), err, out.String())
	}
	u := usage{wall: time.Since(begin), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = r.Maxrss << 10
	}
	u.served, err = s.tally()
	return u, err
}

// looks measures first looks and looks that find nothing new.
func (b *bench) looks(ctx context.Context) error {
	for _, n := range b.pages {
		if err := b.look(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) look(ctx context.Context, n int) error {
	s, err := start(ctx, n)
	if err != nil {
		return err
	}
	defer s.stop()
	found := map[string][]usage{}
	var order []string
	for range b.runs {
		dir, err := os.MkdirTemp("", "cost-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := b.write(dir, s.pages, "0s"); err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		kaisei := []string{b.kaisei, "--config", dir + "/kaisei.toml", "check"}
		urlwatch := []string{b.urlwatch, "--urls", dir + "/urls.yaml", "--config", dir + "/urlwatch.yaml", "--cache", dir + "/urlwatch.db"}
		for _, step := range []struct {
			name string
			full bool
			cmd  []string
		}{
			{"floor", true, []string{self, "floor", dir + "/urls.txt"}},
			{"kaisei, first look", false, kaisei}, {"urlwatch, first look", false, urlwatch},
			{"kaisei, 304 where the page has validators", false, kaisei}, {"urlwatch, 304 where the page has validators", false, urlwatch},
			{"kaisei, answered in full", true, kaisei}, {"urlwatch, answered in full", true, urlwatch},
		} {
			if step.cmd[0] == "" {
				continue
			}
			if _, err := get(s.base + "-/full?" + map[bool]string{true: "yes", false: "no"}[step.full]); err != nil {
				return err
			}
			u, err := s.measure(ctx, dir, step.cmd[0], step.cmd[1:]...)
			if err != nil {
				return err
			}
			if found[step.name] == nil {
				order = append(order, step.name)
			}
			found[step.name] = append(found[step.name], u)
		}
	}
	fmt.Printf("\n%d pages\n\n| what | CPU a page | beside the floor | beside urlwatch | peak memory | requests (304) | robots.txt | received by the server | sent by it | in flight at a host | wall time |\n|---|---|---|---|---|---|---|---|---|---|---|\n", n)
	cpu := func(u usage) float64 { return ms(u.cpu) / float64(n) }
	peak := func(u usage) float64 { return float64(u.peak) / 1e6 }
	for _, name := range order {
		us := found[name]
		ratio := "–"
		if rest, ok := strings.CutPrefix(name, "kaisei"); ok && len(found["urlwatch"+rest]) > 0 {
			ratio = fmt.Sprintf("%.2f×", median(us, cpu)/median(found["urlwatch"+rest], cpu))
		}
		t := us[len(us)-1].served
		fmt.Printf("| %s | %.2f ms (%s) | %.2f× | %s | %.1f MB | %d (%d) | %d | %.2f MB | %.2f MB | %d | %.1f s |\n", name, median(us, cpu), each(us, cpu),
			median(us, cpu)/median(found["floor"], cpu), ratio, median(us, peak), t.Pages, t.NotModified, t.Robots, float64(t.Received)/1e6, float64(t.Sent)/1e6, t.InFlight,
			median(us, func(u usage) float64 { return u.wall.Seconds() }))
	}
	return nil
}

// each lists what was measured, in the order of the runs.
func each(us []usage, of func(usage) float64) string {
	var out []string
	for _, u := range us {
		out = append(out, fmt.Sprintf("%.2f", of(u)))
	}
	return strings.Join(out, ", ")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(us []usage, of func(usage) float64) float64 {
	var vs []float64
	for _, u := range us {
		vs = append(vs, of(u))
	}
	slices.Sort(vs)
	if len(vs) == 0 {
		return 0
	}
	return vs[len(vs)/2]
}
