package sources

import (
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

func TestLoadReportsWhatCannotHoldBetweenLists(t *testing.T) {
	const bad = `[[source]]
id = "ppc/x"
title = { ja = "x" }
kind = "feed"
url = "https://www.ppc.go.jp/x"
schedule = "0 9 * * *"
layer = "news"
pages = "https://www.ppc.go.jp/x"

  [[source.elsewhere]]
  source = "ppc/nothing"
  url = '('

  [[source.elsewhere]]
  source = "ppc/x"
  within = "1h"

  [[source.elsewhere]]
  source = "egov/ai-act"

  [source.backfill]
  source = "ppc/y"
  same = 'id='
  url = "https://www.ppc.go.jp/{same}/{same}"

[[source]]
id = "ppc/y"
title = { ja = "y" }
kind = "page"
url = "https://www.ppc.go.jp/y"
schedule = "0 9 * * *"
layer = "news"

  [[source.elsewhere]]
  source = "mic/press"

  [source.backfill]
  source = "ppc/nothing"
`
	_, err := Load(File{Name: "bad.toml", Data: []byte(bad)})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`bad.toml:8:1: ppc/x: pages is for the kind index`, `bad.toml:8:1: ppc/x: pages "https://www.ppc.go.jp/x": write {page} once`,
		`bad.toml:11:3: ppc/x: elsewhere "ppc/nothing": there is no such source`, `bad.toml:12:3: ppc/x: error parsing regexp`,
		`bad.toml:15:3: ppc/x: elsewhere names the source itself`, `bad.toml:16:3: ppc/x: within: write between 6h and 21d`,
		`bad.toml:22:3: ppc/x: backfill "ppc/y": it lists no items`, `bad.toml:23:3: ppc/x: same "id="`, `bad.toml:24:3: ppc/x: url "https://www.ppc.go.jp/{same}/{same}": write {same} once`,
		`ppc/y: elsewhere is for a feed`, `ppc/y: backfill is for the kind feed`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q", want)
		}
	}
	if t.Failed() {
		t.Logf("got:\n%s", err)
	}
}

func TestAnOperatorChangesWhereItemsAreExpected(t *testing.T) {
	c := catalogue(t, File{Name: "mine.toml", Data: []byte("[[source]]\nid = \"egov/public-comments\"\nelsewhere = [{ source = \"govonline/ministry-news\", text = \"案\" }]\n")})
	s, _ := c.Source("egov/public-comments")
	if len(s.Elsewhere) != 1 || s.Elsewhere[0].Source != "govonline/ministry-news" || s.Elsewhere[0].Text != "案" || s.Elsewhere[0].Within != defaultWithin {
		t.Errorf("%+v", s.Elsewhere)
	}
	if s.Backfill.Source != "egov/public-comment-list" {
		t.Errorf("%+v", s.Backfill)
	}
}

// What a script opens has its address in the onclick of its link or of the card around it; other scripts lead nowhere.
func TestALinkThatAScriptOpensLeadsWhereItsCardSays(t *testing.T) {
	d, err := parseHTML(kaisei.Source{}, capture("https://www.ppc.go.jp/x", "text/html; charset=UTF-8", `<div onclick="go('/pcm/detail?id=1&amp;Mode=0')"><h2><a href="javascript:void(0)">一</a></h2></div>
		<a href="JavaScript:open()" onclick="open(&quot;https://www.ppc.go.jp/two&quot;)">二</a>
		<a href="javascript:print()">三</a> <div onclick="go('menu')"><a href="javascript:void(0)">四</a></div> <a href="/five" onclick="count('/log')">五</a>`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range d.links() {
		got = append(got, l.url.String())
	}
	if want := "https://www.ppc.go.jp/pcm/detail?id=1&Mode=0 https://www.ppc.go.jp/two https://www.ppc.go.jp/five"; strings.Join(got, " ") != want {
		t.Errorf("links lead to %s", got)
	}
}
