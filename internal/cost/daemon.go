package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"kaisei/internal/web"
)

// daemon starts kaisei serve in dir and waits until it answers.
func (b *bench) daemon(ctx context.Context, dir string) (cmd *exec.Cmd, c *web.Client, err error) {
	cmd = exec.CommandContext(ctx, b.kaisei, "--config", dir+"/kaisei.toml", "serve")
	cmd.Env = append(os.Environ(), "HOME="+dir, "NO_PROXY=*", "no_proxy=*")
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	for range 600 {
		if c, err = web.Dial(ctx, dir+"/state"); err == nil {
			return cmd, c, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, nil, errors.Join(fmt.Errorf("kaisei serve does not answer: %w\n%s", err, out.String()), end(cmd))
}

// end stops a daemon.
func end(cmd *exec.Cmd) error {
	return errors.Join(cmd.Process.Signal(syscall.SIGTERM), cmd.Wait())
}

// status reads sizes of a process in bytes from the kernel.
func status(pid int) (map[string]int64, error) {
	out := map[string]int64{}
	for _, name := range []string{"status", "smaps_rollup"} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) == 3 && f[2] == "kB" {
				n, err := strconv.ParseInt(f[1], 10, 64)
				if err != nil {
					return nil, err
				}
				out[strings.TrimSuffix(f[0], ":")] = n << 10
			}
		}
	}
	return out, nil
}

// rest is how long a daemon has looked at nothing before it counts as idle, after at least long enough for
// first looks and the looks that learn what changes by itself.
const (
	rest     = 75 * time.Second
	longIdle = 10 * time.Minute
)

// idle measures what the daemon holds once it has looked at every page and rests, and what it asked
// until then.
func (b *bench) idle(ctx context.Context) error {
	fmt.Printf("\nThe daemon at rest\n\n| sources | resident | of it own (anonymous) | of it file pages | peak | requests | robots.txt | after |\n|---|---|---|---|---|---|---|---|\n")
	for _, n := range b.pages {
		if err := b.rest(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) rest(ctx context.Context, n int) error {
	s, err := start(ctx, n)
	if err != nil {
		return err
	}
	defer s.stop()
	dir, err := os.MkdirTemp("", "cost-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := b.write(dir, s.pages, b.settle); err != nil {
		return err
	}
	cmd, c, err := b.daemon(ctx, dir)
	if err != nil {
		return err
	}
	defer c.Close()
	begin, asked := time.Now(), tally{}
	for quiet := begin; time.Since(quiet) < rest && time.Since(begin) < longIdle; time.Sleep(time.Second) {
		t, err := s.tally()
		if err != nil {
			return err
		}
		if t.Pages > 0 {
			quiet = time.Now()
		}
		asked.Pages, asked.Robots = asked.Pages+t.Pages, asked.Robots+t.Robots
	}
	m, err := status(cmd.Process.Pid)
	if err != nil {
		return err
	}
	mb := func(key string) float64 { return float64(m[key]) / 1e6 }
	fmt.Printf("| %d | %.1f MB | %.1f MB | %.1f MB | %.1f MB | %d | %d | %.0f s |\n", n, mb("VmRSS"), mb("RssAnon"), mb("RssFile"), mb("VmHWM"), asked.Pages, asked.Robots, time.Since(begin).Seconds())
	return end(cmd)
}

// versions is how many later versions of a text the disk is measured by.
const versions = 1000

// disk measures what later versions of one text of 50 KB take, with all that belongs to them, beside git.
func (b *bench) disk(ctx context.Context) error {
	s, err := start(ctx, 1)
	if err != nil {
		return err
	}
	defer s.stop()
	dir, err := os.MkdirTemp("", "cost-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := b.write(dir, []string{s.base + "text.html"}, "0s"); err != nil {
		return err
	}
	cmd, c, err := b.daemon(ctx, dir)
	if err != nil {
		return err
	}
	defer c.Close()
	repo := gitRepo(dir + "/git")
	if err := repo.begin(ctx); err != nil {
		return err
	}
	var file, used [2]int64
	for i := range versions + 1 {
		var reports []struct{ Changes []struct{ ID string } }
		if err := c.Look(ctx, web.LookAsk{Sources: []string{"cost/page-0"}}, &reports); err != nil {
			return err
		}
		if i > 0 && (len(reports) != 1 || len(reports[0].Changes) != 1) {
			return fmt.Errorf("version %d was not told as one change: %+v", i, reports)
		}
		if err := repo.commit(ctx, s.base+"text.html?same", i); err != nil {
			return err
		}
		if i == 0 || i == versions {
			st, err := c.Stats()
			if err != nil {
				return err
			}
			file[min(i, 1)], used[min(i, 1)] = st.FileBytes, st.FileBytes-st.FreeBytes
		}
	}
	loose, err := repo.size()
	if err != nil {
		return err
	}
	if err := repo.git(ctx, "gc", "--quiet"); err != nil {
		return err
	}
	packed, err := repo.size()
	if err != nil {
		return err
	}
	fmt.Printf("\n%d later versions of a page of %d KB\n\n| where | disk |\n|---|---|\n| kaisei, used pages of the file | %.2f MB |\n| kaisei, the file with its free pages | %.2f MB |\n| git, page only, as committed | %.2f MB |\n| git, page only, after git gc | %.2f MB |\n",
		versions, textBytes/1000, float64(used[1]-used[0])/1e6, float64(file[1]-file[0])/1e6, float64(loose)/1e6, float64(packed)/1e6)
	return end(cmd)
}

// gitRepo is the folder of a repository that holds the page alone.
type gitRepo string

func (r gitRepo) git(ctx context.Context, args ...string) error {
	c := exec.CommandContext(ctx, "git", append([]string{"-C", string(r), "-c", "user.name=cost", "-c", "user.email=cost@example.org", "-c", "gc.auto=0"}, args...)...)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

func (r gitRepo) begin(ctx context.Context) error {
	if err := os.MkdirAll(string(r), 0o700); err != nil {
		return err
	}
	return r.git(ctx, "init", "--quiet")
}

func (r gitRepo) commit(ctx context.Context, url string, n int) error {
	body, err := get(url)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(string(r), "page.html"), body, 0o600); err != nil {
		return err
	}
	return errors.Join(r.git(ctx, "add", "page.html"), r.git(ctx, "commit", "--quiet", "-m", fmt.Sprint("version ", n)))
}

// size is what the repository's folder takes, in whole blocks as the file system counts.
func (r gitRepo) size() (int64, error) {
	var sum int64
	err := filepath.WalkDir(string(r)+"/.git/objects", func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if st, ok := info.Sys().(*syscall.Stat_t); ok {
			sum += st.Blocks * 512
		}
		return nil
	})
	return sum, err
}
