package simulate

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// index is a page that leads to documents.
type index struct {
	subject string
	docs    []*resource
}

// document is a PDF that an index leads to.
type document struct {
	title   string // without its version
	main    bool
	version int // of its address: 第1.Nversion版
	saved   int // how often the file was saved again with the same text
	edits   []edit
}

const documentBytes = 2_400

func newIndex(s *Site, k, n int) *resource {
	at := (k + 2) % hostTLS
	r := s.rand(streamKind, n, 0)
	x := &index{subject: fmt.Sprintf("%s%s（%s分野）", pick(r, topics), "に関する指針", pick(r, sectors))}
	res := &resource{n: n, host: at, id: fmt.Sprintf("%s/index-%d", ministries[at].key, k), title: x.subject, path: fmt.Sprintf("/shishin/%d/index.html", k), index: x}
	s.addDocument(res, &document{title: x.subject + "本編", main: true})
	s.addDocument(res, &document{title: x.subject + "別添1 チェックリスト"})
	return res
}

// addDocument puts a document on an index.
func (s *Site) addDocument(res *resource, d *document) *resource {
	k := len(res.index.docs)
	doc := &resource{n: res.n<<8 | k, host: res.host, id: res.id, title: d.title, document: d}
	doc.path = doc.address(res)
	res.index.docs = append(res.index.docs, doc)
	s.at[doc.key()] = doc
	return doc
}

// address is where the version of a document stands: a new one for each, as METI does.
func (r *resource) address(index *resource) string {
	return strings.TrimSuffix(index.path, "index.html") + fmt.Sprintf("2026%02d31_%d.pdf", 3+r.document.version*2, 1+r.n&0xFF)
}

func (d *document) label() string { return fmt.Sprintf("第1.%d版", d.version) }

// issue changes what an index leads to.
func (s *Site) issue(res *resource, how How) (Change, bool) {
	c := Change{Source: res.id, How: how}
	switch how {
	case HowNewDocument:
		k := len(res.index.docs)
		doc := s.addDocument(res, &document{title: fmt.Sprintf("%s別添%d 様式集", res.index.subject, k)})
		c.URL, c.After = s.url(doc), doc.document.title
		return c, true
	case HowNewVersion, HowInPlace:
		doc := res.index.docs[0]
		if how == HowInPlace {
			doc = res.index.docs[1]
		}
		d := doc.document
		r := s.rand(streamEdit, doc.n, len(d.edits))
		e, before, after, ok := alter(r, doc.content(s), HowAdded)
		if !ok {
			return c, false
		}
		if how == HowNewVersion { // the old version stays where it was
			old := *doc
			was := *d
			old.document = &was
			s.at[old.key()] = &old
			d.version++
			doc.path = doc.address(res)
			s.at[doc.key()] = doc
		}
		d.edits = append(slices.Clone(d.edits), e)
		d.saved++
		c.URL, c.Before, c.After = s.url(doc), before, after
		return c, true
	}
	return c, false
}

// content is the text of a document as it stands now.
func (r *resource) content(s *Site) []part {
	out := article(s.rand(streamText, r.n, 0), documentBytes)
	for _, e := range r.document.edits {
		out = e.apply(out)
	}
	return out
}

// list writes an index: links with their sizes and dates, and noise around them.
func (s *Site) list(res *resource) answer {
	r := s.rand(streamNoise, res.n, res.hits)
	name := ministries[res.host].name
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>%s｜%s</title><link rel="stylesheet" href="/css/base.css?v=%d"></head><body><header><p><a href="/">%s</a></p><p class="clock">%s</p><nav><ul><li><a href="/news/">新着情報</a></li><li><a href="/policy/">政策</a></li></ul></nav></header>`,
		res.title, name, r.Uint32(), name, s.now().In(jst).Format("2006年1月2日 15:04:05"))
	fmt.Fprintf(&b, `<main id="contents"><h1>%s</h1><p>%sでは、%sを策定し、公表しています。</p><h2>指針</h2><ul>`, res.title, name, res.index.subject)
	for _, doc := range res.index.docs {
		d := doc.document
		label := d.label()
		if !d.main {
			label = ""
		}
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s %s（PDF形式：%d KB）</a></li>\n", doc.path, d.title, label, 120+d.saved)
	}
	fmt.Fprintf(&b, `</ul><h2>参考</h2><ul><li><a href="/policy/ai/reference.html?s=%x">関連する審議会</a></li></ul><p class="pv">閲覧数：%d</p></main><aside><ul>`, r.Uint32(), 3000+res.hits*3)
	for i := range 4 {
		k := (res.hits*4 + i) % len(topics)
		fmt.Fprintf(&b, `<li><a href="/topics/%d.html">%s%s</a></li>`, k, topics[k], papers[k%len(papers)])
	}
	b.WriteString("</ul></aside><footer><address>〒100-0000 東京都千代田区架空町</address></footer></body></html>")
	return answer{status: http.StatusOK, header: http.Header{"Content-Type": {"text/html; charset=UTF-8"}}, body: []byte(b.String())}
}

// hollowList is an index whose list did not load.
func (s *Site) hollowList(res *resource) answer {
	return html(http.StatusOK, fmt.Sprintf(`<!DOCTYPE html><html lang="ja"><head><meta charset="UTF-8"><title>%s</title></head><body><header><p><a href="/">%s</a></p></header><main id="contents"><h1>%s</h1><ul></ul></main></body></html>`, res.title, ministries[res.host].name, res.title))
}
