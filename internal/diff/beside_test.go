package diff_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kaisei/internal/diff"
	"kaisei/internal/kaisei"

	"github.com/rivo/uniseg"
)

// tool is a command that compares two files, and how its output is read for what it marks.
type tool struct {
	name   string
	args   []string
	marked func(out []byte) string
}

// Signs that no text of the sample holds, for wdiff to mark with.
const deletedFrom, deletedTo, addedFrom, addedTo = "\x01", "\x02", "\x03", "\x04"

var marksOfWdiff = regexp.MustCompile(`(?s)\x01(.*?)\x02|\x03(.*?)\x04`)

var tools = []tool{
	{"git by character", []string{"git", "diff", "--no-index", "--word-diff=porcelain", "--word-diff-regex=."}, markedByGit},
	{"git by word", []string{"git", "diff", "--no-index", "--word-diff=porcelain"}, markedByGit},
	{"wdiff", []string{"wdiff", "-w", deletedFrom, "-x", deletedTo, "-y", addedFrom, "-z", addedTo}, func(out []byte) string {
		var b strings.Builder
		for _, m := range marksOfWdiff.FindAllSubmatch(out, -1) {
			b.Write(m[1])
			b.Write(m[2])
		}
		return b.String()
	}},
}

// markedByGit reads --word-diff=porcelain: after the first hunk, lines with + and -.
func markedByGit(out []byte) string {
	var b strings.Builder
	hunk := false
	for line := range strings.Lines(string(out)) {
		hunk = hunk || strings.HasPrefix(line, "@@")
		if hunk && (line[0] == '+' || line[0] == '-') {
			b.WriteString(line[1:])
		}
	}
	return b.String()
}

// characters counts grapheme clusters but for line ends.
func characters(s string) int {
	return uniseg.GraphemeClusterCount(strings.ReplaceAll(s, "\n", ""))
}

// run runs a command that may end with 1, as comparing commands do where there are differences.
func run(b *testing.B, args ...string) (out []byte, took time.Duration) {
	b.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "GIT_CONFIG_NOSYSTEM=1", "GIT_PAGER=cat")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	out, err := cmd.Output()
	took = time.Since(start)
	if err != nil && cmd.ProcessState.ExitCode() != 1 {
		b.Fatalf("%v: %v: %s", args, err, stderr.Bytes())
	}
	return out, took
}

func middle(d []time.Duration) float64 {
	slices.Sort(d)
	return float64(d[len(d)/2])
}

// BenchmarkBesideOthers compares two texts of 300 KB with 62 edits in this process, with the
// command `kaisei diff`, and with the tools that people have, each in turn with git by character.
// It tells the ratio of the medians and how many characters are marked.
func BenchmarkBesideOthers(b *testing.B) {
	if _, err := exec.LookPath("git"); err != nil {
		b.Skip("git is not installed")
	}
	dir := b.TempDir()
	before, after := sample(b, 300<<10, 62, false)
	old, new := filepath.Join(dir, "before.txt"), filepath.Join(dir, "after.txt")
	for file, s := range map[string]string{old: before, new: after} {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	git := append(slices.Clone(tools[0].args), old, new)
	beside := func(b *testing.B, once func() time.Duration, marked int) {
		var ours, theirs []time.Duration
		for b.Loop() {
			ours = append(ours, once())
			b.StopTimer()
			_, took := run(b, git...)
			theirs = append(theirs, took)
			b.StartTimer()
		}
		b.ReportMetric(middle(ours)/1e6, "ms")
		b.ReportMetric(middle(ours)/middle(theirs), "x-git")
		if marked > 0 {
			b.ReportMetric(float64(marked), "characters")
		}
	}
	x, y := lines(before), lines(after)
	b.Run("in this process", func(b *testing.B) {
		marked := 0
		for _, e := range diff.Blocks(x, y) {
			for _, s := range e.Spans {
				if s.Op != kaisei.SpanSame {
					marked += characters(s.Text)
				}
			}
		}
		beside(b, func() time.Duration {
			start := time.Now()
			diff.Blocks(x, y)
			return time.Since(start)
		}, marked)
	})
	b.Run("kaisei diff", func(b *testing.B) {
		command := filepath.Join(dir, "kaisei")
		if out, err := exec.Command("go", "build", "-o", command, "kaisei/cmd/kaisei").CombinedOutput(); err != nil {
			b.Fatalf("build: %v: %s", err, out)
		}
		beside(b, func() time.Duration {
			_, took := run(b, command, "diff", "--state", dir, old, new)
			return took
		}, 0)
	})
	for _, tool := range tools {
		b.Run(tool.name, func(b *testing.B) {
			if _, err := exec.LookPath(tool.args[0]); err != nil {
				b.Skipf("%s is not installed", tool.args[0])
			}
			args := append(slices.Clone(tool.args), old, new)
			out, _ := run(b, args...)
			beside(b, func() time.Duration {
				_, took := run(b, args...)
				return took
			}, characters(tool.marked(out)))
		})
	}
}
