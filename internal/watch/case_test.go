package watch_test

import (
	"fmt"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/sources"
)

const dietRows = `
[authority]
mihon = { ja = "見本院", en = "House of Samples" }

[[source]]
id = "mihon/bills"
authority = "mihon"
title = { ja = "議案の一覧", en = "Bills" }
kind = "index"
url = "https://mihon.example/menu.htm"
schedule = "0 * * * *"
layer = "deliberation"

  [[source.follow]]
  url = '/keika/[0-9A-F]+\.htm$'
  as = "item"

[[source]]
id = "mihon/cases"
authority = "mihon"
title = { ja = "意見募集", en = "Cases" }
kind = "feed"
url = "https://mihon.example/cases.rss"
schedule = "0 * * * *"
layer = "consultation"

[[source]]
id = "mihon/results"
authority = "mihon"
title = { ja = "結果公示", en = "Results" }
kind = "feed"
url = "https://mihon.example/results.rss"
schedule = "0 * * * *"
layer = "consultation"
`

func newDietTown(t *testing.T) *town {
	n := newTown(t)
	var err error
	if n.catalog, err = sources.Load(sources.File{Name: "diet.toml", Data: []byte(dietRows)}); err != nil {
		t.Fatal(err)
	}
	n.w.Catalog = n.catalog
	return n
}

func (n *town) bills(states ...string) {
	var rows strings.Builder
	for i, state := range states {
		fmt.Fprintf(&rows, `<tr><td>217</td><td>%d</td><td>見本に関する法律の一部を改正する法律案</td><td>%s</td><td><a href="./keika/1DD%d.htm">経過</a></td></tr>`, 20+i, state, i)
	}
	n.pages["https://mihon.example/menu.htm"] = html("議案の一覧", "<table>"+rows.String()+"</table>")
}

func TestABillIsOneItemWhoseStateMovesOn(t *testing.T) {
	n := newDietTown(t)
	n.bills("衆議院で審議中")
	n.look("mihon/bills")
	bill := n.only("mihon/bills/")
	n.bills("衆議院で審議中", "提出")
	n.look("mihon/bills") // another bill of the same name is another item
	for _, step := range []struct {
		state string
		class kaisei.Class
		rule  string
	}{
		{"参議院で審議中", kaisei.ClassAmended, "class.bill.moved"},
		{"成立", kaisei.ClassPromulgated, "class.bill.enacted"},
		{"公布", kaisei.ClassPromulgated, "class.bill.enacted"},
		{"撤回", kaisei.ClassWithdrawn, "class.bill.dropped"},
	} {
		n.bills(step.state, "提出")
		told := n.tells("mihon/bills", bill+" "+string(step.class))
		if len(told) == 1 && (told[0].Reasons[0].Rule != step.rule || len(told[0].Edits) != 1 || told[0].Edits[0].After != "審議状況："+step.state || strings.Contains(told[0].Title, step.state)) {
			t.Errorf("%s: %+v %+v %q", step.state, told[0].Reasons[0], told[0].Edits, told[0].Title)
		}
		n.tells("mihon/bills")
	}
}

// only returns the document below prefix.
func (n *town) only(prefix string) string {
	n.t.Helper()
	docs, err := n.db.Documents(prefix)
	if err != nil || len(docs) != 1 {
		n.t.Fatalf("%d documents below %s, %v", len(docs), prefix, err)
	}
	return docs[0].Document
}

func (n *town) rss(url, title, link string) {
	n.pages[url] = `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>x</title><link>https://mihon.example/</link><description>x</description><item><title>` +
		title + `</title><link>` + strings.ReplaceAll(link, "&", "&amp;") + `</link><description>結果の公示日：2026/03/30</description></item></channel></rss>`
}

func TestTheResultOfAConsultationNamesItsCase(t *testing.T) {
	n := newDietTown(t)
	n.rss("https://mihon.example/cases.rss", "見本指針（案）に関する意見募集について", "https://mihon.example/pcm/detail?CLASSNAME=PCMMSTDETAIL&id=495260123&Mode=0")
	n.look("mihon/cases")
	asked := n.only("mihon/cases/")
	n.rss("https://mihon.example/results.rss", "別の指針（案）に関する意見募集の結果について", "https://mihon.example/pcm/1040?CLASSNAME=PCM1040&id=495260999&Mode=1")
	n.look("mihon/results")
	n.rss("https://mihon.example/results.rss", "見本指針（案）に関する意見募集の結果について", "https://mihon.example/pcm/1040?CLASSNAME=PCM1040&id=495260123&Mode=1")
	told, _ := n.look("mihon/results")
	if len(told) != 1 || told[0].Class != kaisei.ClassConsultationResult || !strings.Contains(notesIn(told[0]), asked) {
		t.Fatalf("%+v", told)
	}
	n.rss("https://mihon.example/results.rss", "よその指針（案）に関する意見募集の結果について", "https://mihon.example/pcm/1040?CLASSNAME=PCM1040&id=495260777&Mode=1")
	if told, _ = n.look("mihon/results"); len(told) != 1 || strings.Contains(notesIn(told[0]), "募集していた案件") {
		t.Errorf("a result without a known case: %+v", told)
	}
}
