package publish_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"kaisei/internal/calendar"
	"kaisei/internal/extract"
	"kaisei/internal/kaisei"
	"kaisei/internal/publish"
	"kaisei/internal/render"
)

func seen() time.Time { return time.Date(2026, 4, 6, 8, 0, 0, 0, kaisei.JST) }

// change is the nth change of a ministry whose words are hostile.
func change(n int) kaisei.Change {
	return kaisei.Change{
		ID: fmt.Sprintf("mihon/指針@%d", n), Number: uint64(n), Source: "mihon/guideline", Document: "mihon/指針", Authority: "mihon",
		AuthorityName: kaisei.Text{JA: "見本省 <&>", EN: "Ministry of Samples"}, Title: fmt.Sprintf("=HYPERLINK(\"https://evil.example\",\"指針 %d\") ]]> <script>alert(1)</script>", n),
		Class: kaisei.ClassAmended, Layer: kaisei.LayerSector, Severity: kaisei.High, URL: fmt.Sprintf("https://mihon.example/%d.pdf?a=1&b=2", n), PageURL: "https://mihon.example/list",
		Format: "pdf", SeenAt: seen().Add(time.Duration(n) * time.Hour), Dates: kaisei.Dates{Published: kaisei.DateOf(seen())},
		Edits: []kaisei.Edit{
			{Kind: kaisei.EditChanged, PathBefore: []string{"第1部", "①"}, PathAfter: []string{"第1部", "②"}, Before: "+記録が望ましい\n。", After: "@記録が, \"求められる\"。", PageAfter: 3},
			{Kind: kaisei.EditAdded, PathAfter: []string{"第2部"}, After: "＝全角も"},
		},
		Touches: []kaisei.Touch{{UseCase: "採用支援AI"}, {UseCase: "与信AI"}},
	}
}

// run runs a program of the machine on a file; it skips where there is none.
func run(t *testing.T, content []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(name, append(args, file)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func atom(t *testing.T, f publish.Feed, o render.Options, changes ...kaisei.Change) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := publish.Atom(&b, f, changes, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAFeedIsReadBackAsItWasWritten(t *testing.T) {
	for lang, want := range map[string][]string{"ja": {"見本省 <&>", "分野別"}, "en": {"Ministry of Samples", "Sector"}} {
		o := render.Options{Lang: lang}
		b := atom(t, publish.Feed{About: "layer=sector", Self: "https://kaisei.example/feed?x=1&y=2", Now: seen()}, o, change(1), change(3), change(2))
		feed, err := gofeed.NewParser().Parse(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if feed.FeedType != "atom" || feed.FeedVersion != "1.0" || feed.Language != lang || feed.FeedLink != "https://kaisei.example/feed?x=1&y=2" || len(feed.Items) != 3 ||
			!feed.UpdatedParsed.Equal(change(3).SeenAt) {
			t.Errorf("the feed is %+v", feed)
		}
		// gofeed writes HTML anew; what stands in the feed is read without it.
		var plain struct {
			Entries []struct {
				Content string `xml:"content"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(b, &plain); err != nil || len(plain.Entries) != 3 {
			t.Fatalf("%+v, %v", plain, err)
		}
		for i, n := range []int{3, 2, 1} {
			c, item := change(n), feed.Items[i]
			if item.GUID != fmt.Sprintf("tag:kaisei,2026:change/mihon/%%E6%%8C%%87%%E9%%87%%9D@%d", n) || item.Title != render.Headline(c, o) || item.Link != c.URL ||
				!item.PublishedParsed.Equal(c.SeenAt) || !item.UpdatedParsed.Equal(c.SeenAt) || len(item.Authors) != 1 || item.Authors[0].Name != want[0] {
				t.Errorf("entry %d is %+v", n, item)
			}
			if plain.Entries[i].Content != render.AlertHTML(c, o) || strings.Contains(item.Content, "<script") || !strings.Contains(item.Content, "&lt;script&gt;") {
				t.Errorf("its content is\n%s", item.Content)
			}
			if len(item.Categories) != 3 || !strings.HasPrefix(item.Categories[0], want[1]) {
				t.Errorf("its categories are %q", item.Categories)
			}
			for _, term := range []string{`term="sector" scheme="tag:kaisei,2026:layer"`, `term="amended" scheme="tag:kaisei,2026:class"`, `term="high" scheme="tag:kaisei,2026:severity"`, `rel="related" type="text/html" href="https://mihon.example/list"`} {
				if !bytes.Contains(b, []byte(term)) {
					t.Errorf("the feed lacks %s", term)
				}
			}
		}
	}
}

func TestAFeedIsWellFormedWhateverAPageSays(t *testing.T) {
	c := change(1)
	c.Title, c.URL, c.PageURL = "a\x00\x1b[31m\ufffe]]>", "javascript:alert(1)", "not an address"
	b := atom(t, publish.Feed{Now: seen()}, render.Options{}, c)
	if bytes.Contains(b, []byte("javascript:")) || bytes.Contains(b, []byte("<link")) {
		t.Errorf("an address that is none is in the feed:\n%s", b)
	}
	run(t, b, "xmllint", "--noout")
	run(t, atom(t, publish.Feed{Now: seen()}, render.Options{}), "xmllint", "--noout")
}

func TestAFeedHoldsTheNewestAndSaysWhenItWasMadeWhereItIsEmpty(t *testing.T) {
	var all []kaisei.Change
	for n := range publish.AtomEntries + 5 {
		all = append(all, change(n+1))
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(atom(t, publish.Feed{Now: seen()}, render.Options{}, all...)))
	if err != nil || len(feed.Items) != publish.AtomEntries || feed.Items[0].Title != render.Headline(all[len(all)-1], render.Options{}) {
		t.Errorf("%d entries, %v", len(feed.Items), err)
	}
	empty, err := gofeed.NewParser().Parse(bytes.NewReader(atom(t, publish.Feed{Now: seen()}, render.Options{})))
	if err != nil || !empty.UpdatedParsed.Equal(seen()) || len(empty.Items) != 0 {
		t.Errorf("%+v, %v", empty, err)
	}
}

func TestALawIsReadOnItsPage(t *testing.T) {
	c := change(1)
	c.Format, c.URL, c.PageURL = extract.FormatLawXML, "https://laws.example/api/xml", "https://laws.example/law"
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(atom(t, publish.Feed{Now: seen()}, render.Options{}, c)))
	if err != nil || feed.Items[0].Link != c.PageURL || !slices.Equal(feed.Items[0].Links, []string{c.PageURL}) {
		t.Errorf("%+v, %v", feed.Items[0].Links, err)
	}
}

func TestATableIsReadBackAndCalculatesNothing(t *testing.T) {
	var changes, edits bytes.Buffer
	o := render.Options{}
	if err := errors.Join(publish.CSV(&changes, publish.Of(change(1), change(2)), o), publish.EditsCSV(&edits, publish.Of(change(1)), o)); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"changes": changes.Bytes(), "edits": edits.Bytes()} {
		if !bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) || bytes.Count(b, []byte("\r\n")) != 3 {
			t.Errorf("%s has no byte order mark, or not three lines ended by CRLF:\n%q", name, b)
		}
		rows, err := csv.NewReader(bytes.NewReader(b[3:])).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%s: %q, %v", name, rows, err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.IndexAny(cell, "=+-@＝＋－＠\t\r\n") == 0 {
					t.Errorf("%s: %q would be calculated", name, cell)
				}
			}
		}
		back := run(t, b, "python3", "-c", `import csv,json,sys; print(json.dumps(list(csv.reader(open(sys.argv[1],encoding="utf-8-sig",newline="")))))`)
		var python [][]string
		if err := json.Unmarshal([]byte(back), &python); err != nil || fmt.Sprint(python) != fmt.Sprint(rows) {
			t.Errorf("%s: python reads %q, %v, Go %q", name, python, err, rows)
		}
		want := map[string]string{"changes": "'" + change(1).Title, "edits": "'＝全角も"}[name]
		if !slices.Contains(slices.Concat(rows...), want) {
			t.Errorf("%s lacks the cell %q: %q", name, want, rows)
		}
	}
	rows, _ := csv.NewReader(bytes.NewReader(changes.Bytes()[3:])).ReadAll()
	for heading, want := range map[string]string{"検知日時（日本時間）": "2026-04-06 09:00", "重要度": "高", "追加": "1", "改正": "1", "削除": "0", "該当する用途": "採用支援AI・与信AI", "掲載": "2026-04-06", "変更のID": "mihon/指針@1"} {
		if i := slices.Index(rows[0], heading); i < 0 || rows[1][i] != want {
			t.Errorf("%s: %q in %q", heading, want, rows[:2])
		}
	}
}

func TestAnErrorOfTheStoreEndsWhatIsWritten(t *testing.T) {
	broken := func(yield func(kaisei.Change, error) bool) {
		if yield(change(1), nil) {
			yield(kaisei.Change{}, errors.New("the disk is gone"))
		}
	}
	var b bytes.Buffer
	for name, err := range map[string]error{
		"csv": publish.CSV(&b, broken, render.Options{}), "edits": publish.EditsCSV(&b, broken, render.Options{}), "events": publish.Events(&b, broken, render.Options{}),
	} {
		if err == nil || !strings.Contains(err.Error(), "the disk is gone") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEventsAreALineEachAndBounded(t *testing.T) {
	large := change(2)
	for range 5000 {
		large.Edits = append(large.Edits, kaisei.Edit{Kind: kaisei.EditAdded, After: strings.Repeat("文", 100)})
	}
	var b bytes.Buffer
	if err := publish.Events(&b, publish.Of(change(1), large), render.Options{Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		var e struct {
			Version                        int
			Type, Delivery, Text, Language string
			Timestamp                      time.Time
			EditsOmitted                   int `json:"edits_omitted"`
			Data                           kaisei.Change
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if e.Version != publish.EventVersion || e.Type != publish.EventChange || e.Delivery != "export/"+e.Data.ID || e.Language != "en" || e.Text == "" || !e.Timestamp.Equal(e.Data.SeenAt) ||
			len(line) > publish.MaxEvent || (e.EditsOmitted > 0) != (i == 1) {
			t.Errorf("line %d of %d bytes: %+v", i+1, len(line), e)
		}
	}
}

func TestTheCalendarIsReadByAnotherLibrary(t *testing.T) {
	if err := exec.Command("python3", "-c", "import icalendar").Run(); err != nil {
		t.Skip("python3-icalendar is not installed")
	}
	var b bytes.Buffer
	day := kaisei.Date{Year: 2027, Month: time.April, Day: 1}
	err := publish.Calendar(&b, []calendar.Event{{ID: "a@in-force-2027-04-01", Title: "見本法", Layer: kaisei.LayerLaw, Kind: kaisei.ClassInForce, On: day, SeenAt: seen()}}, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out := run(t, b.Bytes(), "python3", "-c", `import icalendar,sys
for e in icalendar.Calendar.from_ical(open(sys.argv[1],"rb").read()).walk("VEVENT"): print(e["UID"],e["DTSTART"].dt,e["SUMMARY"])`)
	if out != "a@in-force-2027-04-01@kaisei 2027-04-01 施行: 見本法\n" {
		t.Errorf("read as %q", out)
	}
}
