package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kaisei/internal/config"
	"kaisei/internal/render"
	"kaisei/notify"
)

func TestSlackChannelsWithAnAppTokenTakeAnswers(t *testing.T) {
	c := config.Default()
	c.Channels = append(c.Channels,
		config.Channel{Name: "alerts", Type: config.Slack, Channel: "#a", Token: config.NewSecret("xoxb-1"), AppToken: config.NewSecret("xapp-1")},
		config.Channel{Name: "plain", Type: config.Slack, Channel: "#b", Token: config.NewSecret("xoxb-1")})
	_, speak, err := senders(c, render.Options{}, slog.New(slog.DiscardHandler), io.Discard, false, 0)
	if err != nil {
		t.Fatal(err)
	}
	speak["alerts"] = counted{speak["alerts"], "alerts", nil}
	got := slackSenders(speak)
	if len(got) != 2 || got["alerts"].AppToken.Reveal() != "xapp-1" || !got["alerts"].Options.Answers || got["plain"].Options.Answers {
		t.Errorf("Slack is spoken to by %+v", got)
	}
	var x notify.SlackAnswers
	x.Replace(got)
	if states := x.States(); len(states) != 1 || states["alerts"] == nil {
		t.Errorf("answers are listened for as %v", states)
	}
}

func TestTheMetricsSayWhetherAnswersAreHeard(t *testing.T) {
	s := changedStory(t)
	d := s.open(t)
	defer d.close()
	d.answers.Replace(map[string]*notify.Slack{"slack": {AppToken: config.NewSecret("xapp-1")}})
	w := httptest.NewRecorder()
	d.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if got := w.Body.String(); !strings.Contains(got, `kaisei_answers_listening{channel="slack"} 0`) {
		t.Errorf("the metrics are\n%s", got)
	}
}
