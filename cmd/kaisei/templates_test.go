package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/notify"
)

// TestAReloadTakesUpWordsAndTemplates reads the configuration again as SIGHUP does: what is sent from then on is
// in the new words and forms, and a mistake in either is refused with its place.
func TestAReloadTakesUpWordsAndTemplates(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "forms"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("kaisei.toml", "state = \"state\"\nwords_files = [\"words.toml\"]\ntemplates = \"forms\"\n[[channel]]\nname = \"legal\"\ntype = \"email\"\nhost = \"localhost\"\ntls = \"none\"\nfrom = \"a@example.jp\"\nto = [\"b@example.jp\"]\n")
	write("words.toml", "[class]\namended = { ja = \"甲\" }\n")
	write("forms/alert.txt.tmpl", "{{range .Alerts}}一 {{.Card.Class}}{{end}}")
	a := &app{configFile: filepath.Join(dir, "kaisei.toml"), stdout: io.Discard, stderr: io.Discard}
	c, err := a.settings()
	if err != nil {
		t.Fatal(err)
	}
	d := &daemon{kit: kit{config: c}, app: a}
	told := func() string {
		t.Helper()
		next, err := d.reread()
		if err != nil {
			t.Fatal(err)
		}
		defer next.kit.close()
		s := next.senders["legal"].(counted).Sender.(*notify.Email)
		_, text, _ := notify.MailParts(notify.Message{Changes: []kaisei.Change{{ID: "a@2", Title: "題", Class: kaisei.ClassAmended}}}, s.Options)
		return text
	}
	if got := told(); got != "一 甲" {
		t.Errorf("%q", got)
	}
	write("words.toml", "[class]\namended = { ja = \"乙\" }\n")
	write("forms/alert.txt.tmpl", "{{range .Alerts}}二 {{.Card.Class}}{{end}}")
	if got := told(); got != "二 乙" {
		t.Errorf("after a reload: %q", got)
	}
	write("forms/alert.txt.tmpl", "\n{{.Nothing}}")
	if _, err := d.reread(); err == nil || !strings.Contains(err.Error(), "forms/"+render.AlertTextForm+":2:2") {
		t.Errorf("a broken template: %v", err)
	}
	write("words.toml", "[class]\namended = { ja = \"%s\" }\n[nothing]\nja = \"x\"\n")
	if _, err := d.reread(); err == nil || !strings.Contains(err.Error(), "words.toml:3:") && !strings.Contains(err.Error(), "words.toml:4:") {
		t.Errorf("broken words: %v", err)
	}
}
