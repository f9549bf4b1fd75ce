package render

import (
	"time"

	"kaisei/internal/kaisei"
)

// Sample returns a change that looks like a real one and says in its title and in a note that nothing
// happened, for an operator who tries a channel.
func Sample(lang string, at time.Time) kaisei.Change {
	before, after := "AI提供者は、関係者に情報を提供することが望ましい。", "AI提供者は、関係者に情報を提供することが求められる。"
	path := []string{"第2部", "6) 透明性"}
	return kaisei.Change{
		ID: "kaisei/sample@2", Source: "kaisei/sample", Document: "kaisei/sample", Authority: "kaisei",
		AuthorityName: kaisei.Text{JA: say(Japanese, "sample.authority"), EN: say(English, "sample.authority")},
		Title:         say(lang, "sample.title", "AI事業者ガイドライン 本編"), Class: kaisei.ClassNewVersion, Layer: kaisei.LayerBusinessGuideline, Language: "ja", Severity: kaisei.Info,
		LabelBefore: "第1.1版", LabelAfter: "第1.2版", URL: "https://www.example.jp/", Format: "html",
		Reasons: []kaisei.Reason{{Rule: "sample", Text: kaisei.Text{JA: say(Japanese, "sample.note"), EN: say(English, "sample.note")}}},
		Notes:   []kaisei.Text{{JA: say(Japanese, "sample.note"), EN: say(English, "sample.note")}},
		Hash:    kaisei.Hash([]byte(after)), BeforeHash: kaisei.Hash([]byte(before)),
		Edits: []kaisei.Edit{{
			Kind: kaisei.EditChanged, PathBefore: path, PathAfter: path, Before: before, After: after,
			Spans: []kaisei.Span{
				{Op: kaisei.SpanSame, Text: "AI提供者は、関係者に情報を提供することが"}, {Op: kaisei.SpanDelete, Text: "望ましい"},
				{Op: kaisei.SpanInsert, Text: "求められる"}, {Op: kaisei.SpanSame, Text: "。"},
			},
		}},
		Shifts: []kaisei.Shift{{
			Direction: kaisei.Hardened, RankBefore: 3, RankAfter: 7, EndingBefore: "望ましい", EndingAfter: "求められる", Addressee: "AI提供者",
			Path: path, Before: before, After: after,
		}},
		Roles: []string{"provider"}, Themes: []string{"transparency"}, SeenAt: at.UTC(),
	}
}
