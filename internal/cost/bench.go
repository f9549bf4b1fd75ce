package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench is what to measure.
type bench struct {
	kaisei, urlwatch string
	runs             int
	pages            []int
}

// hosts is over how many hosts the pages are spread.
const hosts = 20

// usage is what one process took.
type usage struct {
	cpu, wall time.Duration
	peak      int64 // bytes
	served    tally
}

// server is a running site.
type server struct {
	cmd  *exec.Cmd
	in   io.Closer
	port string
}

func start(ctx context.Context, pages int, validators bool) (*server, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{cmd: exec.CommandContext(ctx, exe, "serve", fmt.Sprint("-pages=", pages), fmt.Sprint("-hosts=", hosts), fmt.Sprint("-validators=", validators))}
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
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	s.port = strings.TrimSpace(line)
	return s, nil
}

func (s *server) stop() error {
	return errors.Join(s.in.Close(), s.cmd.Wait())
}

func (s *server) url(i int) string {
	return fmt.Sprintf("http://127.0.0.%d:%s/page/%d.html", i%hosts+1, s.port, i)
}

// tally returns what was served since the last call.
func (s *server) tally() (tally, error) {
	var t tally
	resp, err := http.Get("http://127.0.0.1:" + s.port + "/-/tally")
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
	for _, validators := range []bool{true, false} {
		for _, n := range b.pages {
			if err := b.look(ctx, n, validators); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) look(ctx context.Context, n int, validators bool) error {
	s, err := start(ctx, n, validators)
	if err != nil {
		return err
	}
	defer s.stop()
	found := map[string][]usage{}
	for range b.runs {
		dir, err := os.MkdirTemp("", "cost-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		if err := b.write(dir, s, n); err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		kaisei := []string{b.kaisei, "--config", dir + "/kaisei.toml", "check"}
		urlwatch := []string{b.urlwatch, "--urls", dir + "/urls.yaml", "--config", dir + "/urlwatch.yaml", "--cache", dir + "/urlwatch.db"}
		steps := []struct {
			name string
			cmd  []string
		}{
			{"floor", []string{self, "floor", dir + "/urls.txt"}},
			{"kaisei first", kaisei}, {"urlwatch first", urlwatch},
			{"kaisei again", kaisei}, {"urlwatch again", urlwatch},
		}
		for _, step := range steps {
			if step.cmd[0] == "" {
				continue
			}
			u, err := s.measure(ctx, dir, step.cmd[0], step.cmd[1:]...)
			if err != nil {
				return err
			}
			found[step.name] = append(found[step.name], u)
		}
	}
	fmt.Printf("\n%d pages, validators %v\n", n, validators)
	floor := median(found["floor"], func(u usage) float64 { return ms(u.cpu) / float64(n) })
	for _, name := range []string{"floor", "kaisei first", "urlwatch first", "kaisei again", "urlwatch again"} {
		us := found[name]
		if len(us) == 0 {
			continue
		}
		cpu := func(u usage) float64 { return ms(u.cpu) / float64(n) }
		fmt.Printf("%-15s %.3f ms/page (%.3f–%.3f)  %.2f× floor  peak %.1f MB  wall %.2f s  %d requests (%d 304)  in %.1f MB out %.1f MB  in flight %d\n", name, median(us, cpu),
			slices.MinFunc(us, func(a, b usage) int { return cmp.Compare(a.cpu, b.cpu) }).cpu.Seconds()*1e3/float64(n),
			slices.MaxFunc(us, func(a, b usage) int { return cmp.Compare(a.cpu, b.cpu) }).cpu.Seconds()*1e3/float64(n),
			median(us, cpu)/floor, median(us, func(u usage) float64 { return float64(u.peak) })/1e6, median(us, func(u usage) float64 { return u.wall.Seconds() }),
			us[0].served.Requests, us[0].served.NotModified, float64(us[0].served.Received)/1e6, float64(us[0].served.Sent)/1e6, us[0].served.InFlight)
	}
	return nil
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

// write makes the files that tell each program what to look at.
func (b *bench) write(dir string, s *server, n int) error {
	out, err := exec.Command(b.kaisei, "sources", "list", "--disabled", "--json").Output()
	if err != nil {
		return fmt.Errorf("list the built-in sources: %w", err)
	}
	off := map[string]bool{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var src struct {
			ID string `json:"id"`
		}
		if err := dec.Decode(&src); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		authority, _, _ := strings.Cut(src.ID, "/")
		off[authority+"/"] = true
	}
	var disable []string
	for a := range off {
		disable = append(disable, fmt.Sprintf("%q", a))
	}
	config := fmt.Sprintf("state = \"state\"\nsources_files = [\"sources.toml\"]\ndisable = [%s]\n[fetch]\nallow_private = [\"127.0.0.0/8\"]\nparallel_hosts = 10\n", strings.Join(disable, ", "))
	var list, yaml, urls strings.Builder
	list.WriteString("[authority.cost]\nja = \"費用\"\nen = \"Cost\"\n")
	for i := range n {
		fmt.Fprintf(&list, "[[source]]\nid = \"cost/page-%d\"\ntitle = { ja = \"第%d号の通知\", en = \"Notice %d\" }\nkind = \"page\"\nurl = %q\nschedule = \"0 * * * *\"\nlayer = \"news\"\nselect = [\"main\"]\n", i, i, i, s.url(i))
		fmt.Fprintf(&yaml, "url: %s\nfilter:\n  - css: main\n  - html2text\n---\n", s.url(i))
		fmt.Fprintln(&urls, s.url(i))
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, "kaisei.toml"), []byte(config), 0o600),
		os.WriteFile(filepath.Join(dir, "sources.toml"), []byte(list.String()), 0o600),
		os.WriteFile(filepath.Join(dir, "urls.yaml"), []byte(strings.TrimSuffix(yaml.String(), "---\n")), 0o600),
		os.WriteFile(filepath.Join(dir, "urlwatch.yaml"), []byte("display: {}\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "urls.txt"), []byte(urls.String()), 0o600),
	)
}
