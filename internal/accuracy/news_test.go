package accuracy

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kaisei/internal/blockkit"
	"kaisei/internal/classify"
	"kaisei/internal/extract"
	"kaisei/internal/fetch"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
	"kaisei/internal/render"
	"kaisei/internal/watch"
	catalogs "kaisei/sources"
	"kaisei/storage/bolt"
)

// newsFeed is where the archive holds the states of the government-wide list of news.
const newsFeed = "https://govonline-feed.example/info/index.rss"

// TestAccuracyOfTheNewsReplay walks the archived states of the government-wide list as the product
// would have seen them and holds everything told against the judgement of a reader. What was told
// without a judgement fails, and so does a judgement of something that is no longer told.
func TestAccuracyOfTheNewsReplay(t *testing.T) {
	if testing.Short() {
		t.Skip("walks fifteen months of news twice")
	}
	l := newLibrary(t)
	n := replayNews(t, l, false)
	all := replayNews(t, l, true)
	judged := readJudged(t, "told.tsv")
	r := &report{}
	n.write(t, r, judged, readJudged(t, "set-aside.tsv"))
	all.edits(t, r)
	slackTakes(t, append(n.told, all.told...))
	file := filepath.Join(l.root, "docs", "news-replay.md")
	text := newsPreface + r.b.String()
	if *update {
		if !t.Failed() {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	if have, err := os.ReadFile(file); err != nil || string(have) != text {
		t.Errorf("docs/news-replay.md does not show what the replay tells now; run with -update and read it (%v): %s", err, firstDifference(string(have), text))
	}
}

// slackTakes holds the alerts of changes against Slack's limits, in every form and both languages.
func slackTakes(t *testing.T, told []kaisei.Change) {
	t.Helper()
	for _, c := range told {
		for _, lang := range []string{render.Japanese, render.English} {
			for _, o := range []render.Options{
				{Lang: lang}, {Lang: lang, Answers: true, Corrections: []string{"–"}, BaseURL: "https://kaisei.example.jp"}, {Lang: lang, Answers: true, Answered: []string{"–"}},
			} {
				o.Delivery = "alert/ops/" + c.ID
				if problems := blockkit.Check(render.AlertSlack(c, o)); len(problems) > 0 {
					t.Errorf("Slack would not take %s in %s: %s", c.ID, lang, strings.Join(problems, "; "))
				}
			}
		}
	}
	t.Logf("%d alerts held against Slack's limits", len(told))
}

// newsReplay is what a walk over the states of the list came to.
type newsReplay struct {
	states, offered int
	told, quiet     []kaisei.Change
	// before holds the title that a change of an item replaced.
	before map[string]string
	// passed says of every title on the list whether the keywords let it pass, and who announced it.
	passed map[string]bool
	by     map[string]string
	// baseline are the relevant titles of the first state, which are no news.
	baseline []string
	summary  watch.Summary
}

// replayNews walks the states with the shared keywords, or without any, so that every item is told.
func replayNews(t *testing.T, l *library, all bool) newsReplay {
	t.Helper()
	archive, err := fetch.OpenArchive(l.path("history.warc.gz"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { archive.Close() })
	catalog, err := catalogs.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := classify.Load()
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(filepath.Join(t.TempDir(), "kaisei.db"), bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	source := catalog.Adhoc(kaisei.KindFeed, newsFeed)
	if all {
		source.Keywords = kaisei.Keywords{}
	}
	n := newsReplay{before: map[string]string{}, passed: map[string]bool{}, by: map[string]string{}}
	var now time.Time
	client := &fetch.Client{Transport: archive, MaxBytes: 5 << 20, Now: func() time.Time { return now }}
	r := &watch.Replay{
		Watcher: &watch.Watcher{
			Catalog: catalog, Read: &extract.Extractor{}, Rules: rules, Store: db, Fetch: client, Now: func() time.Time { return now },
			Changed: func(c kaisei.Change) {
				if c.Quiet != "" {
					n.quiet = append(n.quiet, c)
					return
				}
				n.told = append(n.told, c)
				for _, e := range c.Edits {
					if e.Before != "" && e.Key == "title" {
						n.before[c.ID] = e.Before
					}
				}
			},
		},
		Key: fetch.URLKey,
		Set: func(at time.Time) { now = at; archive.Set(at) },
		Adopt: func(url string) (kaisei.Source, bool) {
			return source, fetch.URLKey(url) == fetch.URLKey(newsFeed)
		},
	}
	for _, rec := range archive.Records() {
		if rec.URL == newsFeed && rec.Status == 200 {
			r.Records = append(r.Records, watch.Archived{URL: rec.URL, At: rec.At, Status: rec.Status})
		}
	}
	n.states = len(r.Records)
	n.list(t, archive, client, catalog, source, r.Records)
	if n.summary, err = r.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return n
}

// list reads every state for the titles on it.
func (n *newsReplay) list(t *testing.T, archive *fetch.Archive, client *fetch.Client, catalog *catalogs.Catalog, source kaisei.Source, records []watch.Archived) {
	t.Helper()
	for i, rec := range records {
		archive.Set(rec.At)
		c, err := client.Get(context.Background(), kaisei.Request{URL: rec.URL})
		if err != nil {
			t.Fatal(err)
		}
		targets, err := catalog.Targets(source, c, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range targets {
			n.offered++
			if i == 0 && target.Relevant {
				n.baseline = append(n.baseline, target.Title)
			}
			n.passed[target.Title] = target.Relevant
		}
	}
}

// judgement is what a reader made of one title.
type judgement struct{ title, verdict, why string }

// readJudged reads a hand-written file of judgements: title, verdict and reason, parted by tabs.
func readJudged(t *testing.T, name string) []judgement {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "news", name))
	if err != nil {
		t.Fatal(err)
	}
	var out []judgement
	for i, line := range strings.Split(strings.TrimRight(string(body), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			t.Fatalf("%s:%d: want a title, a verdict and a reason, parted by tabs", name, i+1)
		}
		out = append(out, judgement{f[0], f[1], f[2]})
	}
	return out
}

// verdicts of a reader.
const (
	verdictRight      = "right"
	verdictFalseAlarm = "false alarm"
	verdictDoubtful   = "doubtful"
	verdictMiss       = "miss"
)

// write compares the replay with the judgements and writes both.
func (n newsReplay) write(t *testing.T, r *report, judged, aside []judgement) {
	verdict := map[string]judgement{}
	for _, j := range judged {
		verdict[ja.Key(j.title)] = j
	}
	times := map[string]int{}
	count := map[string]int{}
	var rows [][]string
	for _, c := range n.told {
		key := ja.Key(c.Title)
		j, ok := verdict[key]
		if !ok {
			t.Errorf("told and not judged: %s", c.Title)
			continue
		}
		if times[key]++; times[key] > 1 {
			t.Errorf("told %d times: %s", times[key], c.Title)
		}
		count[j.verdict]++
		why := j.verdict
		if j.why != "" {
			why += ": " + j.why
		}
		rows = append(rows, []string{c.Dates.Published.String(), c.Title, string(c.Class), string(c.Layer), string(c.Severity), why})
	}
	for key, j := range verdict {
		if times[key] == 0 {
			t.Errorf("judged and not told: %s", j.title)
		}
	}
	r.text("%d states, %d distinct titles; the shared keywords let %d pass, %d of them on the first state, which is no news. "+
		"Told, each once: %d (%d right, %d doubtful, %d false alarms); kept quiet: %d. Looks: %d, failed: %d.",
		n.states, len(n.passed), n.relevant(), len(n.baseline), len(n.told), count[verdictRight], count[verdictDoubtful], count[verdictFalseAlarm],
		len(n.quiet), n.summary.Looks, n.summary.Failed)
	r.heading("Told")
	r.table([]string{"published", "title", "class", "layer", "severity", "judged"}, rows)
	r.heading("Set aside by the keywords and read again")
	r.text("All other titles were read one by one. These come near:")
	rows = nil
	for _, j := range aside {
		passed, on := n.passed[j.title]
		if !on || passed {
			t.Errorf("%s: on the list %v, passed %v; want it on the list and set aside", j.title, on, passed)
		}
		if j.verdict != verdictMiss && j.verdict != verdictDoubtful && j.verdict != verdictRight {
			t.Errorf("%s: verdict %q", j.title, j.verdict)
		}
		rows = append(rows, []string{j.title, j.verdict, j.why})
	}
	r.table([]string{"title", "judged", "why"}, rows)
}

// edits lists the items whose title was changed in place, in a walk that tells every item.
func (n newsReplay) edits(t *testing.T, r *report) {
	r.heading("Titles edited in place")
	var rows [][]string
	items := 0
	for _, c := range n.told {
		was := n.before[c.ID]
		if was == "" {
			items++
			continue
		}
		if c.Class == kaisei.ClassNews || strings.HasSuffix(c.ID, "@1") {
			t.Errorf("%s: an edited title told as %s", c.ID, c.Class)
		}
		rows = append(rows, []string{c.SeenAt.Format(time.DateOnly), strings.TrimPrefix(c.ID, c.Source+"/"), string(c.Class), was, c.Title})
	}
	if len(rows) == 0 {
		t.Error("no title was edited in place in fifteen months; the replay does not see them")
	}
	r.text("None of the items above was edited while it stood on the list. To see what becomes of an edit, the same states were walked once more without "+
		"keywords: %d items told, and as a change of an item told before (same address and day, likeness of the titles %.1f or more) the edits below. "+
		"Read by eye, the states hold two more titles that look edited: one changed in the width of a digit only, which is no change, and one that "+
		"came back with （公布） under a new day, which is a second item and was told as one.",
		items, watch.EditedTitle)
	r.table([]string{"seen", "change", "class", "before", "after"}, rows)
}

func (n newsReplay) relevant() int {
	count := 0
	for _, yes := range n.passed {
		if yes {
			count++
		}
	}
	return count
}

const newsPreface = `# The government-wide list of news, replayed

The archived states of 各府省の新着情報 (政府広報オンライン), walked in time order as the product would have seen them, with the shared keywords and
the rules, and everything told judged by eye. The judgements stand in ` + "`internal/accuracy/testdata/news`" + `; an item told without one fails the test. Made by

    go test ./internal/accuracy -run Accuracy -update

*Right* means that a person who watches AI governance wants to know it, with this class, layer and severity; *false alarm* that they do not; *doubtful* that
one of them may. Items that the keywords set aside are counted in the ledger of looks and told to nobody.

`
