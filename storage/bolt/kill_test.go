package bolt_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
	"kaisei/storage/bolt"
)

// process is this test binary run again in a role.
type process struct {
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Reader
}

func start(t *testing.T, role, path string) process {
	t.Helper()
	cmd := exec.Command(os.Args[0], path)
	cmd.Env = append(os.Environ(), childEnv+"="+role)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return process{cmd, in, bufio.NewReader(out)}
}

// line reads a line that the process printed.
func (p process) line(t *testing.T) string {
	t.Helper()
	s, err := p.out.ReadString('\n')
	if err != nil {
		t.Fatalf("the child process ended: %v", err)
	}
	return strings.TrimSpace(s)
}

// child does in a process of its own what a role asks for.
func child(role, path string) error {
	db, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	switch role {
	case "hold":
		fmt.Println("open")
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	case "commit":
		return commitForever(db)
	}
	return fmt.Errorf("no role %q", role)
}

// state is the text of version seq in the test that kills.
func state(seq int) []string {
	texts := make([]string, 40)
	for i := range texts {
		texts[i] = fmt.Sprintf("第%d条 事業者は、第%d号の措置を講ずるよう努めるものとする。", i, (seq+i)/40)
	}
	return texts
}

// commitForever walks as the watcher does and prints the number of each version once it and its
// delivery are acknowledged.
func commitForever(db *bolt.DB) error {
	const document = "meti/main"
	last, _, err := db.Latest(document)
	if err != nil {
		return err
	}
	like := last.Snapshot.Hash
	for seq := last.Seq + 1; ; seq++ {
		c, k := walked(document, seq)
		if err := db.SaveCapture(c, like); err != nil {
			return err
		}
		change, err := db.Commit(k)
		if err != nil {
			return err
		}
		fmt.Println(seq)
		if seq%5 == 0 {
			if _, err := db.Prune(k.Look.At.Add(-50 * time.Second)); err != nil {
				return err
			}
		}
		d := k.Deliveries[0]
		d.State = kaisei.DeliverySent
		if err := db.SaveDelivery(d); err != nil {
			return err
		}
		if change.Number != uint64(seq) {
			return fmt.Errorf("version %d has change number %d", seq, change.Number)
		}
		like = c.Hash
	}
}

// walked returns what the walk saves and commits for a version.
func walked(document string, seq int) (kaisei.Capture, kaisei.Commit) {
	texts := state(seq)
	body := []byte(strings.Join(texts, "\n"))
	when := monday().Add(time.Duration(seq) * time.Second)
	snapshot := kaisei.Snapshot{Hash: kaisei.Hash(body), URL: "https://www.example.go.jp/", Status: 200, Size: len(body), At: when}
	var blocks []kaisei.Block
	for _, s := range texts {
		blocks = append(blocks, kaisei.Block{Path: []string{"本則"}, Kind: kaisei.BlockArticle, Text: s})
	}
	id := kaisei.ChangeID(document, seq)
	return kaisei.Capture{Snapshot: snapshot, Body: body}, kaisei.Commit{
		Look:    kaisei.Look{Source: "meti", Document: document, At: when, Verdict: kaisei.VerdictChanged, URL: snapshot.URL, Hash: snapshot.Hash},
		Version: &kaisei.Version{Document: document, Seq: seq, Source: "meti", Snapshot: snapshot, TextHash: kaisei.TextHash(texts), Blocks: blocks, SeenAt: when},
		Change:  &kaisei.Change{ID: id, Document: document, Source: "meti", SeenAt: when, Hash: snapshot.Hash},
		Deliveries: []kaisei.Delivery{
			{ID: "alert/slack/" + id, Changes: []string{id}, Due: when, Created: when, State: kaisei.DeliveryDue},
		},
		Seen: &kaisei.Seen{URL: snapshot.URL, Hash: snapshot.Hash, At: when},
	}
}

// TestKillNineLosesNothingAcknowledged kills a process that commits in a loop, at any moment, again
// and again on one file.
func TestKillNineLosesNothingAcknowledged(t *testing.T) {
	rounds := 12
	if testing.Short() || bolt.Raced {
		rounds = 3
	}
	path := filepath.Join(t.TempDir(), "kaisei.db")
	r := rand.New(rand.NewPCG(9, 10))
	acknowledged := 0
	for range rounds {
		p := start(t, "commit", path)
		for range 1 + r.IntN(30) {
			seq, err := strconv.Atoi(p.line(t))
			if err != nil || seq <= acknowledged {
				t.Fatalf("the child says %d after %d (%v)", seq, acknowledged, err)
			}
			acknowledged = seq
		}
		// Between two acknowledgements lie several transactions: strike after a part of them.
		for range r.IntN(1 << 18) {
			_ = r.Uint64()
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		rest, _ := io.ReadAll(p.out) // printed before the kill, read after it
		for _, line := range strings.Fields(string(rest)) {
			if seq, err := strconv.Atoi(line); err == nil && seq == acknowledged+1 {
				acknowledged = seq
			}
		}
		p.cmd.Wait()
		verify(t, path, acknowledged)
	}
	t.Logf("%d kills, %d acknowledged commits", rounds, acknowledged)
}

func verify(t *testing.T, path string, acknowledged int) {
	t.Helper()
	db := open(t, path, bolt.Options{})
	defer db.Close()
	last, _, err := db.Latest("meti/main")
	if err != nil {
		t.Fatal(err)
	}
	if last.Seq < acknowledged || last.Seq > acknowledged+1 {
		t.Fatalf("version %d is the latest, %d was acknowledged", last.Seq, acknowledged)
	}
	for _, seq := range []int{1, (last.Seq + 1) / 2, last.Seq} {
		v, ok, err := db.Version("meti/main", seq)
		if err != nil || !ok || v.TextHash != kaisei.TextHash(state(seq)) || len(v.Blocks) != 40 || v.Blocks[7].Text != state(seq)[7] {
			t.Fatalf("version %d: %v, %v", seq, ok, err)
		}
		id := kaisei.ChangeID("meti/main", seq)
		if _, ok, err := db.Change(id); !ok || err != nil {
			t.Fatalf("change %s: %v, %v", id, ok, err)
		}
		if _, ok, err := db.Delivery("alert/slack/" + id); !ok || err != nil {
			t.Fatalf("delivery of %s: %v, %v", id, ok, err)
		}
	}
	if s, ok, err := db.Seen("meti", "https://www.example.go.jp/"); !ok || err != nil || s.Hash != last.Snapshot.Hash {
		t.Fatalf("what was seen is not of the latest version: %v, %v", ok, err)
	}
	if err := db.Check(); err != nil {
		t.Fatal(err)
	}
}
