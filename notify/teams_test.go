package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"kaisei/internal/config"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
)

// cardOf checks the envelope of a message for Teams and returns the texts of its card.
func cardOf(t *testing.T, body []byte) (texts string) {
	t.Helper()
	if len(body) > 28<<10 {
		t.Errorf("the message has %d bytes; Teams takes 28 KB", len(body))
	}
	var m struct {
		Type        string
		Attachments []struct {
			ContentType string
			Content     struct {
				Type, Version string
				Body          []struct {
					Type    string
					Inlines []struct{ Type, Text string }
				}
				Actions []struct{ Type, Title, URL string }
			}
		}
	}
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if m.Type != "message" || len(m.Attachments) != 1 || m.Attachments[0].ContentType != "application/vnd.microsoft.card.adaptive" {
		t.Fatalf("no message with a card: %s", body)
	}
	card := m.Attachments[0].Content
	if card.Type != "AdaptiveCard" || card.Version != "1.4" || len(card.Body) == 0 || len(card.Actions) > 6 {
		t.Errorf("card %s %s with %d actions", card.Type, card.Version, len(card.Actions))
	}
	for _, b := range card.Body {
		if b.Type != "RichTextBlock" || len(b.Inlines) == 0 {
			t.Errorf("block %+v", b)
		}
		for _, i := range b.Inlines {
			if i.Type != "TextRun" || i.Text == "" {
				t.Errorf("inline %+v", i)
			}
			texts += i.Text
		}
		texts += "\n"
	}
	for _, a := range card.Actions {
		if a.Type != "Action.OpenUrl" || a.Title == "" || !strings.HasPrefix(a.URL, "https://") {
			t.Errorf("action %+v", a)
		}
	}
	return texts
}

func TestTeamsIsToldACardBelowItsLimit(t *testing.T) {
	big := example(1)
	edit := big.Edits[0]
	long := strings.Repeat("事業者は、次に掲げる事項を記録し、<at>all</at> *保存*しなければならない。", 60)
	edit.Before, edit.After, edit.Spans = long, long+"求める", nil
	for range 400 {
		big.Edits = append(big.Edits, edit)
	}
	big.Title = strings.Repeat("長い題名", 75)
	notice := render.NoticeData{Class: kaisei.ClassSourceFailing, Source: "meti/ai", URL: "https://www.meti.go.jp/" + strings.Repeat("x", 200)}
	var many render.SummaryData
	for i := range 300 {
		c := example(i)
		c.URL = fmt.Sprintf("https://www.meti.go.jp/%d.pdf", i)
		many.Changes = append(many.Changes, c)
	}
	server := newFaulty(t)
	teams := &Teams{Webhook: config.NewSecret(server.URL + "/workflows/x?sig=y"), Gap: time.Millisecond}
	for _, m := range []Message{{Changes: []kaisei.Change{example(1)}}, {Changes: []kaisei.Change{big}}, {Notice: &notice}, {Summary: &many}} {
		m.Delivery.ID = "alert/teams/x"
		if _, err := teams.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	all := server.all()
	texts := ""
	for _, x := range all {
		one := cardOf(t, x.body)
		if !strings.Contains(one, "alert/teams/x") {
			t.Errorf("a message does not name its delivery: %s", one)
		}
		texts += one
	}
	for _, want := range []string{"AI事業者ガイドライン 別添1", "望ましい", "求められる", "読み取り失敗", "件の差分"} {
		if !strings.Contains(texts, want) {
			t.Errorf("%q is not told", want)
		}
	}
	for i := range 300 {
		if !strings.Contains(texts, example(i).ID) {
			t.Errorf("the summary does not name %s", example(i).ID)
		}
	}
	if n := len(all) - 3; n < 2 || n > 6 {
		t.Errorf("the summary came in %d messages", n)
	}
}

func TestTeamsTroubleIsTriedAgainAndHoldsNoSecret(t *testing.T) {
	for _, fault := range []string{fault429After, fault429, fault500, faultHang, faultCut} {
		server := newFaulty(t, fault)
		teams := &Teams{Webhook: config.NewSecret(server.URL + "/workflows/secret-path?sig=secret-sig"), Gap: time.Millisecond, Client: hookClient()}
		teams.Client.Timeout = 300 * time.Millisecond
		_, err := teams.Send(t.Context(), Message{Changes: []kaisei.Change{example(1)}})
		got, after := troubleOf(err)
		if err == nil || got != Temporary || (after > 0) != (fault == fault429After) || strings.Contains(err.Error(), "secret-") {
			t.Errorf("%s: %v, wait %v", fault, err, after)
		}
	}
}
