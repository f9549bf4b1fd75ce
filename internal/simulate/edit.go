package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// How says in which way a text really changed.
type How string

// The ways in which a text changes.
const (
	HowDigit       How = "digit"        // one digit of a sentence
	HowRemoved     How = "removed"      // a single sentence is gone
	HowAdded       How = "added"        // a single sentence is new
	HowHardened    How = "hardened"     // 望ましい became 求められる
	HowItem        How = "item"         // an item of a list or a row of a table is new
	HowHidden      How = "hidden"       // a sentence joined the block of a counter or banner
	HowNumber      How = "number"       // a digit beside a counter
	HowReverted    How = "reverted"     // the text before the last change is back
	HowNewVersion  How = "new-version"  // a document of an index has a new version at a new address
	HowInPlace     How = "in-place"     // a document was rewritten at its address
	HowNewDocument How = "new-document" // an index leads to a new document
	HowNewItem     How = "new-item"     // a feed has a new item about the subject
)

// Change is one real change and the words that prove it.
type Change struct {
	Source string `json:"source"`
	// URL is where the new text stands.
	URL string `json:"url"`
	How How    `json:"how"`
	// Before and After are the words that changed; one of them is empty where words only went or came.
	Before string `json:"before"`
	After  string `json:"after"`
}

// text is what of a document can change.
type text struct {
	edits []edit
	// joined is a sentence in the block of a noise, number the number of the document.
	joined string
	number int
}

func (t text) clone() text {
	t.edits = slices.Clone(t.edits)
	return t
}

// earlier is a text that was there before, and what ended it.
type earlier struct {
	text   text
	change Change
}

// edit is one change of a text's parts.
type edit struct {
	part, word int
	// insert puts a part like the one named behind it, with words as its words; else words replace
	// the one word named.
	insert bool
	words  []string
}

func (e edit) apply(parts []part) []part {
	if e.insert {
		p := part{tag: parts[e.part].tag, mark: parts[e.part].mark, words: e.words}
		return slices.Insert(parts, e.part+1, p)
	}
	p := &parts[e.part]
	p.words = append(append(slices.Clone(p.words[:e.word]), e.words...), p.words[e.word+1:]...)
	return parts
}

// alter finds an edit of the given kind for the parts. It returns the words before and after.
func alter(r *rand.Rand, parts []part, how How) (e edit, before, after string, ok bool) {
	for range 10_000 {
		e = edit{part: 1 + r.IntN(len(parts)-1)}
		p := parts[e.part]
		e.word = r.IntN(len(p.words))
		word := p.words[e.word]
		switch {
		case p.tag == "h2" || p.tag == "h3":
		case how == HowDigit && strings.ContainsAny(word, "123456789"):
			at := strings.IndexAny(word, "123456789")
			was := word[at]
			now := '1' + (was-'1'+1+byte(r.IntN(8)))%9
			after = word[:at] + string(rune(now)) + word[at+1:]
			e.words = []string{after}
			return e, word, after, true
		case how == HowRemoved && p.tag == "p" && len(p.words) > 1:
			return e, word, "", true
		case how == HowAdded && p.tag == "p":
			after = sentence(r)
			e.words = []string{word, after}
			return e, "", after, true
		case how == HowHardened && strings.Contains(word, "ことが望ましい"):
			after = strings.Replace(word, "ことが望ましい", "ことが求められる", 1)
			e.words = []string{after}
			return e, word, after, true
		case how == HowItem && (p.tag == "li" || p.tag == "tr"):
			after = sentence(r)
			e.insert, e.words = true, []string{after}
			return e, "", after, true
		}
	}
	return edit{}, "", "", false
}

// amend changes the text of a page. It reports false where the page has nothing of that kind to change.
func (s *Site) amend(res *resource, how How) (Change, bool) {
	c := Change{Source: res.id, URL: s.url(res), How: how}
	p := res.page
	r := s.rand(streamEdit, res.n, len(p.past))
	last := p.text.clone()
	switch how {
	case HowHidden:
		c.After = [...]string{
			"この文書は令和8年9月30日をもって廃止する。", "第2章の規定は、令和9年4月1日から適用する。", "事業者は、令和8年12月末日までに届け出なければならない。",
		}[r.IntN(3)]
		if p.text.joined != "" || p.noise&(NoiseCounter|NoiseBanner) == 0 {
			return c, false
		}
		p.text.joined = c.After
	case HowNumber:
		c.Before = fmt.Sprintf("第%d号", res.number())
		p.text.number++
		c.After = fmt.Sprintf("第%d号", res.number())
	case HowReverted:
		if len(p.past) == 0 {
			return c, false
		}
		back := p.past[len(p.past)-1]
		p.text = back.text.clone()
		c.Before, c.After = back.change.After, back.change.Before
	default:
		e, before, after, ok := alter(r, res.parts(s), how)
		if !ok {
			return c, false
		}
		c.Before, c.After = before, after
		p.text.edits = append(p.text.edits, e)
	}
	p.past = append(p.past, earlier{last, c})
	p.touched = s.now()
	return c, true
}

// Amend changes a source's text, document or items really, and returns what changed. A page takes the
// ways of a text; a feed takes HowNewItem; an index takes HowNewVersion, HowInPlace and HowNewDocument.
func (s *Site) Amend(source string, how How) (Change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	res, err := s.source(source)
	if err != nil {
		return Change{}, err
	}
	ok := false
	var c Change
	switch {
	case res.page != nil:
		c, ok = s.amend(res, how)
	case res.feed != nil && how == HowNewItem:
		c, ok = s.publish(res), true
	case res.index != nil:
		c, ok = s.issue(res, how)
	}
	if !ok {
		return Change{}, fmt.Errorf("change %s by %s: it has nothing of that kind", source, how)
	}
	return c, nil
}

func (s *Site) source(id string) (*resource, error) {
	for _, r := range s.sources {
		if r.id == id {
			return r, nil
		}
	}
	return nil, fmt.Errorf("the simulated site has no source %q", id)
}
