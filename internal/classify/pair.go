package classify

import (
	"regexp"
	"time"
	"unicode"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// Text is a document that no source offered, such as a local file.
type Text struct {
	// Title is what the document calls itself, Name what its file is called.
	Title, Name string
	// Format is how it was read (html, pdf, lawxml, …).
	Format string
	Blocks []kaisei.Block
}

// label is the version that the title names, or else the file name.
func (t Text) label() string {
	if l := ja.Label(t.Title); l != "" {
		return l
	}
	return ja.Label(t.Name)
}

func (t Text) title() string {
	if t.Title != "" {
		return t.Title
	}
	return t.Name
}

// Pair is the finding of two texts compared by themselves: it is judged as a document of the layer
// that was seen twice, whose earlier version is before. Edits are the differences between the two.
func Pair(before, after Text, edits []kaisei.Edit, layer kaisei.Layer, now time.Time) Finding {
	version := func(t Text, seq int) kaisei.Version {
		return kaisei.Version{
			Document: "pair", Seq: seq, Title: t.title(), Label: t.label(), Layer: layer, Language: languageIn(after.Blocks),
			Format: t.Format, Blocks: t.Blocks, SeenAt: now,
		}
	}
	prev := version(before, 1)
	return Finding{
		Source: kaisei.Source{Kind: kaisei.KindPage, Layer: layer},
		Target: kaisei.Target{As: kaisei.FollowDocument},
		Prev:   &prev, Next: version(after, 2), Edits: edits, Now: now,
	}
}

// titleLayers are the layers that a title gives away, asked in order.
var titleLayers = []struct {
	title *regexp.Regexp
	layer kaisei.Layer
}{
	{regexp.MustCompile(`意見募集|パブリックコメント|意見の募集`), kaisei.LayerConsultation},
	{regexp.MustCompile(`ガイドライン|手引き?|ガイドブック|ハンドブック|チェックリスト`), kaisei.LayerBusinessGuideline},
	{regexp.MustCompile(`適正性の?確保に関する指針`), kaisei.LayerStatutory},
	{regexp.MustCompile(`施行令|施行規則|(?:政|省|府|内閣)令(?:$|[(（])|告示$`), kaisei.LayerOrder},
	{regexp.MustCompile(`基本計画`), kaisei.LayerPlan},
	{regexp.MustCompile(`法律(?:$|[(（])|法(?:$|[(（])`), kaisei.LayerLaw},
}

// GuessLayer returns the layer that a text by itself seems to belong to: by its title, as law where
// it is the XML of e-Gov, and else as a guideline for business, whose bullets are read as norms.
func GuessLayer(t Text) kaisei.Layer {
	title := ja.Key(t.title())
	for _, x := range titleLayers {
		if x.title.MatchString(title) {
			return x.layer
		}
	}
	if t.Format == "lawxml" {
		return kaisei.LayerLaw
	}
	return kaisei.LayerBusinessGuideline
}

// maxLanguage is how many blocks are read to tell the language of a text.
const maxLanguage = 200

// languageIn tells Japanese from English: Japanese prose has kana.
func languageIn(blocks []kaisei.Block) string {
	for i, b := range blocks {
		if i == maxLanguage {
			break
		}
		for _, r := range b.Text {
			if unicode.In(r, unicode.Hiragana, unicode.Katakana) {
				return "ja"
			}
		}
	}
	if len(blocks) == 0 {
		return "ja"
	}
	return "en"
}

// Sentence is the finding of words by themselves: a title alone is a new item; a clause that reads after
// is added to a document, or stands in the place of before. An empty layer is news for an item and a guideline
// for business for a clause.
func Sentence(title, before, after string, layer kaisei.Layer, now time.Time) Finding {
	if before == "" && after == "" {
		if layer == "" {
			layer = kaisei.LayerNews
		}
		blocks := []kaisei.Block{{Kind: kaisei.BlockParagraph, Text: title}}
		return Finding{
			Source: kaisei.Source{Kind: kaisei.KindIndex, Layer: layer},
			Target: kaisei.Target{As: kaisei.FollowItem, Title: title, Relevant: true},
			Next:   kaisei.Version{Document: "sentence", Seq: 1, Title: title, Label: ja.Label(title), Layer: layer, Blocks: blocks, SeenAt: now},
			Edits:  []kaisei.Edit{{Kind: kaisei.EditAdded, BlockKind: kaisei.BlockParagraph, After: title}},
			Now:    now,
		}
	}
	if layer == "" {
		layer = kaisei.LayerBusinessGuideline
	}
	side := func(clause string) Text {
		t := Text{Title: title}
		if clause != "" {
			t.Blocks = []kaisei.Block{{Kind: kaisei.BlockParagraph, Text: clause}}
		}
		return t
	}
	e := kaisei.Edit{Kind: kaisei.EditChanged, BlockKind: kaisei.BlockParagraph, Before: before, After: after}
	switch {
	case before == "":
		e.Kind = kaisei.EditAdded
	case after == "":
		e.Kind = kaisei.EditRemoved
	}
	return Pair(side(before), side(after), []kaisei.Edit{e}, layer, now)
}
