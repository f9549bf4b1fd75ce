package accuracy

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// expected is an edit that was made and must come back.
type expected struct {
	kind          kaisei.EditKind
	before, after string // as wording
}

// wording is what texts are compared by here: squeezed, and without the sign in front.
func wording(s string) string {
	var parts []string
	for line := range strings.SplitSeq(s, "\n") {
		parts = append(parts, strings.TrimLeft(squeeze(line), squeeze(bullets)))
	}
	return strings.Trim(strings.Join(parts, ""), "|")
}

// editor makes known edits of one kind after the other to a copy of a document.
type editor struct {
	*rand.Rand
	blocks []kaisei.Block
	// strange holds sentences of other documents, taken in turn.
	strange []string
	// texts counts wordings, so that only what stands once is edited.
	texts map[string]int
	// touched are the wordings of blocks that were made or edited.
	touched map[string]bool
	want    []expected
}

// The kinds of edit that are made. A clause that is only cut in two, or joined with the
// next, has changed in no word and must give no edit.
var kinds = []string{"add", "delete", "word", "number", "ending", "heading", "move", "renumber", "split", "split and change", "merge", "merge and change"}

// minText is how long in characters a clause is that is edited.
const minText = 20

func newEditor(r *rand.Rand, blocks []kaisei.Block, strange []string) *editor {
	e := &editor{Rand: r, blocks: slices.Clone(blocks), strange: strange, texts: map[string]int{}, touched: map[string]bool{}}
	for _, b := range blocks {
		_, rest := ja.Enumerator(b.Text)
		e.texts[wording(rest)]++
	}
	return e
}

// replace writes another text in the place of a block's.
func (e *editor) replace(i int, kind kaisei.EditKind, text string) bool {
	b := &e.blocks[i]
	if wording(text) == wording(b.Text) {
		return false
	}
	e.want = append(e.want, expected{kind, wording(b.Text), wording(text)})
	b.Text = text
	e.touched[wording(text)] = true
	return true
}

// free reports whether the block i stands apart from every edit so far.
func (e *editor) free(i int) bool {
	for k := max(i-2, 0); k <= min(i+2, len(e.blocks)-1); k++ {
		if e.touched[wording(e.blocks[k].Text)] {
			return false
		}
	}
	return true
}

// make tries to make one edit at the block i and reports whether it could.
func (e *editor) make(what string, i int) bool {
	b := &e.blocks[i]
	mark, rest := ja.Enumerator(b.Text)
	outline := b.Kind == kaisei.BlockHeading || b.Kind == kaisei.BlockArticle
	body := !outline && utf8.RuneCountInString(squeeze(rest)) >= minText && e.texts[wording(rest)] == 1
	if !e.free(i) || !body && what != "add" && what != "heading" && what != "renumber" {
		return false
	}
	head := strings.TrimSuffix(b.Text, rest)
	switch what {
	case "add":
		return b.Kind != kaisei.BlockRow && b.Kind != kaisei.BlockNote && e.add(i)
	case "delete":
		e.want = append(e.want, expected{kaisei.EditRemoved, wording(b.Text), ""})
		e.blocks = slices.Delete(e.blocks, i, i+1)
		e.touched[wording(e.blocks[min(i, len(e.blocks)-1)].Text)] = true
		return true
	case "word":
		words := []string{"事業者", "提供", "利用", "個人", "情報", "報告", "措置", "社会", "規定", "必要", "機関", "評価"}
		for range 20 {
			w, x := words[e.IntN(len(words))], words[e.IntN(len(words))]
			if w != x && strings.Contains(rest, w) {
				return e.replace(i, kaisei.EditChanged, head+strings.Replace(rest, w, x, 1))
			}
		}
	case "number":
		for _, w := range []string{"第一項", "第二項", "第三条", "三年", "二年", "2024", "2023", "2022", "2020", "第二号", "令和", "平成", "第四項", "10", "30"} {
			if strings.Contains(rest, w) {
				x := strings.NewReplacer("令和", "昭和", "平成", "昭和", "一", "五", "二", "六", "三", "七", "四", "八", "20", "19", "10", "15", "30", "35").Replace(w)
				return e.replace(i, kaisei.EditChanged, head+strings.Replace(rest, w, x, 1))
			}
		}
	case "ending":
		for _, p := range [][2]string{{"しなければならない。", "するものとする。"}, {"することができる。", "しなければならない。"}, {"ものとする。", "ことが望ましい。"}, {"である。", "となりうる。"},
			{"する。", "するよう努めなければならない。"}, {"重要である。", "求められる。"}, {"いる。", "いない。"}, {"する", "しない"}, {"こと", "ことを除く"}} {
			if s, found := strings.CutSuffix(b.Text, p[0]); found {
				return e.replace(i, kaisei.EditChanged, s+p[1])
			}
		}
	case "heading":
		r := []rune(rest)
		if !outline || len(r) < 4 || e.texts[wording(rest)] != 1 {
			return false
		}
		return e.replace(i, kaisei.EditChanged, head+string(r[:1])+"等の推進"+string(r[3:]))
	case "move":
		return (mark == "" || bulleted(b.Text)) && b.Kind != kaisei.BlockNote && b.Kind != kaisei.BlockRow && e.move(i)
	case "renumber":
		return e.renumber(i)
	case "split", "split and change":
		return b.Kind != kaisei.BlockRow && b.Kind != kaisei.BlockNote && e.split(i, what == "split and change")
	case "merge", "merge and change":
		return e.merge(i, what == "merge and change")
	}
	return false
}

func (e *editor) add(i int) bool {
	text := e.strange[e.IntN(len(e.strange))]
	if e.texts[wording(text)] > 0 {
		return false
	}
	e.texts[wording(text)]++
	e.touched[wording(text)] = true
	e.blocks = slices.Insert(e.blocks, i, kaisei.Block{Kind: kaisei.BlockParagraph, Text: text})
	e.want = append(e.want, expected{kaisei.EditAdded, "", wording(text)})
	return true
}

// move puts a clause some way down, not between the rows of a table.
func (e *editor) move(i int) bool {
	to := i + 8 + e.IntN(30)
	if to+1 >= len(e.blocks) || !e.free(to) || e.blocks[to].Kind == kaisei.BlockRow || e.blocks[to].Kind == kaisei.BlockNote {
		return false
	}
	long := 0 // it must pass clauses, not labels
	for _, p := range e.blocks[i+1 : to] {
		if p.Kind != kaisei.BlockNote && p.Kind != kaisei.BlockRow && utf8.RuneCountInString(p.Text) >= minText {
			long++
		}
	}
	if long < 4 {
		return false
	}
	moved := e.blocks[i]
	if before := e.blocks[to-1]; moved.Kind == kaisei.BlockHeading || before.Kind == kaisei.BlockHeading && bulleted(moved.Text) {
		return false
	}
	e.want = append(e.want, expected{kaisei.EditMoved, wording(moved.Text), wording(moved.Text)})
	e.touched[wording(moved.Text)] = true
	e.blocks = slices.Insert(e.blocks, to, moved)
	e.blocks = slices.Delete(e.blocks, i, i+1)
	e.touched[wording(e.blocks[i].Text)] = true
	return true
}

// renumber counts a series on by one from the block i to its end, as where a clause was
// put in before it.
func (e *editor) renumber(i int) bool {
	mark, _ := ja.Enumerator(e.blocks[i].Text)
	last, frame, ok := ordinal(mark)
	if !ok {
		return false
	}
	series := []int{i}
	for k := i + 1; k < len(e.blocks) && len(series) < maxSeries; k++ {
		m, _ := ja.Enumerator(e.blocks[k].Text)
		n, f, ok := ordinal(m)
		if ok && f == frame && e.blocks[k].Kind == e.blocks[i].Kind {
			if n != last+1 {
				break
			}
			last = n
			series = append(series, k)
		}
		if e.blocks[k].Kind == kaisei.BlockHeading && (e.blocks[i].Kind != kaisei.BlockHeading || e.blocks[k].Level < e.blocks[i].Level) {
			break
		}
	}
	for _, k := range series {
		m, rest := ja.Enumerator(e.blocks[k].Text)
		if next(m) == "" || !e.free(k) || e.blocks[k].Kind == kaisei.BlockRow || e.blocks[k].Kind == kaisei.BlockNote ||
			utf8.RuneCountInString(squeeze(rest)) < 4 || e.texts[wording(rest)] != 1 {
			return false
		}
	}
	for _, k := range series {
		m, _ := ja.Enumerator(e.blocks[k].Text)
		e.replace(k, kaisei.EditRenumbered, next(m)+strings.TrimPrefix(e.blocks[k].Text, m))
	}
	return true
}

// maxSeries bounds how many numbers one edit changes.
const maxSeries = 5

const (
	circled = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
	kanji   = "一二三四五六七八九"
	kana    = "アイウエオカキクケコサシスセソ"
)

// ordinal returns the number that an enumerator counts with and what stands around it.
func ordinal(mark string) (n int, frame string, ok bool) {
	folded := squeeze(mark)
	if strings.ContainsAny(mark, circled) {
		folded = "○" + folded
	}
	at := strings.IndexFunc(folded, func(r rune) bool { return r >= '0' && r <= '9' })
	if at >= 0 {
		end := at
		for end < len(folded) && folded[end] >= '0' && folded[end] <= '9' {
			end++
		}
		if strings.ContainsAny(folded[end:], "0123456789") {
			return 0, "", false
		}
		n, err := strconv.Atoi(folded[at:end])
		return n, folded[:at] + "#" + folded[end:], err == nil
	}
	for k, signs := range []string{kanji, kana} {
		if i := strings.IndexAny(folded, signs); i >= 0 {
			r, size := utf8.DecodeRuneInString(folded[i:])
			if strings.ContainsAny(folded[i+size:], signs+"十百の") || strings.ContainsAny(folded[:i], "十百") {
				return 0, "", false
			}
			return strings.IndexRune(signs, r)/len("一") + 1, folded[:i] + string("漢カ"[k*3:k*3+3]) + folded[i+size:], true
		}
	}
	return 0, "", false
}

// next is the enumerator after mark, printed alike, or "".
func next(mark string) string {
	for _, signs := range []string{circled, kanji, kana} {
		if i := strings.IndexAny(mark, signs); i >= 0 {
			r, size := utf8.DecodeRuneInString(mark[i:])
			at := strings.IndexRune(signs, r) + size
			if at >= len(signs) {
				return ""
			}
			following, _ := utf8.DecodeRuneInString(signs[at:])
			return mark[:i] + string(following) + mark[i+size:]
		}
	}
	folded := full.Replace(half.Replace(mark))
	folded = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, folded)
	at := strings.IndexFunc(folded, func(r rune) bool { return r >= '0' && r <= '9' })
	if at < 0 {
		return ""
	}
	end := at
	for end < len(folded) && folded[end] >= '0' && folded[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(folded[at:end])
	if err != nil {
		return ""
	}
	return folded[:at] + strconv.Itoa(n+1) + folded[end:]
}

// split cuts a clause between two sentences; with change, the second says more.
func (e *editor) split(i int, change bool) bool {
	mark, rest := ja.Enumerator(e.blocks[i].Text)
	at := strings.Index(rest, "。")
	if at < 0 {
		return false
	}
	at += len("。")
	first, second := rest[:at], rest[at:]
	if utf8.RuneCountInString(first) < minText || utf8.RuneCountInString(second) < minText || !strings.HasSuffix(second, "。") || !balanced(first) {
		return false
	}
	if m, _ := ja.Enumerator(second); m != "" {
		return false
	}
	head := strings.TrimSuffix(e.blocks[i].Text, rest)
	if change {
		second = strings.TrimSuffix(second, "。") + "とし、これを公表する。"
		e.want = append(e.want, expected{kaisei.EditChanged, wording(e.blocks[i].Text), wording(head + first + second)})
	}
	_ = mark
	kind := e.blocks[i].Kind
	e.blocks[i].Text = head + first
	if kind == kaisei.BlockItem {
		kind = kaisei.BlockParagraph
	}
	e.blocks = slices.Insert(e.blocks, i+1, kaisei.Block{Kind: kind, Text: second})
	e.touched[wording(head+first)], e.touched[wording(second)] = true, true
	return true
}

// balanced reports that no bracket is open.
func balanced(s string) bool {
	return strings.Count(s, "「") == strings.Count(s, "」") && strings.Count(squeeze(s), "(") == strings.Count(squeeze(s), ")") && strings.Count(s, "『") == strings.Count(s, "』")
}

// merge joins a clause with the unnumbered one after it; with change, the second says more.
func (e *editor) merge(i int, change bool) bool {
	if i+1 >= len(e.blocks) {
		return false
	}
	b, n := &e.blocks[i], e.blocks[i+1]
	if m, _ := ja.Enumerator(n.Text); m != "" || n.Kind != kaisei.BlockParagraph || b.Kind == kaisei.BlockRow || b.Kind == kaisei.BlockNote ||
		e.texts[wording(n.Text)] != 1 || utf8.RuneCountInString(n.Text) < minText || !strings.HasSuffix(b.Text, "。") || !strings.HasSuffix(n.Text, "。") {
		return false
	}
	if i+2 < len(e.blocks) && e.blocks[i+2].Kind == kaisei.BlockNote {
		return false
	}
	text := b.Text + n.Text
	if change {
		text = strings.TrimSuffix(text, "。") + "とし、これを公表する。"
		e.want = append(e.want, expected{kaisei.EditChanged, wording(b.Text + n.Text), wording(text)})
	}
	b.Text = text
	e.blocks = slices.Delete(e.blocks, i+1, i+2)
	e.touched[wording(text)] = true
	return true
}
