package render

import (
	"kaisei/internal/kaisei"
)

// AnswerName names an answer: "acknowledged", "assigned to 佐藤".
func AnswerName[L spoken](a kaisei.Answer, lang L) string {
	if a.Action == kaisei.AnswerAssign {
		return say(lang, "answer.assign", brief(a.Assignee))
	}
	return say(lang, "answer."+string(a.Action))
}

// AnswerLine writes an answer in a line: what was done, by whom, when, and the note.
func AnswerLine[L spoken](a kaisei.Answer, lang L) string {
	s := AnswerName(a, lang) + say(lang, "paren", brief(a.By)+sentenceGap(voiceOf(lang))+clock(a.At))
	if n := head(Clean(a.Note), maxNote); n != "" {
		s += say(lang, "colon") + n
	}
	return s
}

// AnswerState says in a few words where a change stands by its answers, oldest first: what was answered last
// and by whom, or that nobody did.
func AnswerState[L spoken](answers []kaisei.Answer, lang L) string {
	if len(answers) == 0 {
		return say(lang, "unanswered")
	}
	a := answers[len(answers)-1]
	return AnswerName(a, lang) + say(lang, "paren", brief(a.By))
}

// Answers writes what was done about a change, a line for each answer, oldest first. The lines are clean
// and not yet escaped.
func Answers(answers []kaisei.Answer, o Options) []string {
	var lines []string
	for _, a := range answers {
		lines = append(lines, say(o.lang(), "answers")+say(o.lang(), "colon")+AnswerLine(a, o.lang()))
	}
	return lines
}

// AnsweredLines are what an alert shows in place of its buttons: a line for each answer, oldest first, none
// where the change is open.
func AnsweredLines(answers []kaisei.Answer, o Options) (lines []string) {
	if kaisei.Open(answers) {
		return nil
	}
	for _, a := range answers {
		lines = append(lines, "✅ "+AnswerLine(a, o.lang()))
	}
	return lines
}

// AnswerGiven says what became of an answer that somebody gave; stored is the one that stands where it was
// not recorded, zero where there was nothing to take back.
func AnswerGiven[L spoken](change string, stored kaisei.Answer, recorded bool, lang L) string {
	s := Clean(change) + say(lang, "colon")
	switch {
	case recorded:
		return s + AnswerLine(stored, lang)
	case stored == (kaisei.Answer{}):
		return s + say(lang, "answered.nothing")
	}
	return s + say(lang, "answered.already", AnswerLine(stored, lang))
}
