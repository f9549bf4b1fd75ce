package notify

import (
	"slices"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

func channelsOf(ds []kaisei.Delivery) (names []string) {
	for _, d := range ds {
		names = append(names, d.Channel)
	}
	return names
}

func TestAChangeGoesToEveryChannelWhoseConditionsItMeets(t *testing.T) {
	r := Router{Channels: []Channel{
		{Name: "all", Alerts: true},
		{Name: "ops", Notices: true},
		{Name: "weekly", Digest: Rhythm{Cadence: Weekly}},
		{Name: "high", Alerts: true, MinSeverity: kaisei.High},
		{Name: "critical", Alerts: true, MinSeverity: kaisei.Critical},
		{Name: "law", Alerts: true, Layers: []kaisei.Layer{kaisei.LayerLaw, kaisei.LayerOrder}},
		{Name: "versions", Alerts: true, Classes: []kaisei.Class{kaisei.ClassNewVersion}},
		{Name: "meti", Alerts: true, Sources: []string{"meti/"}},
		{Name: "met", Alerts: true, Sources: []string{"met", "meti"}},
		{Name: "exact", Alerts: true, Sources: []string{"meti/ai-guidelines"}},
		{Name: "both", Alerts: true, MinSeverity: kaisei.High, Layers: []kaisei.Layer{kaisei.LayerLaw}},
	}}
	got := channelsOf(r.Route(example(1), monday()))
	if want := []string{"all", "high", "versions", "meti", "exact"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheSameChangeGivesTheSameDeliveries(t *testing.T) {
	r := Router{Channels: []Channel{{Name: "all", Alerts: true}}}
	a, b := r.Route(example(1), monday()), r.Route(example(1), monday().AddDate(0, 0, 1))
	if len(a) != 1 || a[0].ID != "alert/all/meti/ai-guidelines/doc1@1" || a[0].ID != b[0].ID || a[0].State != kaisei.DeliveryDue || a[0].Kind != kaisei.DeliveryAlert {
		t.Errorf("got %+v and %+v", a, b)
	}
}

func TestQuietChangesAndCopiesGoNowhere(t *testing.T) {
	r := Router{Channels: []Channel{{Name: "all", Alerts: true, Notices: true}}}
	quiet, copied := example(1), example(1)
	quiet.Quiet, copied.CopyOf = "reissued", "mic/x@2"
	if got := append(r.Route(quiet, monday()), r.Route(copied, monday())...); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestNoticesGoOnlyToChannelsThatAskForThem(t *testing.T) {
	r := Router{Channels: []Channel{{Name: "all", Alerts: true}, {Name: "ops", Notices: true, MinSeverity: kaisei.Critical}}}
	c := example(1)
	c.Class = kaisei.ClassSourceFailing
	if got := channelsOf(r.Route(c, monday())); !slices.Equal(got, []string{"ops"}) {
		t.Errorf("a notice kept as a change goes to %q", got)
	}
	n := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai", At: monday()}
	first, err := r.RouteNotice(n, monday())
	if err != nil || !slices.Equal(channelsOf(first), []string{"ops"}) {
		t.Fatalf("got %+v, %v", first, err)
	}
	n.At = n.At.AddDate(0, 0, 1)
	again, err := r.RouteNotice(n, monday())
	if err != nil || again[0].ID == first[0].ID {
		t.Errorf("trouble that came back has the ID of the first: %s", again[0].ID)
	}
	if first[0].ID != "notice/ops/meti/ai/source-failing/20260405T230000Z" {
		t.Errorf("got %s", first[0].ID)
	}
}

func TestAChannelCanBeLimitedToUsesOfAI(t *testing.T) {
	r := Router{Channels: []Channel{
		{Name: "hr", Alerts: true, UseCases: []string{"採用支援AI"}},
		{Name: "support", Alerts: true, UseCases: []string{"チャットボット"}},
		{Name: "either", Alerts: true, UseCases: []string{"チャットボット", "採用支援AI"}},
		{Name: "both", Alerts: true, UseCases: []string{"採用支援AI"}, MinSeverity: kaisei.Critical},
	}}
	c := example(1)
	if got := r.Route(c, monday()); len(got) != 0 {
		t.Errorf("what touches nothing goes to %q", channelsOf(got))
	}
	c.Touches = []kaisei.Touch{{UseCase: "採用支援AI"}}
	if got := channelsOf(r.Route(c, monday())); !slices.Equal(got, []string{"hr", "either"}) {
		t.Errorf("got %q", got)
	}
}
