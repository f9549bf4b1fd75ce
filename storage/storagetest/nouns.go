package storagetest

import (
	"fmt"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

// capture makes a capture of a body.
func capture(body string, t time.Time) kaisei.Capture {
	return kaisei.Capture{
		Snapshot: kaisei.Snapshot{
			Hash: kaisei.Hash([]byte(body)), URL: "https://www.example.go.jp/a.html", Status: 200, MediaType: "text/html",
			Header: map[string]string{"Etag": `"1"`, "Content-Type": "text/html"}, Size: len(body), At: t,
		},
		Body: []byte(body),
	}
}

// commit makes the commit of a version whose text is the given paragraphs; from the second
// version on it has a change and a delivery.
func commit(document string, seq int, t time.Time, texts ...string) (kaisei.Capture, kaisei.Commit) {
	var blocks []kaisei.Block
	body := ""
	for i, s := range texts {
		blocks = append(blocks, kaisei.Block{Path: []string{"第1部", fmt.Sprint(i / 3)}, Kind: kaisei.BlockParagraph, Text: s, Page: 1 + i/10})
		body += "<p>" + s + "</p>\n"
	}
	c := capture(body, t)
	source := "meti/ai-guidelines"
	v := kaisei.Version{
		Document: document, Seq: seq, Source: source, Label: fmt.Sprintf("第1.%d版", seq), Title: "AI事業者ガイドライン", Layer: kaisei.LayerBusinessGuideline,
		Language: "ja", Snapshot: c.Snapshot, Format: "html", Reader: "html/1", TextHash: kaisei.TextHash(texts), Blocks: blocks, SeenAt: t,
	}
	out := kaisei.Commit{
		Look:    kaisei.Look{Source: source, Document: document, At: t, Verdict: kaisei.VerdictFirst, URL: c.URL, Status: 200, Size: len(body), Hash: c.Hash},
		Version: &v,
		Seen:    &kaisei.Seen{URL: c.URL, Hash: c.Hash, ETag: `"1"`, At: t},
	}
	if seq > 1 {
		out.Look.Verdict = kaisei.VerdictChanged
		out.Change = &kaisei.Change{
			ID: kaisei.ChangeID(document, seq), Source: source, Document: document, Authority: "meti",
			AuthorityName: kaisei.Text{JA: "経済産業省", EN: "METI"}, Title: v.Title, Class: kaisei.ClassAmended, Layer: v.Layer, Severity: kaisei.High,
			Reasons: []kaisei.Reason{{Rule: "amended", Text: kaisei.Text{JA: "改正", EN: "amended"}, Match: v.Label}},
			URL:     c.URL, Hash: c.Hash, SeenAt: t,
			Edits: []kaisei.Edit{{Kind: kaisei.EditChanged, BlockKind: kaisei.BlockParagraph, Before: "前", After: "後"}},
		}
		out.Deliveries = []kaisei.Delivery{delivery("alert/slack/"+out.Change.ID, t)}
	}
	return c, out
}

func delivery(id string, due time.Time) kaisei.Delivery {
	return kaisei.Delivery{ID: id, Channel: "slack", Kind: kaisei.DeliveryAlert, Changes: []string{"c"}, Due: due, Created: due, State: kaisei.DeliveryDue}
}

// save saves a version's body and commits it.
func save(t *testing.T, s Store, document string, seq int, when time.Time, texts ...string) kaisei.Change {
	t.Helper()
	c, k := commit(document, seq, when, texts...)
	must(t, s.SaveCapture(c, ""))
	change, err := s.Commit(k)
	must(t, err)
	return change
}

func latest(t *testing.T, s Store, document string) kaisei.Version {
	t.Helper()
	v, ok, err := s.Latest(document)
	must(t, err)
	if !ok {
		t.Fatalf("%s has no version", document)
	}
	head, ok, err := s.Head(document)
	if !ok || err != nil {
		t.Fatalf("head of %s: %v, %v", document, ok, err)
	}
	bare := v
	bare.Blocks = nil
	want(t, "head", head, bare)
	return v
}
