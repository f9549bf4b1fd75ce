package stack_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
	"kaisei/internal/stack"
)

func day(s string) kaisei.Date {
	d, err := kaisei.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestTheStackHasEveryLayerAndOnlyTextsThatStand(t *testing.T) {
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	source := kaisei.Source{ID: "egov/appi", AuthorityName: kaisei.Text{JA: "e-Gov", EN: "e-Gov"}}
	law := func(name, format string) kaisei.Standing {
		return kaisei.Standing{Version: kaisei.Version{Document: "egov/appi" + name, Source: "egov/appi", Layer: kaisei.LayerLaw, Format: format, Label: "2025年6月1日施行", Published: day("2025-06-01"), Title: "個人情報の保護に関する法律"}}
	}
	guideline := kaisei.Standing{
		Version: kaisei.Version{
			Document: "meti/ai-guidelines/main", Source: "meti/ai-guidelines", Layer: kaisei.LayerBusinessGuideline, Format: "pdf", Label: "第1.2版",
			Dates: kaisei.Dates{Promulgated: day("2026-03-31"), Effective: []kaisei.Effective{{Date: day("2026-04-01")}, {Date: day("2027-04-01")}}},
		},
		Verified: now, Change: &kaisei.Told{ID: "meti/ai-guidelines/main@2"},
	}
	item := kaisei.Standing{Version: kaisei.Version{Document: "meti/news/1", Layer: kaisei.LayerNews, Format: "html"}, Leads: []kaisei.Lead{{As: kaisei.FollowItem}}}
	joined := kaisei.Standing{Version: kaisei.Version{Document: "meti/old", Layer: kaisei.LayerSector, Format: "pdf"}, GoesOn: "meti/new"}
	events := []calendar.Event{
		{ID: "past", Document: "egov/appi/revisions", Source: "egov/appi", Kind: kaisei.ClassInForce, On: day("2025-06-01")},
		{ID: "next", Document: "egov/appi/revisions", Source: "egov/appi", Kind: kaisei.ClassInForce, On: day("2026-12-23")},
		{ID: "guideline", Document: "meti/ai-guidelines/main", Source: "meti/ai-guidelines", Kind: kaisei.ClassInForce, On: day("2027-04-01")},
	}
	copied := kaisei.Standing{Version: kaisei.Version{Document: "a/copy", Source: "a", Layer: kaisei.LayerBusinessGuideline, Format: "pdf"}}
	revisions := kaisei.Version{Document: "egov/appi/revisions", Source: "egov/appi", Format: "record", Blocks: []kaisei.Block{
		{Key: "a", Text: "個人情報の保護に関する法律の一部を改正する法律（令和八年法律第五号）による改正／公布 2026年5月1日／施行予定 2026年12月23日／未施行"},
		{Key: "b", Text: "刑法等の一部を改正する法律（令和四年法律第六十八号）による改正／公布 2022年6月17日／施行 2025年6月1日／現行"},
		{Key: "c", Text: "デジタル社会形成整備法（令和三年法律第三十七号）による改正／公布 2021年5月19日／施行 2023年4月1日／旧"},
	}}
	layers := stack.Of(stack.Reading{
		Standings: []kaisei.Standing{law("/revisions", "record"), law("/text", "lawxml"), law("/future/1", "lawxml"), copied, guideline, item, joined},
		Events:    events, Lists: []kaisei.Version{revisions}, Copies: map[string]string{"a/copy": "meti/ai-guidelines/main", "meti/ai-guidelines/main": "no/such"},
		Sources: []kaisei.Source{source},
	}, now)
	if len(layers) != len(kaisei.Layers()) {
		t.Fatalf("%d layers", len(layers))
	}
	got := map[kaisei.Layer][]stack.Document{}
	for i, l := range layers {
		if l.Layer != kaisei.Layers()[i] {
			t.Errorf("layer %d is %s", i, l.Layer)
		}
		if len(l.Documents) > 0 {
			got[l.Layer] = l.Documents
		}
	}
	want := map[kaisei.Layer][]stack.Document{
		kaisei.LayerLaw: {{
			Document: "egov/appi/text", Source: "egov/appi", Authority: source.AuthorityName, Title: "個人情報の保護に関する法律", Label: "2025年6月1日施行",
			Decided: day("2022-06-17"), InForce: day("2025-06-01"), Coming: events[1:2],
		}},
		kaisei.LayerBusinessGuideline: {{
			Document: "meti/ai-guidelines/main", Source: "meti/ai-guidelines", Label: "第1.2版", Decided: day("2026-03-31"), InForce: day("2026-04-01"),
			Coming: events[2:], Change: guideline.Change, Verified: now,
		}, {
			Document: "a/copy", Source: "a", CopyOf: "meti/ai-guidelines/main",
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestALayerSaysWhetherItsSourcesWereRead(t *testing.T) {
	news := kaisei.Standing{Version: kaisei.Version{Document: "meti/news/1", Source: "meti/was", Layer: kaisei.LayerNews, Format: "record"}}
	sources := []kaisei.Source{
		{ID: "meti/news", Was: []string{"meti/was"}, Layer: kaisei.LayerNews},
		{ID: "egov/order", Layer: kaisei.LayerOrder},
		{ID: "egov/off", Layer: kaisei.LayerLaw, Disabled: "not yet"},
		{ID: "cao/plan", Layer: kaisei.LayerNews, Follow: []kaisei.Follow{{Layer: kaisei.LayerOrder}}},
	}
	type state struct{ Sources, Unread int }
	got := map[kaisei.Layer]state{}
	for _, l := range stack.Of(stack.Reading{Standings: []kaisei.Standing{news}, Sources: sources}, time.Now()) {
		if l.Sources > 0 {
			got[l.Layer] = state{l.Sources, l.Unread}
		}
	}
	if d := cmp.Diff(map[kaisei.Layer]state{kaisei.LayerNews: {2, 1}, kaisei.LayerOrder: {2, 2}}, got); d != "" {
		t.Error(d)
	}
}
