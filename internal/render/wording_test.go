package render

import (
	"fmt"
	"strings"
	"testing"

	"kaisei/internal/kaisei"
)

func wordingOf(t *testing.T, toml string) *Wording {
	t.Helper()
	w, err := ParseWording(WordsFile{"words.toml", []byte(toml)})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWordsOfTheOperatorGoOverThoseOfTheCatalogue(t *testing.T) {
	w := wordingOf(t, `
[digest.weekly]
ja = "AI法務レポート"

["digest.period"]
ja = "【法務】%[2]s（%[1]s）"
en = "[Legal] %s, %s"

[class]
amended = { ja = "本文改正" }
`)
	ja, en := Options{Wording: w}.Voice(), Options{Lang: English, Wording: w}.Voice()
	for _, c := range []struct{ got, want string }{
		{say(ja, "digest.weekly"), "AI法務レポート"},
		{say(en, "digest.weekly"), messages["digest.weekly"].EN},
		{say(ja, "digest.period", "A", "B"), "【法務】B（A）"},
		{say(en, "digest.period", "A", "B"), "[Legal] A, B"},
		{ClassName(kaisei.ClassAmended, ja), "本文改正"},
		{ClassName(kaisei.ClassAmended, en), "text amended"},
		{ClassName(kaisei.ClassAmended, Japanese), classNames()["amended"].JA},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestEveryFaultOfWordsIsNamedWithItsPlace(t *testing.T) {
	_, err := ParseWording(WordsFile{"words.toml", []byte(`[digest.wekly]
ja = "題"

[digest.period]
ja = "%s だけ"
en = "%s and %d"

[digest.changes]
fr = "changements %s"
ja = ""
en = 3

[told]
ja = "%s 通知"
en = "100% told"

[link.page]
ja = "二\n行"
en = "bell\u0007"
`)})
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{
		"words.toml:2:1: digest.wekly is not a key of the catalogue; did you mean digest.weekly?",
		`words.toml:5:1: digest.period.ja must take the same values as the catalogue's "%s から %s まで": %[1]s %[2]s`,
		"words.toml:6:1: digest.period.en must take the same values",
		"words.toml:9:1: digest.changes.fr: write the words as ja or en",
		"words.toml:10:1: digest.changes.ja is empty",
		"words.toml:11:1: digest.changes.en is not a text",
		"words.toml:14:1: told.ja takes no value, as the catalogue's \"通知\" takes none",
		"words.toml:18:1: link.page.ja has more than one line",
		"words.toml:19:1: link.page.en holds a control character",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing from:\n%v", want, err)
		}
	}
}

func TestBrokenWordsSayWhere(t *testing.T) {
	_, err := ParseWording(WordsFile{"w.toml", []byte("[a]\nja = \"x\nen")})
	if err == nil || !strings.HasPrefix(err.Error(), "w.toml:2:") {
		t.Errorf("%v", err)
	}
}

func TestWordsAreBounded(t *testing.T) {
	long := func(n int) string {
		return fmt.Sprintf("[digest.weekly]\nja = %q\n", strings.Repeat("長", n))
	}
	wordingOf(t, long(MaxWord))
	if _, err := ParseWording(WordsFile{"w", []byte(long(MaxWord + 1))}); err == nil {
		t.Error("words of any length pass")
	}
	var many strings.Builder
	for i := range maxWordFaults + 5 {
		fmt.Fprintf(&many, "[nothing.n%d]\nja = \"x\"\n", i)
	}
	_, err := ParseWording(WordsFile{"w", []byte(many.String())})
	if n := strings.Count(err.Error(), "\n") + 1; n != maxWordFaults+1 || !strings.HasSuffix(err.Error(), "and 5 more") {
		t.Errorf("%d lines: %v", n, err)
	}
}

func TestALaterFileOfWordsGoesOverAnEarlier(t *testing.T) {
	w, err := ParseWording(WordsFile{"a", []byte("[told]\nja = \"甲\"")}, WordsFile{"b", []byte("[told]\nja = \"乙\"")})
	if err != nil {
		t.Fatal(err)
	}
	if got := say(Options{Wording: w}.Voice(), "told"); got != "乙" {
		t.Errorf("%q", got)
	}
}

// The whole catalogue, printed, is a file of words.
func TestThePrintedCatalogueIsAFileOfWords(t *testing.T) {
	w := wordingOf(t, (*Wording)(nil).TOML())
	for key, text := range Catalogue() {
		for _, lang := range []string{Japanese, English} {
			if got, _ := w.text(key, lang); got != text.In(lang) {
				t.Errorf("%s.%s: %q, want %q", key, lang, got, text.In(lang))
			}
		}
	}
}

func FuzzParseWording(f *testing.F) {
	f.Add("[digest.weekly]\nja = \"題\"")
	f.Add("\"digest.period\".en = \"%s %[2]s\"\nx = [1]\n[[a]]\nb = { ja = \"x\" }")
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWording(WordsFile{"f", []byte(s)})
		if (w == nil) == (err == nil) {
			t.Errorf("%v, %v", w, err)
		}
	})
}
