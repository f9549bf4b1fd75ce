package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kaisei/internal/blockkit"
	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	"kaisei/storage/bolt"
)

var update = flag.Bool("update", false, "rewrite the alert in README.md from the replay")

const repository = "../.."

// archive is the corpus's web archive; the test skips without it.
func archive(t *testing.T) string {
	t.Helper()
	name, err := filepath.Abs(filepath.Join(repository, "..", "shared", "corpus", "history.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); err != nil {
		t.Skipf("the corpus is not there: %v", err)
	}
	return name
}

// TestReplayOfTheCorpusTellsWhatHappenedAndNothingElse walks fifteen months of real captures.
func TestReplayOfTheCorpusTellsWhatHappenedAndNothingElse(t *testing.T) {
	if testing.Short() {
		t.Skip("the whole replay is run without -short")
	}
	file, dir := archive(t), t.TempDir()
	start := time.Now()
	stdout, stderr, code := runIn(t, dir, "replay", file, "--state", "store", "--json")
	if code != exitDone {
		t.Fatalf("replay ended with %d: %s", code, stderr)
	}
	t.Logf("%s (%.1f s)", strings.TrimSpace(stderr), time.Since(start).Seconds())
	var told []kaisei.Change
	for dec := json.NewDecoder(strings.NewReader(stdout)); dec.More(); {
		var c kaisei.Change
		if err := dec.Decode(&c); err != nil {
			t.Fatal(err)
		}
		told = append(told, c)
	}

	t.Run("guideline", func(t *testing.T) {
		var found []kaisei.Change
		for _, c := range told {
			if strings.Contains(c.ID, "ai-guidelines") {
				found = append(found, c)
			}
		}
		if len(found) != 1 {
			t.Fatalf("told %d changes of the guideline, want one", len(found))
		}
		c := found[0]
		if c.ID != "meti/ai-guidelines/main@2" || c.Class != kaisei.ClassNewVersion || c.LabelBefore != "第1.1版" || c.LabelAfter != "第1.2版" ||
			c.Layer != kaisei.LayerBusinessGuideline || !c.SeenAt.Equal(time.Date(2026, 3, 31, 6, 2, 0, 0, time.UTC)) {
			t.Errorf("told as %s %s %s → %s, layer %s, seen %s", c.ID, c.Class, c.LabelBefore, c.LabelAfter, c.Layer, c.SeenAt)
		}
		for _, words := range []string{"AI エージェント", "エージェンティック AI", "フィジカル AI", "人工知能関連技術の研究開発及び活用の推進に関する法律", "アルゴリズム、"} {
			if !slices.ContainsFunc(c.Edits, func(e kaisei.Edit) bool { return inserted(e, words) }) {
				t.Errorf("no edit shows %q as new", words)
			}
		}
		if mic, _, _ := runIn(t, dir, "changes", "list", "--quiet", "--state", "store", "--source", "mic/ai-guidelines", "--json"); !strings.Contains(mic, `"copy_of":"meti/ai-guidelines/main@2"`) {
			t.Errorf("MIC's copy is not kept as one: %s", mic)
		}
	})
	t.Run("laws", func(t *testing.T) {
		// The articles whose text differs between the two real texts, found by walking both XML files with another
		// program and comparing article by article.
		articles := []string{"第百五十条", "第百六十二条", "第百六十四条", "附則（令和二年六月一二日法律第四四号） 第十条",
			"附則（令和四年五月二五日法律第四八号） 第百二十四条", "附則（令和八年六月二四日法律第四六号） 第一条", "附則（令和八年六月二四日法律第四六号） 第五条",
			"附則（令和八年七月一七日法律第五六号） 第一条", "附則（令和八年七月一七日法律第五六号） 第十三条",
			"附則（令和八年七月一七日法律第六二号） 第一条", "附則（令和八年七月一七日法律第六二号） 第八条"}
		appi := only(t, told, "egov/appi/text")
		if got := articlesOf(appi.Edits); !slices.Equal(got, sorted(articles)) {
			t.Errorf("個人情報保護法: articles %q, want %q", got, sorted(articles))
		}
		if c := only(t, told, "adhoc/laws.e-gov.go.jp/api/2/law_file/xml/405AC0000000088"); c.Title != "行政手続法" || c.Class != kaisei.ClassAmended || c.Layer != kaisei.LayerLaw {
			t.Errorf("行政手続法 was told as %s %s %s", c.Title, c.Class, c.Layer)
		}
		var days []string
		for _, c := range told {
			if c.Document == "egov/appi/revisions" {
				for _, e := range c.Dates.Effective {
					days = append(days, e.Date.String())
				}
			}
		}
		want := []string{"2026-06-24", "2026-07-17", "2026-07-17", "2026-12-31", "2027-01-17", "2027-04-16", "2028-07-16", "2028-12-23"}
		if !slices.Equal(sorted(days), want) {
			t.Errorf("revisions take force on %v, want %v", sorted(days), want)
		}
	})
	t.Run("news", func(t *testing.T) {
		titles := map[string]int{}
		for _, c := range told {
			if strings.HasPrefix(c.ID, "adhoc/govonline-feed") {
				titles[c.Title]++
			}
		}
		for title, n := range titles {
			if n > 1 {
				t.Errorf("%s was told %d times", title, n)
			}
			if strings.Contains(title, "CONTRAIL") || strings.Contains(title, "JIDAI") {
				t.Errorf("%s is not AI news", title)
			}
		}
		for _, title := range []string{
			"「行政の進化と革新のための生成AIの調達・利活用に係るガイドライン」を策定しました", "人工知能戦略本部の設置等について", "AI法 全面施行 －次なるフェーズへ－",
			"株式会社中央ビジネスサービスに対する個人情報の保護に関する法律に基づく行政上の対応について", "「金融庁 AI官民フォーラム」の設置について公表しました。",
		} {
			if !slices.ContainsFunc(told, func(c kaisei.Change) bool { return fold(c.Title) == fold(title) }) {
				t.Errorf("nobody was told of %s", title)
			}
		}
	})
	t.Run("nothing else", func(t *testing.T) {
		for _, c := range told {
			known := strings.HasPrefix(c.ID, "adhoc/govonline-feed") || strings.HasPrefix(c.ID, "egov/appi/") ||
				c.ID == "meti/ai-guidelines/main@2" || strings.HasPrefix(c.ID, "adhoc/laws.e-gov.go.jp/")
			if !known {
				t.Errorf("told %s: %s", c.ID, c.Title)
			}
		}
	})
	t.Run("slack", func(t *testing.T) {
		for _, c := range told {
			for _, lang := range []string{render.Japanese, render.English} {
				if problems := blockkit.Check(render.AlertSlack(c, render.Options{Lang: lang, Answers: true, Delivery: "alert/ops/" + c.ID})); len(problems) > 0 {
					t.Errorf("Slack would not take %s: %s", c.ID, strings.Join(problems, "; "))
				}
			}
		}
	})
	t.Run("upcoming", func(t *testing.T) { upcomingLaw(t, dir) })
	t.Run("exports", func(t *testing.T) { exportsOfTheReplay(t, dir) })
	t.Run("impact", func(t *testing.T) { readmeImpact(t, dir) })
	t.Run("again", func(t *testing.T) {
		stdout, stderr, code := runIn(t, dir, "replay", file, "--state", "store", "--json")
		if code != exitDone || stdout != "" {
			t.Errorf("a second replay into the same store ended with %d and told %q (%s)", code, stdout, stderr)
		}
		if out, stderr, code := runIn(t, dir, "db", "check", "--state", "store"); code != exitDone {
			t.Errorf("the store after two replays: %s%s", out, stderr)
		}
	})
	t.Run("killed before printing", func(t *testing.T) {
		db, err := bolt.Open(filepath.Join(dir, "store", storeFile), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		last, err := db.LastNumber()
		if err == nil {
			err = db.SetMark(markTold, strconv.FormatUint(last-2, 10))
		}
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		stdout, _, code := runIn(t, dir, "replay", file, "--state", "store", "--json")
		if code != exitDone || strings.Count(stdout, "\n") != 2 || !strings.Contains(stdout, `"id":"egov/appi/text@2"`) {
			t.Errorf("what was committed and not printed came back as %q, exit %d", stdout, code)
		}
	})
	t.Run("time", func(t *testing.T) { timePasses(t, dir, file) })
	t.Run("judged again", func(t *testing.T) { judgedAgain(t, dir) })
	t.Run("readme", func(t *testing.T) { readmeAlert(t, dir) })
	t.Run("picture", func(t *testing.T) { slackPicture(t, dir) })
}

// judgedAgain holds that the same rules judge every stored change as they judged it when it was told, so
// that whatever a rejudgement shows is due to the rules: the store keeps all that a judgement rests
// on. That holds too where the sources have gone from the catalogue, and for versions stored before they
// said how they were offered.
func judgedAgain(t *testing.T, dir string) {
	start := time.Now()
	stdout, stderr, code := runIn(t, dir, "rejudge", "--dry-run", "--state", "store", "--json")
	if code != exitDone || stdout != "" || !strings.Contains(stderr, "相違 0件、") || !strings.Contains(stderr, "対象外 0件、") {
		t.Errorf("the same rules judge differently, exit %d: %s%s", code, stderr, stdout)
	}
	t.Logf("%s (%.1f s)", strings.TrimSpace(stderr), time.Since(start).Seconds())
	db, err := bolt.Open(filepath.Join(dir, "store", storeFile), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list, err := db.Changes(kaisei.ChangeQuery{Quiet: true})
	if err != nil || len(list) < 50 {
		t.Fatalf("%d changes, %v", len(list), err)
	}
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	j := &watch.Rejudger{Store: forgetful{db}, Rules: rules}
	all, left, err := judgeAll(t.Context(), j, list)
	if err != nil || len(left) > 0 {
		t.Fatalf("left %v, %v", left, err)
	}
	for _, one := range all {
		if len(one.Differs) > 0 {
			t.Errorf("%s without a catalogue: %s", one.Change.ID, render.JudgementChange(one.Before, one.After, one.Differs, "en"))
		}
	}
}

// forgetful is a store as an earlier kaisei wrote it: its versions do not say how they were offered.
type forgetful struct{ *bolt.DB }

// Version implements watch.Past.
func (f forgetful) Version(document string, seq int) (kaisei.Version, bool, error) {
	v, ok, err := f.DB.Version(document, seq)
	v.Kind, v.As, v.Translates = "", "", ""
	return v, ok, err
}

// readmeAlert holds the alert printed in README.md to what the program prints.
func readmeAlert(t *testing.T, dir string) {
	stdout, _, code := runIn(t, dir, "replay", archive(t))
	if code != exitDone {
		t.Fatal("replay failed")
	}
	_, alert, ok := strings.Cut(stdout, "🟠 高  改訂  AI事業者ガイドライン")
	alert, _, end := strings.Cut(alert, "\n\n")
	if !ok || !end {
		t.Fatal("the replay prints no alert of the guideline")
	}
	alert = "🟠 高  改訂  AI事業者ガイドライン" + strings.TrimRight(alert, "\n")
	readme, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(readme, []byte("```\n🟠"))
	_, after, closed := bytes.Cut(rest, []byte("\n```"))
	if !ok || !closed {
		t.Fatal("README.md shows no alert")
	}
	want := slices.Concat(before, []byte("```\n"+alert+"\n```"), after)
	if *update {
		if err := os.WriteFile(filepath.Join(repository, "README.md"), want, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Contains(readme, []byte(alert)) {
		t.Errorf("README.md does not show the alert as it is printed now; run go test ./cmd/kaisei -run Replay -update and read it:\n%s", alert)
	}
}

// slackPicture holds the JSON from which the picture in README.md was drawn to what Slack would be sent now.
func slackPicture(t *testing.T, dir string) {
	file := filepath.Join(repository, "docs", "images", "slack-alert.json")
	stdout, _, code := runIn(t, dir, "notify", "preview", "meti/ai-guidelines/main@2", "--channel", "slack", "--answers", "--state", "store")
	if code != exitDone {
		t.Fatal("preview failed")
	}
	if *update {
		if err := os.WriteFile(file, []byte(stdout), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(file); err != nil || string(have) != stdout {
		t.Errorf("docs/images/slack-alert.png shows another alert (%v): draw it again (kaisei notify preview meti/ai-guidelines/main@2 --channel slack --answers --html FILE, and a picture of that page) and run go test ./cmd/kaisei -run Replay -update:\n%s", err, stdout)
	}
}

func inserted(e kaisei.Edit, words string) bool {
	if e.Before == "" {
		return strings.Contains(fold(e.After), fold(words))
	}
	for _, s := range e.Spans {
		if s.Op == kaisei.SpanInsert && strings.Contains(fold(s.Text), fold(words)) {
			return true
		}
	}
	return false
}

func fold(s string) string { return strings.Join(strings.Fields(s), "") }

func only(t *testing.T, told []kaisei.Change, document string) kaisei.Change {
	t.Helper()
	var found []kaisei.Change
	for _, c := range told {
		if c.Document == document {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s was told %d times, want once", document, len(found))
	}
	return found[0]
}

// articlesOf returns the articles that edits touch, with their 附則.
func articlesOf(edits []kaisei.Edit) []string {
	var out []string
	for _, e := range edits {
		path := e.PathAfter
		if e.After == "" {
			path = e.PathBefore
		}
		article, prefix := "", ""
		for _, p := range path {
			switch {
			case strings.HasPrefix(p, "附則"):
				prefix = p + " "
			case strings.HasPrefix(p, "第") && strings.Contains(p, "条") && article == "":
				article = p
			}
		}
		if article != "" && !slices.Contains(out, prefix+article) {
			out = append(out, prefix+article)
		}
	}
	return sorted(out)
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}
