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
	layers := stack.Of([]kaisei.Standing{law("/revisions", "record"), law("/text", "lawxml"), law("/future/1", "lawxml"), guideline, item, joined}, events, []kaisei.Source{source}, now)
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
			InForce: day("2025-06-01"), Coming: events[1:2],
		}},
		kaisei.LayerBusinessGuideline: {{
			Document: "meti/ai-guidelines/main", Source: "meti/ai-guidelines", Label: "第1.2版", Decided: day("2026-03-31"), InForce: day("2026-04-01"),
			Coming: events[2:], Change: guideline.Change, Verified: now,
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
