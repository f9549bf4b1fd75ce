package sources

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// The timestamps of feeds, with what the watched ones get wrong: seconds left out before
// the zone (2026-08-16T15:00:Z), a zone without colon, JST.
var (
	isoStamp  = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ]+(\d{1,2}):(\d{2})(?::\d{0,2}(?:\.\d+)?)?)?\s*([A-Za-z]+|[+-]\d{2}:?\d{2})?$`)
	mailStamp = regexp.MustCompile(`^(?:[A-Za-z]+,?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::\d{2})?)?\s*([A-Za-z]+|[+-]\d{2}:?\d{2})?$`)
	offsetOf  = regexp.MustCompile(`^([+-])(\d{2}):?(\d{2})$`)
)

var months = map[string]int{
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

// stampDay returns the day in Japan that a feed's timestamp means. Midnight in Greenwich, which is
// how feeds write a day without a time, is nine in the morning of that day; a time without a
// zone, and one in a zone whose name is not known, is Japan's.
func stampDay(s string) kaisei.Date {
	s = strings.TrimSpace(s)
	var y, mo, d, h, mi int
	var zone string
	if m := isoStamp.FindStringSubmatch(s); m != nil {
		y, mo, d, h, mi, zone = number(m[1]), number(m[2]), number(m[3]), number(m[4]), number(m[5]), m[6]
	} else if m := mailStamp.FindStringSubmatch(s); m != nil {
		y, mo, d, h, mi, zone = number(m[3]), months[strings.ToLower(m[2])], number(m[1]), number(m[4]), number(m[5]), m[6]
	} else {
		if ds := ja.Dates(s); len(ds) > 0 {
			return ds[0].Date
		}
		return kaisei.Date{}
	}
	printed := kaisei.Date{Year: y, Month: time.Month(mo), Day: d}
	if kaisei.DateOf(printed.Start()) != printed {
		return kaisei.Date{}
	}
	offset, known := zoneOffset(zone)
	if !known {
		return printed
	}
	return kaisei.DateOf(time.Date(y, time.Month(mo), d, h, mi, 0, 0, time.FixedZone("", offset)))
}

// zoneOffset returns the seconds east of Greenwich; known is false for a zone that has to be
// taken for Japan's.
func zoneOffset(zone string) (seconds int, known bool) {
	switch strings.ToUpper(zone) {
	case "Z", "GMT", "UT", "UTC":
		return 0, true
	}
	m := offsetOf.FindStringSubmatch(zone)
	if m == nil {
		return 0, false
	}
	seconds = number(m[2])*60*60 + number(m[3])*60
	if m[1] == "-" {
		seconds = -seconds
	}
	return seconds, true
}

// number reads decimal digits; anything else is 0.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
