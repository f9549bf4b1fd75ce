package extract

import (
	"strings"
)

// wordNumbers counts the automatic numbers of a Word file.
type wordNumbers struct {
	lists map[string]*wordList
	// used marks the lists whose restarts were applied.
	used map[string]bool
}

// wordList is a <w:num>: a numbering with changes of its own. Lists of one abstract
// numbering count together.
type wordList struct {
	levels [9]wordLevel
	counts *[9]int
	// restart holds the start values that take force at the first use, -1 for none.
	restart [9]int
}

type wordLevel struct {
	start   int
	format  string
	text    string
	font    string
	style   string
	legal   bool
	nothing bool // nothing between number and text
	restart int  // the level after which it begins again; -1 for every higher one, 0 for never
}

func readWordNumbers(p *pack) (*wordNumbers, error) {
	n := &wordNumbers{lists: map[string]*wordList{}, used: map[string]bool{}}
	root, err := p.xml("word/numbering.xml")
	if root == nil || err != nil {
		return n, err
	}
	type abstract struct {
		levels [9]wordLevel
		counts *[9]int
		link   string
	}
	abstracts := map[string]*abstract{}
	byStyle := map[string]*abstract{}
	for _, k := range root.kids {
		if k.name != "abstractNum" {
			continue
		}
		a := &abstract{counts: newCounts()}
		for i := range a.levels {
			a.levels[i] = wordLevel{start: 1, format: "none", restart: -1}
		}
		for _, l := range k.kids {
			switch l.name {
			case "lvl":
				if i := number(l.get("ilvl"), -1); i >= 0 && i < len(a.levels) {
					a.levels[i] = readWordLevel(l)
				}
			case "numStyleLink":
				a.link = l.get("val")
			case "styleLink":
				byStyle[l.get("val")] = a
			}
		}
		abstracts[k.get("abstractNumId")] = a
	}
	for _, k := range root.kids {
		if k.name != "num" {
			continue
		}
		ref := k.child("abstractNumId")
		if ref == nil {
			continue
		}
		a := abstracts[ref.get("val")]
		if a == nil {
			continue
		}
		if to := byStyle[a.link]; a.link != "" && to != nil {
			a = to
		}
		l := &wordList{levels: a.levels, counts: a.counts}
		for i := range l.restart {
			l.restart[i] = -1
		}
		for _, o := range k.kids {
			i := number(o.get("ilvl"), -1)
			if o.name != "lvlOverride" || i < 0 || i >= len(l.levels) {
				continue
			}
			if lvl := o.child("lvl"); lvl != nil {
				l.levels[i] = readWordLevel(lvl)
			}
			if s := o.child("startOverride"); s != nil {
				l.restart[i] = number(s.get("val"), 1)
			}
		}
		n.lists[k.get("numId")] = l
	}
	return n, nil
}

// unset is a counter that was not used yet.
const unset = -1

func newCounts() *[9]int {
	c := new([9]int)
	for i := range c {
		c[i] = unset
	}
	return c
}

func readWordLevel(l *element) wordLevel {
	out := wordLevel{start: 1, format: "decimal", restart: -1}
	for _, k := range l.kids {
		switch k.name {
		case "start":
			out.start = number(k.get("val"), 1)
		case "numFmt":
			out.format = k.get("val")
		case "AlternateContent":
			if f := alternative(k).child("numFmt"); f != nil {
				out.format = f.get("val")
			}
		case "lvlText":
			out.text = k.get("val")
		case "pStyle":
			out.style = k.get("val")
		case "isLgl":
			out.legal = on(k)
		case "suff":
			out.nothing = k.get("val") == "nothing"
		case "lvlRestart":
			out.restart = number(k.get("val"), -1)
		case "rPr":
			if f := k.child("rFonts"); f != nil {
				out.font = f.get("ascii")
			}
		}
	}
	return out
}

// next counts one paragraph of a list and returns its number as printed, or "".
func (n *wordNumbers) next(num string, ilvl int, style string) string {
	l := n.lists[num]
	if l == nil {
		return ""
	}
	if ilvl < 0 {
		ilvl = 0
		for i := range l.levels {
			if style != "" && l.levels[i].style == style {
				ilvl = i
			}
		}
	}
	ilvl = min(ilvl, len(l.levels)-1)
	if !n.used[num] {
		n.used[num] = true
		for i, start := range l.restart {
			if start >= 0 {
				l.counts[i] = start - 1
			}
		}
	}
	for i := range ilvl {
		if l.counts[i] == unset {
			l.counts[i] = l.levels[i].start
		}
	}
	if l.counts[ilvl] == unset {
		l.counts[ilvl] = l.levels[ilvl].start - 1
	}
	l.counts[ilvl]++
	for i := ilvl + 1; i < len(l.counts); i++ {
		if r := l.levels[i].restart; r < 0 || r > ilvl {
			l.counts[i] = unset
		}
	}
	return l.format(ilvl)
}

// format writes the number of a level: its text with %1 to %9 replaced.
func (l *wordList) format(ilvl int) string {
	lv := l.levels[ilvl]
	if lv.format == "bullet" {
		return trim(looksLike(lv.font, lv.text))
	}
	var b strings.Builder
	for i := 0; i < len(lv.text); i++ {
		c := lv.text[i]
		if c != '%' || i+1 >= len(lv.text) || lv.text[i+1] < '1' || lv.text[i+1] > '9' {
			b.WriteByte(c)
			continue
		}
		i++
		at := int(lv.text[i] - '1')
		format := l.levels[at].format
		if lv.legal {
			format = "decimal"
		}
		if v := l.counts[at]; v != unset && format != "bullet" {
			b.WriteString(wordNumber(format, v))
		}
	}
	return trim(b.String())
}
