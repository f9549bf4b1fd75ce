package storagetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func versionComesBack(t *testing.T, s Store) {
	if _, ok, err := s.Latest("a"); ok || err != nil {
		t.Fatalf("a document never read: %v, %v", ok, err)
	}
	if _, ok, err := s.Head("a"); ok || err != nil {
		t.Fatalf("head of a document never read: %v, %v", ok, err)
	}
	c, k := commit("meti/ai-guidelines/main", 1, at(0), "一", "二")
	must(t, s.SaveCapture(c, ""))
	stored, err := s.Commit(k)
	must(t, err)
	want(t, "change of a first reading", stored, kaisei.Change{})
	want(t, "latest", latest(t, s, "meti/ai-guidelines/main"), *k.Version)
	v, ok, err := s.Version("meti/ai-guidelines/main", 1)
	if !ok || err != nil {
		t.Fatalf("version 1: %v, %v", ok, err)
	}
	want(t, "version 1", v, *k.Version)
	for _, seq := range []int{-1, 0, 2, 1 << 40} {
		if _, ok, err := s.Version("meti/ai-guidelines/main", seq); ok || err != nil {
			t.Errorf("version %d: %v, %v", seq, ok, err)
		}
	}
	got, err := s.Looks("meti/ai-guidelines", time.Time{}, 0)
	must(t, err)
	want(t, "looks", got, []kaisei.Look{k.Look})
}

func versionsList(t *testing.T, s Store) {
	if vs, err := s.Versions("a"); len(vs) != 0 || err != nil {
		t.Fatalf("versions of a document never read: %v, %v", vs, err)
	}
	for i := 1; i <= 3; i++ {
		save(t, s, "a", i, at(time.Duration(i)*time.Hour), "一", fmt.Sprint(i))
	}
	vs, err := s.Versions("a")
	must(t, err)
	if len(vs) != 3 {
		t.Fatalf("%d versions", len(vs))
	}
	for i, v := range vs {
		_, k := commit("a", i+1, at(time.Duration(i+1)*time.Hour), "一", fmt.Sprint(i+1))
		k.Version.Blocks = nil
		want(t, "version", v, *k.Version)
	}
}

func backAndForth(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	two := save(t, s, "a", 2, at(1), "B")
	three := save(t, s, "a", 3, at(2), "A")
	want(t, "numbers", []uint64{two.Number, three.Number}, []uint64{1, 2})
	v := latest(t, s, "a")
	want(t, "text", v.Blocks[0].Text, "A")
	want(t, "seq", v.Seq, 3)
	first, _, err := s.Version("a", 1)
	must(t, err)
	want(t, "hashes of equal states", v.Snapshot.Hash, first.Snapshot.Hash)
	st, err := s.Stats()
	must(t, err)
	want(t, "bodies", st.Bodies, 2)
}

func outOfSequence(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	for _, seq := range []int{-1, 0, 1, 3, 1 << 40} {
		c, k := commit("a", seq, at(time.Hour), "B")
		must(t, s.SaveCapture(c, ""))
		if _, err := s.Commit(k); err == nil {
			t.Errorf("version %d after version 1 was accepted", seq)
		}
	}
	want(t, "latest", latest(t, s, "a").Seq, 1)
	n, err := s.LastNumber()
	must(t, err)
	want(t, "last number", n, 0)
	ds, err := s.Deliveries("", 0)
	must(t, err)
	want(t, "deliveries", len(ds), 0)
	ls, err := s.Looks("", time.Time{}, 0)
	must(t, err)
	want(t, "looks", len(ls), 1)
}

func goneAndBack(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	_, k := commit("a", 2, at(1))
	k.Version.Snapshot, k.Version.Gone, k.Version.Blocks, k.Version.TextHash = kaisei.Snapshot{}, true, nil, ""
	_, err := s.Commit(k)
	must(t, err)
	want(t, "gone", latest(t, s, "a"), *k.Version)
	save(t, s, "a", 3, at(2), "A")
	want(t, "back", latest(t, s, "a").Gone, false)
	if _, ok, err := s.Twin("", "b"); ok || err != nil {
		t.Errorf("twin of no text: %v, %v", ok, err)
	}
}

// longHistory amends one paragraph of many at a time, 300 times, and reads all states back.
func longHistory(t *testing.T, s Store) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, 60)
	for i := range texts {
		texts[i] = strings.Repeat(string(rune('一'+i)), 40)
	}
	var hashes, like []string
	for seq := 1; seq <= 300; seq++ {
		texts[r.IntN(len(texts))] = fmt.Sprintf("第%d次改正 %d", seq, r.IntN(1000))
		c, k := commit("a", seq, at(time.Duration(seq)*time.Minute), texts...)
		if like = append(like, c.Hash); seq > 1 {
			must(t, s.SaveCapture(c, like[seq-2]))
		} else {
			must(t, s.SaveCapture(c, ""))
		}
		_, err := s.Commit(k)
		must(t, err)
		hashes = append(hashes, k.Version.TextHash)
	}
	for seq := 1; seq <= 300; seq++ {
		v, ok, err := s.Version("a", seq)
		if !ok || err != nil {
			t.Fatalf("version %d: %v, %v", seq, ok, err)
		}
		var got []string
		for _, b := range v.Blocks {
			got = append(got, b.Text)
		}
		want(t, fmt.Sprintf("text of version %d", seq), kaisei.TextHash(got), hashes[seq-1])
		body, err := s.Body(v.Snapshot.Hash)
		must(t, err)
		want(t, "hash of the body", kaisei.Hash(body), v.Snapshot.Hash)
	}
	vs, err := s.Versions("a")
	must(t, err)
	for i, v := range vs {
		want(t, "text hash", v.TextHash, hashes[i])
	}
	cs, err := s.Changes(kaisei.ChangeQuery{})
	must(t, err)
	want(t, "changes", len(cs), 299)
}

func documentsList(t *testing.T, s Store) {
	for i, id := range []string{"meti/b", "meti/a", "cao/x", "meti/a/sub", "metix"} {
		save(t, s, id, 1, at(time.Duration(i)), id)
	}
	save(t, s, "meti/b", 2, at(time.Hour), "new")
	for prefix, ids := range map[string][]string{
		"":        {"cao/x", "meti/a", "meti/a/sub", "meti/b", "metix"},
		"meti/":   {"meti/a", "meti/a/sub", "meti/b"},
		"meti/a/": {"meti/a/sub"},
		"none":    nil,
	} {
		vs, err := s.Documents(prefix)
		must(t, err)
		var got []string
		for _, v := range vs {
			if got = append(got, v.Document); v.Blocks != nil {
				t.Errorf("%s comes with blocks", v.Document)
			}
			if v.Document == "meti/b" {
				want(t, "latest seq", v.Seq, 2)
			}
		}
		want(t, "documents under "+prefix, got, ids)
	}
}

func bodies(t *testing.T, s Store) {
	if _, err := s.Body(kaisei.Hash([]byte("none"))); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("a body never saved: %v", err)
	}
	for _, body := range []string{"", "x", strings.Repeat("あいう", 100_000)} {
		c := capture(body, at(0))
		for range 2 {
			must(t, s.SaveCapture(c, ""))
		}
		got, err := s.Body(c.Hash)
		must(t, err)
		want(t, "body", string(got), body)
	}
	st, err := s.Stats()
	must(t, err)
	want(t, "bodies", st.Bodies, 3)
	lie := capture("x", at(0))
	lie.Hash = kaisei.Hash([]byte("y"))
	if err := s.SaveCapture(lie, ""); err == nil {
		t.Error("a capture under another's hash was accepted")
	}
}

// bodyUnlike names as like a body that does not resemble, was never saved, or is the body itself.
func bodyUnlike(t *testing.T, s Store) {
	r := rand.New(rand.NewPCG(3, 4))
	noise := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return string(b)
	}
	var all []string
	like := kaisei.Hash([]byte("never saved"))
	for _, n := range []int{10_000, 0, 1, 20_000, 600_000, 600_000} {
		body := noise(n)
		if n == 600_000 && len(all) > 4 {
			body = all[4][:300_000] + "挿入" + all[4][300_000:]
		}
		c := capture(body, at(0))
		must(t, s.SaveCapture(c, like))
		must(t, s.SaveCapture(c, c.Hash))
		all, like = append(all, body), c.Hash
	}
	for _, body := range all {
		got, err := s.Body(kaisei.Hash([]byte(body)))
		must(t, err)
		if string(got) != body {
			t.Errorf("a body of %d bytes came back otherwise", len(body))
		}
	}
}

func evidenceOnly(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	c, k := commit("a", 2, at(1), "B")
	must(t, s.SaveCapture(c, ""))
	// Here the process dies; the next look does it all again.
	want(t, "latest", latest(t, s, "a").Seq, 1)
	must(t, s.SaveCapture(c, latest(t, s, "a").Snapshot.Hash))
	change, err := s.Commit(k)
	must(t, err)
	want(t, "number", change.Number, 1)
	if _, err := s.Commit(k); err == nil {
		t.Error("the same commit was accepted twice")
	}
	n, err := s.LastNumber()
	must(t, err)
	want(t, "last number", n, 1)
}

func commitNeedsBody(t *testing.T, s Store) {
	_, k := commit("a", 1, at(0), "A")
	if _, err := s.Commit(k); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("a version without its body: %v", err)
	}
	if _, ok, err := s.Latest("a"); ok || err != nil {
		t.Errorf("it was stored: %v, %v", ok, err)
	}
}

// refusedCommit refuses for the last thing that is written, and looks for the first.
func refusedCommit(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	c, k := commit("a", 2, at(1), "B")
	must(t, s.SaveCapture(c, ""))
	k.Deliveries = append(k.Deliveries, delivery("", at(1)))
	if _, err := s.Commit(k); err == nil {
		t.Fatal("a delivery without an ID was accepted")
	}
	want(t, "latest", latest(t, s, "a").Seq, 1)
	if _, ok, _ := s.Change("a@2"); ok {
		t.Error("the change is there")
	}
	if _, ok, _ := s.Delivery("alert/slack/a@2"); ok {
		t.Error("a delivery is there")
	}
	ls, err := s.Looks("", time.Time{}, 0)
	must(t, err)
	want(t, "looks", len(ls), 1)
}

func drop(t *testing.T, s Store) {
	save(t, s, "a", 1, at(0), "A")
	kept := latest(t, s, "a").Snapshot.Hash
	noise := capture("<p>A</p>\n<!-- counter 2 -->", at(1))
	must(t, s.SaveCapture(noise, kept))
	later := capture("<p>A</p>\n<!-- counter 3 -->", at(2))
	must(t, s.SaveCapture(later, noise.Hash)) // may need the one before
	look := kaisei.Look{Source: "meti/ai-guidelines", At: at(1), Verdict: kaisei.VerdictSameText, URL: noise.URL}
	for _, hash := range []string{kept, noise.Hash, later.Hash, noise.Hash, kaisei.Hash([]byte("never saved"))} {
		_, err := s.Commit(kaisei.Commit{Look: look, Drop: hash})
		must(t, err)
	}
	if _, err := s.Body(kept); err != nil {
		t.Errorf("the body of a version: %v", err)
	}
	if _, err := s.Body(later.Hash); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("a dropped body: %v", err)
	}
}

// listingKept saves the listing that led to a version, drops it and lets a month pass.
func listingKept(t *testing.T, s Store) {
	listing, lost := capture("<ul><li>第1版</li></ul>", at(0)), capture("<ul></ul>", at(0))
	must(t, s.SaveCapture(listing, ""))
	must(t, s.SaveCapture(lost, listing.Hash))
	for i, hash := range []string{listing.Hash, kaisei.Hash([]byte("never saved")), "no hash"} {
		c, k := commit(fmt.Sprint(i), 1, at(0), "A")
		must(t, s.SaveCapture(c, ""))
		k.Version.PageURL, k.Version.PageHash, k.Drop = "https://x/", hash, listing.Hash
		_, err := s.Commit(k)
		must(t, err)
		want(t, "version", latest(t, s, k.Version.Document), *k.Version)
	}
	must(t, s.AppendLook(kaisei.Look{Source: "a", At: at(31 * 24 * time.Hour)}))
	_, err := s.Prune(time.Time{})
	must(t, err)
	if _, err := s.Body(listing.Hash); err != nil {
		t.Errorf("the listing that led to a version: %v", err)
	}
	if _, err := s.Body(lost.Hash); !errors.Is(err, kaisei.ErrNotFound) {
		t.Errorf("another listing: %v", err)
	}
}

func twin(t *testing.T, s Store) {
	for i, id := range []string{"mic/main", "meti/main", "cao/copy"} {
		save(t, s, id, 1, at(time.Duration(3-i)*time.Hour), "同じ文")
	}
	save(t, s, "meti/main", 2, at(5*time.Hour), "別の文")
	hash := kaisei.TextHash([]string{"同じ文"})
	for document, twinOf := range map[string]string{"new": "cao/copy", "cao/copy": "meti/main", "meti/main": "cao/copy"} {
		v, ok, err := s.Twin(hash, document)
		if !ok || err != nil {
			t.Fatalf("twin of %s: %v, %v", document, ok, err)
		}
		if want(t, "twin of "+document, v.Document, twinOf); v.Blocks != nil || v.Seq != 1 {
			t.Errorf("twin is version %d with %d blocks", v.Seq, len(v.Blocks))
		}
	}
	if _, ok, err := s.Twin(kaisei.TextHash([]string{"別の文"}), "meti/main"); ok || err != nil {
		t.Errorf("a document is its own twin: %v, %v", ok, err)
	}
	if _, ok, err := s.Twin("nothing", "x"); ok || err != nil {
		t.Errorf("twin of a text never read: %v, %v", ok, err)
	}
}
