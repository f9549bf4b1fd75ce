package render

import (
	"regexp"
	"strings"

	ics "github.com/arran4/golang-ical"

	"kaisei/internal/calendar"
	"kaisei/internal/kaisei"
)

// eventDomain ends the UIDs of events, as RFC 7986 advises: they are unique to this program's IDs.
const eventDomain = "@kaisei"

// maxNumbers bounds the amending laws that a title names.
const maxNumbers = 4

// maxEventText bounds the description of one event.
const maxEventText = 2000

// ICS writes events as an iCalendar file (RFC 5545). A day of taking force is an event of the whole day,
// a deadline one of its instant, meant in Japan and written in UTC. The UID is made of the event's ID,
// so that a calendar that reads the file again moves what it has and doubles nothing. An event whose
// day is still to be fixed stands on its last possible day and says so; one without such a day
// cannot stand in a calendar and is left out.
func ICS(events []calendar.Event, o Options) string {
	l := o.lang()
	cal := ics.NewCalendar()
	cal.SetProductId("-//kaisei//kaisei//" + strings.ToUpper(l.ID()))
	cal.SetName(say(l, "calendar"))
	cal.SetXWRCalName(say(l, "calendar"))
	for _, e := range events {
		day := e.Day()
		if day.IsZero() && e.At.IsZero() {
			continue
		}
		v := cal.AddEvent(e.ID + eventDomain)
		v.SetDtStampTime(e.SeenAt)
		v.SetSummary(eventSummary(e, l))
		v.SetDescription(eventText(e, l))
		if u := safeURL(e.URL); u != "" {
			v.SetURL(u)
		}
		v.AddCategory(LayerName(e.Layer, l))
		v.AddProperty(ics.ComponentPropertyTransp, "TRANSPARENT")
		if !e.At.IsZero() {
			v.SetStartAt(e.At)
			continue
		}
		v.SetAllDayStartAt(day.Start())
		v.SetAllDayEndAt(day.Start().AddDate(0, 0, 1))
	}
	return cal.Serialize(ics.WithNewLine("\r\n"))
}

// eventSummary is an event in a line: 「施行: 個人情報の保護に関する法律（令和八年法律第五十六号による改正）」.
func eventSummary(e calendar.Event, lang Voice) string {
	name := EventName(e, lang)
	if e.Kind == kaisei.ClassInForce && e.Open() {
		name = say(lang, "event.in-force-by")
	}
	s := name + say(lang, "colon") + EventTitle(e, lang)
	if e.Label != "" && !strings.Contains(s, Clean(e.Label)) {
		s += " " + brief(e.Label)
	}
	return s
}

// EventTitle is the title of what an event concerns, with what takes force of it.
func EventTitle[L spoken](e calendar.Event, lang L) string {
	s := head(Clean(e.Title), maxTitle)
	if e.Kind == kaisei.ClassInForce {
		s += amendment(e.What, voiceOf(lang))
	}
	return s
}

// lawNumber is the number behind the name of an amending law, of which several stand side by side.
var lawNumber = regexp.MustCompile(`[（(]((?:明治|大正|昭和|平成|令和)[^（）()、]{1,12}第[^（）()、]{1,12}号)[）)](?:、|$)`)

// amendment says briefly what takes force: the numbers of the amending laws, or the provision as it is.
func amendment(what string, lang Voice) string {
	what = Clean(what)
	if what == "" {
		return ""
	}
	var numbers []string
	for _, m := range lawNumber.FindAllStringSubmatch(what, maxNumbers) {
		numbers = append(numbers, m[1])
	}
	if len(numbers) == 0 {
		return say(lang, "paren", head(what, partLength))
	}
	return say(lang, "event.amended", strings.Join(numbers, say(lang, "list")))
}

// EventName says what an event is: 施行, 意見募集の締切. That its day is only the last possible one is
// said by EventDay.
func EventName[L spoken](e calendar.Event, lang L) string {
	if e.Kind == kaisei.ClassConsultationClosing {
		return say(lang, "event.closing")
	}
	return ClassName(e.Kind, lang)
}

// EventDay is the day or instant of an event for people, marked where it is not fixed yet.
func EventDay[L spoken](e calendar.Event, lang L) string {
	switch {
	case !e.At.IsZero():
		return e.At.In(kaisei.JST).Format("2006-01-02 15:04")
	case !e.By.IsZero():
		return say(lang, "event.by", e.By.String())
	case e.On.IsZero():
		return say(lang, "event.open")
	}
	return e.On.String()
}

// EventDetail is what the day of an event rests on and what takes force.
func EventDetail(e calendar.Event) string {
	return joined([]string{head(Clean(e.What), maxNote), head(Clean(e.Note), maxNote)}, " ／ ")
}

func eventText(e calendar.Event, lang Voice) string {
	origin := joined([]string{head(Clean(in(e.AuthorityName, lang)), maxTitle), LayerName(e.Layer, lang)}, say(lang, "between"))
	day := EventDay(e, lang)
	if !e.At.IsZero() {
		day = clock(e.At)
	}
	lines := []string{EventName(e, lang) + say(lang, "colon") + day, origin, Clean(e.What), Clean(e.Note), safeURL(e.URL), Clean(e.ID)}
	return head(joined(lines, "\n"), maxEventText)
}
