package notify

import (
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"kaisei/internal/config"
)

func TestAConnectionThatEndsIsOpenedAgain(t *testing.T) {
	x := newAnswering(t)
	conn := x.connected()
	for i, end := range []func(){
		func() {
			conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"disconnect","reason":"refresh_requested","debug_info":{"host":"h"}}`))
		},
		func() { conn.UnderlyingConn().Close() },
		func() { // Slack cannot be reached for a moment
			x.slack.mu.Lock()
			x.slack.refusals = []string{"internal_error", "internal_error"}
			x.slack.mu.Unlock()
			conn.Close()
		},
	} {
		end()
		conn = await(t, "connection", x.slack.conns)
		e := string(rune('a' + i))
		click{envelope: e, change: x.change.ID, action: "acknowledge", user: "U" + e, ts: e}.send(t, conn)
		x.acked(e)
	}
	if as := x.answers(); len(as) != 3 {
		t.Errorf("recorded %+v", as)
	}
	if n := strings.Count(x.logged.String(), "no connection to Slack"); n != 1 {
		t.Errorf("one outage was logged %d times:\n%s", n, x.logged)
	}
}

func TestATokenThatSlackRefusesIsSaidAndTriedAgain(t *testing.T) {
	x := newAnswering(t)
	x.slack.refusals = []string{"invalid_auth", "not_allowed_token_type"}
	x.connected()
	log := x.logged.String()
	for _, want := range []string{"give a valid app-level token (app_token)", "an app-level token with the scope connections:write"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not in the log:\n%s", want, log)
		}
	}
	if strings.Contains(log, "hunter2") {
		t.Errorf("the log holds a secret:\n%s", log)
	}
	x.slack.mu.Lock()
	x.slack.refusals = []string{"invalid_auth"}
	x.slack.mu.Unlock()
	if err := x.sender().Probe(t.Context()); err == nil || !strings.Contains(err.Error(), "give a valid app-level token") {
		t.Errorf("the probe says %v", err)
	}
	if err := x.sender().Probe(t.Context()); err != nil {
		t.Errorf("the probe says %v", err)
	}
}

func TestOneConnectionListensForAllChannelsOfAnApp(t *testing.T) {
	x := newAnswering(t)
	x.connected()
	other := x.sender()
	other.AppToken = config.NewSecret("xapp-other")
	x.Replace(map[string]*Slack{"alerts": x.sender(), "more": x.sender(), "other": other})
	for range 2 {
		await(t, "connection", x.slack.conns)
	}
	x.slack.mu.Lock()
	defer x.slack.mu.Unlock()
	if got := x.slack.opened; len(got) != 3 || got[1] == got[2] {
		t.Errorf("connections were opened with %q", got)
	}
}
