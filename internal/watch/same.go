package watch

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// SameTitle is how alike (0 to 1) two titles on different lists must be, a day apart at most and with the same
// numbers in them, to be one item.
const SameTitle = 0.85

// minInside is how many characters a title must have that is found inside another.
const minInside = 14

// sightedList finds the items of one list that another list shows too.
type sightedList struct {
	kaisei.Sightings
	keys []string
	// byAddress leads to the items at an address, byDay to those of a day; undated are those without one.
	byAddress map[string][]int
	byDay     map[kaisei.Date][]int
	undated   []int
}

func newSightedList(s kaisei.Sightings) *sightedList {
	l := &sightedList{Sightings: s, keys: make([]string, len(s.Items)), byAddress: map[string][]int{}, byDay: map[kaisei.Date][]int{}}
	for i, item := range s.Items {
		l.keys[i] = titleKey(item.Title)
		if a := address(item.URL); a != "" {
			l.byAddress[a] = append(l.byAddress[a], i)
		}
		if item.Published.IsZero() {
			l.undated = append(l.undated, i)
		} else {
			l.byDay[item.Published] = append(l.byDay[item.Published], i)
		}
	}
	return l
}

// shows reports whether the list shows an item of another list: at its address, where that is of this item
// alone, or under the same title on the same day, give or take one and how lists word and decorate titles.
func (l *sightedList) shows(item kaisei.Sighting, of *sightedList) bool {
	key := titleKey(item.Title)
	if a := address(item.URL); a != "" && !landing(item.URL) {
		at := l.byAddress[a]
		if len(at) > 0 && !l.shared(a) && !of.shared(a) && !recurs(l.Items[at[0]].Published, item.Published) && !recurs(item.Published, l.Items[at[0]].Published) {
			return true
		}
		for _, i := range at { // several items at one address: the words decide
			if sameTitle(key, l.keys[i]) {
				return true
			}
		}
	}
	near := l.undated
	for _, d := range days(dayOr(item)) {
		near = append(near[:len(near):len(near)], l.byDay[d]...)
	}
	for _, i := range near {
		if sameTitle(key, l.keys[i]) && !otherSite(item.URL, l.Items[i].URL) {
			return true
		}
	}
	return false
}

// otherSite reports whether two addresses are pages of different bodies: ministries tell one event each in its
// own words, and neither item stands for the other.
func otherSite(a, b string) bool {
	if a == "" || b == "" || landing(a) || landing(b) {
		return false
	}
	x, y := site(a), site(b)
	return x != "" && y != "" && x != y
}

// site is the domain that a body registered (meti.go.jp of www.chusho.meti.go.jp), or "".
func site(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	name, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(u.Hostname()))
	if err != nil {
		return ""
	}
	return name
}

// shared reports whether items of several titles stand at an address.
func (l *sightedList) shared(a string) bool {
	at := l.byAddress[a]
	for _, i := range at {
		if l.keys[i] != l.keys[at[0]] {
			return true
		}
	}
	return false
}

// days are a day and its neighbours: a list may show tomorrow what came out today, and clocks differ.
func days(d kaisei.Date) []kaisei.Date {
	start := d.Start()
	return []kaisei.Date{kaisei.DateOf(start.AddDate(0, 0, -1)), d, kaisei.DateOf(start.AddDate(0, 0, 1))}
}

// landing reports whether an address is the top of a site, to which lists link where they know no better.
func landing(raw string) bool {
	u, err := url.Parse(raw)
	return err != nil || u.RawQuery == "" && strings.Trim(strings.TrimSuffix(strings.TrimSuffix(u.Path, "index.html"), "index.htm"), "/") == ""
}

// sameTitle compares two keys of titles.
func sameTitle(a, b string) bool {
	if a == b {
		return a != ""
	}
	short, long := a, b
	if len(short) > len(long) {
		short, long = long, short
	}
	switch {
	case digits(a) != digits(b):
		return false // the fifteenth meeting is not the sixteenth
	case utf8.RuneCountInString(short) >= minInside && strings.Contains(long, short):
		return true
	case float64(len(short)) < (SameTitle*2-1)*float64(len(long)):
		return false // too short to be that alike, whatever its characters
	}
	return ja.Likeness(a, b) >= SameTitle
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// titleKey is a title without what lists put around it: the kind of news in front (【報道発表】), file format and
// size, brackets and spaces, and the announcing ending (を公表しました).
func titleKey(title string) string {
	s := strings.ToLower(ja.Key(title))
	s = titleFile.ReplaceAllString(s, " ")
	for {
		t := titleTag.ReplaceAllString(s, "")
		if t == s || t == "" {
			break
		}
		s = t
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == 'ー' {
			return r
		}
		return -1
	}, s)
	for range maxEnding {
		t := titleEnding.ReplaceAllString(s, "")
		if t == s || t == "" {
			break
		}
		s = t
	}
	return s
}

// maxEnding bounds how many endings are taken off one title.
const maxEnding = 4

var (
	titleFile   = regexp.MustCompile(`[(\[【〔]\s*(?:pdf|word|excel|html|powerpoint)[^)\]】〕]{0,30}[)\]】〕]|\(\s*[0-9,.]+\s*[km]b\s*\)`)
	titleTag    = regexp.MustCompile(`^\s*(?:【[^】]{1,16}】|\[[^\]]{1,16}\]|〔[^〕]{1,16}〕|new!?\s)\s*`)
	titleEnding = regexp.MustCompile(`(?:を|の|が|は|に)?(?:新たに|本日)?(?:公表|公開|掲載|更新|発表|開催|実施|決定|策定|改定|改訂|取りまとめ|とりまとめ|開始|設置|募集)?(?:を)?(?:いた)?(?:しました|します|しています|されました|されます|ました)$` +
		`|(?:に|へ)(?:ついて|関して|関する(?:お知らせ|こと))$|(?:の|に関する)?お知らせ$|の(?:公表|公開|掲載|発表|結果|開催|実施)$`)
)
