package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// property is a content line of an iCalendar file.
type property struct {
	name, params, value string
}

// The grammar of RFC 5545: a name, parameters without quotation, a value without control characters.
var (
	contentLine = regexp.MustCompile(`^([A-Z0-9-]+)((?:;[A-Z0-9-]+=[^;:,"]*)*):([^\x00-\x08\x0a-\x1f\x7f]*)$`)
	dateValue   = regexp.MustCompile(`^\d{8}$`)
	timeValue   = regexp.MustCompile(`^\d{8}T\d{6}Z$`)
)

// readICS reads a file as RFC 5545 has it and refuses what the standard does: bare line ends, lines over
// 75 octets, a character cut in two, text that is not escaped, components that do not close, a
// property that may stand once standing twice. It shares no code with what writes the file.
func readICS(text string) (head []property, events [][]property, err error) {
	if !strings.HasSuffix(text, "\r\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		return nil, nil, fmt.Errorf("lines must end in CRLF")
	}
	var lines []string
	for i, l := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		switch {
		case len(l) > 75:
			return nil, nil, fmt.Errorf("line %d has %d octets", i+1, len(l))
		case !utf8.ValidString(l):
			return nil, nil, fmt.Errorf("line %d cuts a character in two", i+1)
		case l == "" || l == " ":
			return nil, nil, fmt.Errorf("line %d is empty", i+1)
		case l[0] == ' ':
			if len(lines) == 0 {
				return nil, nil, fmt.Errorf("the file begins with a continuation")
			}
			lines[len(lines)-1] += l[1:]
		default:
			lines = append(lines, l)
		}
	}
	if len(lines) < 4 || lines[0] != "BEGIN:VCALENDAR" || lines[len(lines)-1] != "END:VCALENDAR" {
		return nil, nil, fmt.Errorf("no calendar")
	}
	var open []property
	inside := false
	for _, l := range lines[1 : len(lines)-1] {
		m := contentLine.FindStringSubmatch(l)
		if m == nil {
			return nil, nil, fmt.Errorf("no content line: %q", l)
		}
		p := property{m[1], m[2], m[3]}
		switch {
		case l == "BEGIN:VEVENT" && !inside:
			inside, open = true, nil
		case l == "END:VEVENT" && inside:
			inside = false
			events = append(events, open)
		case p.name == "BEGIN" || p.name == "END":
			return nil, nil, fmt.Errorf("%q does not belong here", l)
		case inside:
			open = append(open, p)
		case len(events) > 0:
			return nil, nil, fmt.Errorf("the calendar property %s stands behind an event", p.name)
		default:
			head = append(head, p)
		}
	}
	if inside {
		return nil, nil, fmt.Errorf("an event does not end")
	}
	for _, name := range []string{"VERSION", "PRODID"} {
		if _, n := find(head, name); n != 1 {
			return nil, nil, fmt.Errorf("%s stands %d times", name, n)
		}
	}
	return head, events, nil
}

func find(list []property, name string) (property, int) {
	var out property
	n := 0
	for _, p := range list {
		if p.name == name {
			out = p
			n++
		}
	}
	return out, n
}

// plainText takes the escapes of a TEXT value off.
func plainText(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ';' || s[i] == ',':
			return "", fmt.Errorf("%q is not escaped in %q", s[i], s)
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+1 < len(s) && strings.IndexByte(`\;,`, s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		case i+1 < len(s) && (s[i+1] == 'n' || s[i+1] == 'N'):
			i++
			b.WriteByte('\n')
		default:
			return "", fmt.Errorf("stray backslash in %q", s)
		}
	}
	return b.String(), nil
}

func TestACalendarReadsBackAsItWasMeant(t *testing.T) {
	seen := time.Date(2026, 7, 20, 3, 0, 0, 0, time.UTC)
	on := func(s string) kaisei.Date {
		d, err := kaisei.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	base := calendar.Event{
		Document: "egov/appi/revisions", Title: "個人情報の保護に関する法律", AuthorityName: kaisei.Text{JA: "e-Gov"}, Layer: kaisei.LayerLaw,
		Kind: kaisei.ClassInForce, URL: "https://laws.e-gov.go.jp/law/415AC0000000057", SeenAt: seen,
	}
	fixed, by, closing, open, hostile := base, base, base, base, base
	fixed.ID, fixed.On, fixed.What = "egov/appi/revisions@in-force-2026-12-31", on("2026-12-31"), strings.Repeat("防災庁設置法の施行に伴う関係法律の整備等に関する法律、", 6)
	by.ID, by.On, by.By, by.Note = "egov/appi/revisions@in-force-2028-07-16", on("2028-07-16"), on("2028-07-16"), "公布の日から起算して二年を超えない範囲内において政令で定める日"
	closing.ID, closing.Kind, closing.Layer, closing.At, closing.On = "egov/public-comments/ほげ@closing", kaisei.ClassConsultationClosing, kaisei.LayerConsultation, time.Date(2026, 9, 6, 14, 59, 0, 0, time.UTC), on("2026-09-06")
	open.ID, open.Note = "kanpo/x@in-force-12345678", "別に定める日"
	hostile.ID, hostile.On = "mihon/x@in-force-2027-01-01", on("2027-01-01")
	hostile.Title, hostile.URL = "a;b,c\\d\r\nEND:VEVENT\r\nATTACH:https://evil.example/\u202e\u200b", "javascript:alert(1)"
	list := []calendar.Event{fixed, by, closing, open, hostile}

	for _, lang := range []string{Japanese, English} {
		_, events, err := readICS(ICS(list, Options{Lang: lang}))
		if err != nil {
			t.Fatalf("%s: %v\n%s", lang, err, ICS(list, Options{Lang: lang}))
		}
		if len(events) != 4 {
			t.Fatalf("%s: %d events, want the four that have a day", lang, len(events))
		}
		uids := map[string]bool{}
		for i, e := range []calendar.Event{fixed, by, closing, hostile} {
			got := map[string]string{}
			for _, name := range []string{"UID", "DTSTAMP", "DTSTART", "SUMMARY", "DESCRIPTION", "CATEGORIES"} {
				p, n := find(events[i], name)
				if n != 1 {
					t.Errorf("%s: %s stands %d times", e.ID, name, n)
				}
				got[name] = p.value
				if name == "UID" || name == "SUMMARY" || name == "DESCRIPTION" || name == "CATEGORIES" {
					if got[name], err = plainText(p.value); err != nil {
						t.Errorf("%s: %s: %v", e.ID, name, err)
					}
				}
			}
			uids[got["UID"]] = true
			start, _ := find(events[i], "DTSTART")
			end, ends := find(events[i], "DTEND")
			if e.At.IsZero() {
				if start.params != ";VALUE=DATE" || !dateValue.MatchString(start.value) || start.value != e.On.Start().Format("20060102") || end.params != ";VALUE=DATE" || end.value != e.On.Start().AddDate(0, 0, 1).Format("20060102") {
					t.Errorf("%s: from %+v to %+v", e.ID, start, end)
				}
			} else if start.params != "" || !timeValue.MatchString(start.value) || start.value != "20260906T145900Z" || ends != 0 {
				t.Errorf("%s: at %+v, %d ends", e.ID, start, ends)
			}
			if got["UID"] != e.ID+"@kaisei" || got["DTSTAMP"] != "20260720T030000Z" || got["CATEGORIES"] != LayerName(e.Layer, lang) {
				t.Errorf("%s: %q", e.ID, got)
			}
			if !strings.Contains(got["SUMMARY"], Clean(e.Title)) || !strings.Contains(got["DESCRIPTION"], e.ID) || !strings.Contains(got["DESCRIPTION"], Clean(e.What)) || !strings.Contains(got["DESCRIPTION"], e.Note) {
				t.Errorf("%s: %q", e.ID, got)
			}
			if u, n := find(events[i], "URL"); (e.URL == base.URL) != (n == 1) || n == 1 && u.value != e.URL {
				t.Errorf("%s: URL %q", e.ID, u.value)
			}
		}
		if len(uids) != 4 {
			t.Errorf("UIDs %v", uids)
		}
	}
	if a, b := ICS(list, Options{}), ICS(list, Options{}); a != b {
		t.Error("the same events make two files")
	}
	summary, _ := find(must(readICS(ICS([]calendar.Event{by}, Options{})))[0], "SUMMARY")
	if !strings.Contains(summary.value, "遅くとも") {
		t.Errorf("a day that is not fixed is given as if it were: %s", summary.value)
	}
}

func must(_ []property, events [][]property, err error) [][]property {
	if err != nil {
		panic(err)
	}
	return events
}

// The reader must be able to refuse, or it holds nothing.
func TestTheReaderOfCalendarsRefusesWhatTheStandardDoes(t *testing.T) {
	good := ICS([]calendar.Event{{ID: "a@closing", Title: "見本", Layer: kaisei.LayerLaw, Kind: kaisei.ClassConsultationClosing, At: time.Unix(1_800_000_000, 0)}}, Options{})
	if _, _, err := readICS(good); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"bare line ends": strings.ReplaceAll(good, "\r\n", "\n"),
		"a long line":    strings.Replace(good, "SUMMARY:", "SUMMARY:"+strings.Repeat("x", 80), 1),
		"no version":     strings.Replace(good, "VERSION:2.0\r\n", "", 1),
		"not closed":     strings.Replace(good, "END:VEVENT\r\n", "", 1),
		"no value":       strings.Replace(good, "TRANSP:TRANSPARENT", "TRANSP", 1),
		"half a letter":  strings.Replace(good, "見", "\xe8\xa6", 1),
	} {
		if _, _, err := readICS(bad); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	if _, err := plainText("a;b"); err == nil {
		t.Error("unescaped text is read")
	}
}
