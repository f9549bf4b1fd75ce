package diff_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"kaisei/internal/diff"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// documents returns ten real documents as blocks.
func documents(t testing.TB) map[string][]kaisei.Block {
	t.Helper()
	docs := map[string][]kaisei.Block{"guideline v1.1": pages(t, "v1.1"), "guideline v1.2": pages(t, "v1.2")}
	for id, files := range laws(t) {
		for _, i := range []int{0, len(files) / 3, 2 * len(files) / 3, len(files) - 1} {
			if blocks := law(t, files[i]); len(blocks) > 60 {
				docs[id+" "+filepath.Base(files[i])[:10]] = blocks
			}
		}
	}
	if len(docs) < 10 {
		t.Fatalf("only %d documents", len(docs))
	}
	return docs
}

// expected is an edit that was made, by the comparison keys of the texts.
type expected struct {
	made          string // what the generator did
	kind          kaisei.EditKind
	before, after string
}

// editor makes known edits to a copy of a document.
type editor struct {
	*rand.Rand
	blocks []kaisei.Block
	// strange holds paragraphs of other documents.
	strange []string
	want    []expected
	texts   map[string]int
}

// made reports that the text at i was made here.
func (e *editor) made(i int) bool {
	_, rest := ja.Enumerator(e.blocks[i].Text)
	return e.texts[ja.Key(rest)] == 0
}

var makes = []string{"add", "delete", "word", "number", "ending", "move", "renumber", "split", "split", "split and change", "split and change", "merge", "merge", "heading"}

// make tries to make one edit at the block i and reports whether it could.
func (e *editor) make(what string, i int) (ok bool) {
	b := &e.blocks[i]
	old := *b
	mark, rest := ja.Enumerator(b.Text)
	long := utf8.RuneCountInString(ja.Key(rest)) >= 20 && e.texts[ja.Key(rest)] == 1
	outline := b.Kind == kaisei.BlockHeading || b.Kind == kaisei.BlockArticle
	replace := func(kind kaisei.EditKind, text string) bool {
		if ja.Key(text) == ja.Key(old.Text) {
			return false
		}
		b.Text = text
		b.Path = slices.Clone(b.Path)
		if n := len(b.Path); outline && n > 0 {
			b.Path[n-1] = text
		}
		e.want = append(e.want, expected{what, kind, ja.Key(old.Text), ja.Key(text)})
		return true
	}
	switch what {
	case "add":
		text := e.strange[e.IntN(len(e.strange))]
		if e.texts[ja.Key(text)] > 0 {
			return false
		}
		e.texts[ja.Key(text)]++
		e.blocks = slices.Insert(e.blocks, i, kaisei.Block{Kind: kaisei.BlockParagraph, Text: text, Path: old.Path})
		e.want = append(e.want, expected{what, kaisei.EditAdded, "", ja.Key(text)})
		return true
	case "delete":
		if !long || outline {
			return false
		}
		e.blocks = slices.Delete(e.blocks, i, i+1)
		e.want = append(e.want, expected{what, kaisei.EditRemoved, ja.Key(old.Text), ""})
		return true
	case "word":
		if !long || outline {
			return false
		}
		words := []string{"事業者", "提供", "利用", "個人", "情報", "報告", "措置", "社会", "規定", "必要"}
		for range 20 {
			w, x := words[e.IntN(len(words))], words[e.IntN(len(words))]
			if w != x && strings.Contains(rest, w) {
				return replace(kaisei.EditChanged, mark+" "+strings.Replace(rest, w, x, 1))
			}
		}
		return false
	case "number":
		if !long || outline {
			return false
		}
		for _, w := range []string{"第一項", "第二項", "第三条", "三年", "二年", "2024", "2023", "第二号", "令和 7 年", "第四項"} {
			if strings.Contains(rest, w) {
				x := strings.NewReplacer("一", "五", "二", "六", "三", "七", "四", "八", "4", "1", "3", "0", "7", "9").Replace(w)
				return replace(kaisei.EditChanged, mark+" "+strings.Replace(rest, w, x, 1))
			}
		}
		return false
	case "ending":
		if !long || outline {
			return false
		}
		for _, p := range [][2]string{{"しなければならない。", "するものとする。"}, {"することができる。", "しなければならない。"}, {"する。", "するよう努めなければならない。"},
			{"重要である。", "求められる。"}, {"期待される。", "望ましい。"}, {"する", "しない"}} {
			if s, found := strings.CutSuffix(b.Text, p[0]); found {
				return replace(kaisei.EditChanged, s+p[1])
			}
		}
		return false
	case "move":
		if !long || outline || b.Kind == kaisei.BlockNote {
			return false
		}
		to := i + 8 + e.IntN(40)
		if to >= len(e.blocks) || e.made(to-1) || e.made(to) {
			return false // not between the parts of a clause that was split
		}
		passed := 0 // a note may stand anywhere on its page
		for _, p := range e.blocks[i+1 : to] {
			if p.Kind != kaisei.BlockNote {
				passed++
			}
		}
		if passed < 3 {
			return false
		}
		moved := old
		moved.Path, moved.Key = e.blocks[to].Path, ""
		e.blocks = slices.Insert(e.blocks, to, moved)
		e.blocks = slices.Delete(e.blocks, i, i+1)
		e.want = append(e.want, expected{what, kaisei.EditMoved, ja.Key(old.Text), ja.Key(old.Text)})
		return true
	case "renumber":
		if mark == "" || b.Kind == kaisei.BlockNote || rest == "" || e.texts[ja.Key(rest)] != 1 {
			return false
		}
		next := strings.NewReplacer("一", "五", "二", "六", "三", "七", "四", "八", "1", "5", "2", "6", "①", "⑤", "２", "６", "３", "７").Replace(mark)
		return replace(kaisei.EditRenumbered, next+strings.TrimPrefix(old.Text, mark))
	case "split", "split and change":
		s := ja.Sentences(rest)
		if !long || outline || len(s) < 2 {
			return false
		}
		at := 1 + e.IntN(len(s)-1)
		head, tail := strings.Join(s[:at], ""), strings.Join(s[at:], "")
		if utf8.RuneCountInString(head) < 12 || utf8.RuneCountInString(tail) < 12 {
			return false
		}
		if what == "split and change" {
			changed := strings.Replace(tail, "。", "とし、これを公表する。", 1)
			if changed == tail {
				return false
			}
			tail = changed
			e.want = append(e.want, expected{what, kaisei.EditChanged, ja.Key(old.Text), ja.Key(mark + " " + head + "\n" + tail)})
		} else {
			e.want = append(e.want, expected{made: what})
		}
		b.Text = mark + " " + head
		second := old
		second.Text, second.Key = tail, ""
		if b.Kind == kaisei.BlockItem {
			second.Kind = kaisei.BlockParagraph
		}
		e.blocks = slices.Insert(e.blocks, i+1, second)
		return true
	case "merge":
		if !long || outline || i+1 >= len(e.blocks) {
			return false
		}
		next := e.blocks[i+1]
		if m, _ := ja.Enumerator(next.Text); m != "" || next.Kind != b.Kind || b.Kind == kaisei.BlockRow || e.texts[ja.Key(next.Text)] != 1 {
			return false
		}
		b.Text += "\n" + next.Text
		e.blocks = slices.Delete(e.blocks, i+1, i+2)
		e.want = append(e.want, expected{made: what})
		return true
	case "heading":
		if !outline || utf8.RuneCountInString(rest) < 3 || e.texts[ja.Key(rest)] != 1 {
			return false
		}
		return replace(kaisei.EditChanged, mark+" "+strings.Replace(rest, string([]rune(rest)[1:3]), "等の推進", 1))
	}
	return false
}

// disguise changes the print of every block and the wording of none.
func disguise(r *rand.Rand, blocks []kaisei.Block) []kaisei.Block {
	out := slices.Clone(blocks)
	full := strings.NewReplacer("(", "（", ")", "）", "A", "Ａ", "I", "Ｉ", "1", "１", "2", "２", "~", "～", "-", "－", "・", "･")
	half := strings.NewReplacer("（", "(", "）", ")", "０", "0", "１", "1", "２", "2", "３", "3", "：", ":", "／", "/")
	radicals := strings.NewReplacer("民", "⺠", "長", "⻑", "力", "⼒", "人", "⼈", "行", "⾏", "見", "⾒", "青", "⻘")
	for i := range out {
		b := &out[i]
		switch r.IntN(6) {
		case 0:
			b.Text = full.Replace(b.Text)
		case 1:
			b.Text = half.Replace(b.Text)
		case 2:
			b.Text = radicals.Replace(b.Text)
		case 3:
			// A space or line break beside any Japanese character.
			runes := []rune(b.Text)
			if len(runes) > 12 {
				at := 8 + r.IntN(len(runes)-10)
				if ja.Japanese(string(runes[at])) == 1 {
					b.Text = string(runes[:at]) + []string{" ", "\n", "　", "\u200b"}[r.IntN(4)] + string(runes[at:])
				}
			}
		case 4:
			for _, bullet := range []string{"➢ ", "⚫ ", "・", "○ "} {
				if rest, found := strings.CutPrefix(b.Text, bullet); found {
					b.Text = []string{"\uf0b2", "● ", "✓", "■ "}[r.IntN(4)] + rest
					break
				}
			}
		}
		b.Page += 3
	}
	return out
}

func TestKnownEditsComeBack(t *testing.T) {
	docs := documents(t)
	names := make([]string, 0, len(docs))
	var strange []string
	for name, blocks := range docs {
		names = append(names, name)
		if strings.HasPrefix(name, "guideline v1.2") || strings.HasPrefix(name, "405") {
			for _, b := range blocks {
				if m, _ := ja.Enumerator(b.Text); m == "" && b.Kind == kaisei.BlockParagraph && utf8.RuneCountInString(b.Text) > 30 {
					strange = append(strange, b.Text)
				}
			}
		}
	}
	slices.Sort(names)
	slices.Sort(strange)
	type score struct{ made, found, cases int }
	scores := map[string]*score{}
	for _, m := range makes {
		scores[m] = &score{}
	}
	got := map[kaisei.EditKind]*[2]int{} // edits of the kind, and those expected
	cases, cosmetic, shown := 0, 0, 0
	runs := uint64(1000)
	if testing.Short() {
		runs = 200
	}
	for seed := range runs {
		name := names[int(seed)%len(names)]
		r := rand.New(rand.NewPCG(seed, 3))
		e := &editor{Rand: r, blocks: slices.Clone(docs[name]), strange: strange, texts: map[string]int{}}
		for _, b := range e.blocks {
			_, rest := ja.Enumerator(b.Text)
			e.texts[ja.Key(rest)]++
		}
		if edits := diff.Blocks(docs[name], disguise(r, docs[name])); len(edits) > 0 {
			cosmetic++
			if cosmetic < 3 {
				t.Errorf("%s, seed %d: disguised\n%s", name, seed, show(edits))
			}
		}
		// From the end, so that places before stay; a few blocks apart.
		for i, n := len(e.blocks)-2, 1+r.IntN(6); i > 0 && n > 0; i-- {
			if r.IntN(len(docs[name])) > 3*n+len(docs[name])/40 {
				continue
			}
			what := makes[r.IntN(len(makes))]
			if e.make(what, i) {
				n--
				i -= 3
				scores[what].cases++
			}
		}
		after := disguise(r, e.blocks)
		edits := diff.Blocks(docs[name], after)
		cases++
		used := make([]bool, len(edits))
		wrong := false
		for _, w := range e.want {
			s := scores[w.made]
			s.made++
			if w.kind == "" {
				s.found++ // what it must not do counts against the precision
				continue
			}
			missed := true
			for k, g := range edits {
				if !used[k] && g.Kind == w.kind && ja.Key(g.Before) == w.before && ja.Key(g.After) == w.after {
					used[k] = true
					s.found++
					missed = false
					break
				}
			}
			wrong = wrong || missed
		}
		for k, g := range edits {
			n := got[g.Kind]
			if n == nil {
				n = &[2]int{}
				got[g.Kind] = n
			}
			n[0]++
			if used[k] {
				n[1]++
			} else {
				wrong = true
			}
		}
		if wrong && shown < 12 && testing.Verbose() {
			shown++
			var made strings.Builder
			for _, w := range e.want {
				fmt.Fprintf(&made, "  %s: %s\n   → %s\n", w.made, w.before, w.after)
			}
			t.Logf("%s, seed %d: made\n%sgot\n%s", name, seed, made.String(), show(edits))
		}
	}
	t.Logf("%d cases over %d documents, %d of them with an edit where only the print changed", cases, len(docs), cosmetic)
	for _, m := range slices.Compact(slices.Clone(makes)) {
		s := scores[m]
		recall := float64(s.found) / float64(max(s.made, 1))
		t.Logf("%-18s made %4d  recall %.4f", m, s.made, recall)
		if recall < 0.99 {
			t.Errorf("%s: recall %.4f", m, recall)
		}
	}
	for _, k := range slices.SortedFunc(func(yield func(kaisei.EditKind) bool) {
		for k := range got {
			if !yield(k) {
				return
			}
		}
	}, cmp.Compare) {
		precision := float64(got[k][1]) / float64(got[k][0])
		t.Logf("%-18s told %4d  precision %.4f", k, got[k][0], precision)
		if precision < 0.98 {
			t.Errorf("%s: precision %.4f", k, precision)
		}
	}
}
