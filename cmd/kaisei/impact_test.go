package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
	"kaisei/internal/web"
)

// changedStory is a store in which the sample guideline went from 第1.1版 to 第1.2版 before any use of AI was
// described, with the three uses in its configuration now.
func changedStory(t *testing.T) *story {
	s := newStory(t)
	s.site.index(`<li><a href="/ai/1.pdf">見本AI利用指針（第1.1版）</a></li>`, "1", "", "2025年3月28日")
	s.site.pdf(t, "/ai/1.pdf", "guideline-1.1.pdf")
	s.look(t)
	s.site.index(`<li><a href="/ai/2.pdf">見本AI利用指針（第1.2版）</a></li>`, "1", "", "2026年3月31日")
	s.site.pdf(t, "/ai/2.pdf", "guideline-1.2.pdf")
	s.look(t)
	s.write(t, "kaisei.toml", s.config()+threeUses)
	return s
}

// run runs a command on the story's store.
func (s *story) run(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return runIn(t, s.dir, append(args, "--config", filepath.Join(s.dir, "kaisei.toml"))...)
}

func TestImpactAnswersBothWays(t *testing.T) {
	s := changedStory(t)
	const id = "mihon/ai-guideline/main@2"

	stdout, stderr, code := s.run(t, "impact", id, "--json")
	if code != exitDone {
		t.Fatalf("%d %s", code, stderr)
	}
	var ch changeRow
	if err := json.Unmarshal([]byte(stdout), &ch); err != nil {
		t.Fatal(err)
	}
	var touched []string
	for _, r := range ch.Touches {
		touched = append(touched, r.UseCase)
		for _, one := range r.Clauses {
			if one.UseCase != r.UseCase || one.Clause == "" || one.Reason.JA == "" || one.Reason.EN == "" {
				t.Errorf("%+v", one)
			}
		}
	}
	if ch.Change != id || !slices.Equal(touched, []string{"採用支援AI", "問い合わせチャットボット"}) || !slices.Equal(ch.Untouched, []string{"価格の自動設定"}) ||
		len(ch.Touches[0].Clauses) != 1 || len(ch.Touches[1].Clauses) != 2 {
		t.Errorf("%+v", ch)
	}

	// What is told of a use comes from the present configuration: nobody was named when the change was told.
	stdout, _, _ = s.run(t, "impact", "チャットボット", "--json")
	var h hitRow
	if err := json.Unmarshal([]byte(stdout), &h); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	if h.Change != id || h.UseCase != "問い合わせチャットボット" || h.Severity != kaisei.High || h.Named || h.Touch.Clause != ch.Touches[1].Clauses[0].Clause {
		t.Errorf("%+v", h)
	}

	stdout, _, _ = s.run(t, "impact", "--json")
	var rows []useRow
	for dec := json.NewDecoder(strings.NewReader(stdout)); dec.More(); {
		var r useRow
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	if len(rows) != 3 || rows[0].Name != "採用支援AI" || rows[0].Changes != 1 || rows[1].Changes != 1 || rows[1].Last != id || rows[1].LastAt.IsZero() || rows[2].Changes != 0 {
		t.Errorf("%+v", rows)
	}

	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"impact"}, []string{"用途", "採用支援AI", "カスタマーサポート部", id}},
		{[]string{"impact", id}, []string{"▶ 問い合わせチャットボット（カスタマーサポート部）（該当2箇所／差分8件）", "明示するものとする", "テーマ『透明性』", "該当しない用途: 価格の自動設定"}},
		{[]string{"impact", id, "--lang", "en"}, []string{"(1 clause of 8 differences)", "(2 clauses of 8 differences)", "Does not touch: 価格の自動設定", "theme transparency"}},
		{[]string{"impact", "mihon/ai-guideline/main"}, []string{id}},
		{[]string{"impact", "問い合わせチャットボット", "--min-severity", "high", "--since", "2020-01-01"}, []string{"第1.1版 → 第1.2版", "明示するものとする", id}},
	} {
		stdout, stderr, code := s.run(t, c.args...)
		for _, w := range c.want {
			if code != exitDone || !strings.Contains(stdout, w) {
				t.Errorf("%q lacks %q (%d %s):\n%s", c.args, w, code, stderr, stdout)
			}
		}
	}
	for _, args := range [][]string{{"impact", "問い合わせチャットボット", "--min-severity", "critical"}, {"impact", "問い合わせチャットボット", "--since", "2099-01-01"}, {"impact", "価格"}} {
		if stdout, stderr, code := s.run(t, args...); code != exitDone || stdout != "" || !strings.Contains(stderr, "に該当する変更はありません") {
			t.Errorf("%q: %d %q %q", args, code, stdout, stderr)
		}
	}
}

func TestImpactNamesWhatThereIsWhereAnArgumentNamesNothing(t *testing.T) {
	s := changedStory(t)
	s.write(t, "kaisei.toml", s.config()+threeUses+"[[use_case]]\nname = \"社内チャットボット\"\nthemes = [\"privacy\"]\n")
	for _, c := range []struct {
		want string
		code int
		args []string
	}{
		{`"チャットボット" is part of several names: 問い合わせチャットボット, 社内チャットボット`, exitFailed, []string{"チャットボット"}},
		{`"翻訳" is neither a use of AI (採用支援AI, 問い合わせチャットボット, 価格の自動設定, 社内チャットボット) nor a change`, exitFailed, []string{"翻訳"}},
		{`there is no change "mihon/ai-guideline/main@9": 'kaisei changes list' names them`, exitFailed, []string{"mihon/ai-guideline/main@9"}},
		{`--min-severity "dreadful" is not one of`, exitUsage, []string{"--min-severity", "dreadful"}},
		{`are for the changes of a use, not for one change`, exitUsage, []string{"mihon/ai-guideline/main@2", "--since", "2026-01-01"}},
	} {
		if _, stderr, code := s.run(t, append([]string{"impact"}, c.args...)...); code != c.code || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: %d %s", c.args, code, stderr)
		}
	}
	s.write(t, "kaisei.toml", s.config())
	if _, stderr, code := s.run(t, "impact"); code != exitFailed || !strings.Contains(stderr, "add a [[use_case]]") {
		t.Errorf("%d %s", code, stderr)
	}
}

func TestImpactBesideTheDaemonSaysTheSame(t *testing.T) {
	s := changedStory(t)
	ask := func() (out string) {
		for _, args := range [][]string{{"impact", "--json"}, {"impact", "mihon/ai-guideline/main@2", "--json"}, {"impact", "問い合わせ", "--json"}} {
			stdout, stderr, code := s.run(t, args...)
			if code != exitDone || stdout == "" {
				t.Fatalf("%q: %d %s", args, code, stderr)
			}
			out += stdout
		}
		return out
	}
	alone := ask()
	d := s.open(t)
	defer d.close()
	l, err := web.Listen(d.config.State)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- web.Serve(ctx, l, d.handler()) }()
	beside := ask()
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if alone != beside {
		t.Errorf("alone:\n%s\nbeside the daemon:\n%s", alone, beside)
	}
}

// readmeImpact holds README.md to what impact prints of the replayed store with the uses of the example. Lines are
// wrapped there.
func readmeImpact(t *testing.T, dir string) {
	stdout, stderr, code := runIn(t, dir, "impact", "採用", "--state", "store", "--config", exampleConfig(t))
	if code != exitDone {
		t.Fatalf("%d %s", code, stderr)
	}
	readme, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(fold(string(readme)), fold("$ kaisei impact 採用 "+stdout)) {
		t.Errorf("README.md does not show what is printed now:\n%s", stdout)
	}
}
