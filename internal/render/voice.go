package render

import (
	"fmt"
	"strconv"

	"kaisei/internal/kaisei"
)

// Voice is a language with the words to speak it in. The zero Voice speaks Japanese in the words of the
// catalogue.
type Voice struct {
	lang    string
	wording *Wording
}

// spoken is what a function of this package takes to know in what words to speak: the language
// alone ("ja", "en"; anything else is taken as "ja") means the words of the catalogue.
type spoken interface{ string | Voice }

func voiceOf[L spoken](lang L) Voice {
	switch v := any(lang).(type) {
	case Voice:
		return v
	case string:
		return Voice{lang: v}
	}
	return Voice{}
}

// ID is "ja" or "en".
func (v Voice) ID() string {
	if v.lang == English {
		return English
	}
	return Japanese
}

// message returns a text of the catalogue, or the operator's in its place.
func (v Voice) message(key string) (string, bool) {
	if s, ok := v.wording.text(key, v.ID()); ok {
		return s, true
	}
	t, ok := messages[key]
	return t.In(v.ID()), ok
}

// name returns the name of id in a group of names, or the operator's in its place.
func (v Voice) name(group, id string) (string, bool) {
	if s, ok := v.wording.text(group+"."+id, v.ID()); ok {
		return s, true
	}
	t, ok := names[group][id]
	return t.In(v.ID()), ok
}

// say returns the message key in lang, formatted with args. A key that the catalogue lacks
// shows as itself in brackets; a test finds every such key in the source.
func say[L spoken](lang L, key string, args ...any) string {
	s, ok := voiceOf(lang).message(key)
	switch {
	case !ok:
		return "[" + Clean(key) + "]"
	case len(args) == 0:
		return s
	}
	return fmt.Sprintf(s, args...)
}

// count says n of something: in English the key with ".one" appended is used for 1.
func count[L spoken](lang L, key string, n int) string {
	if v := voiceOf(lang); v.ID() == English && n == 1 {
		if s, ok := v.message(key + ".one"); ok {
			return fmt.Sprintf(s, "1")
		}
	}
	return say(lang, key, thousands(n))
}

// nameOf returns the name of id in the group of names, or id itself where the catalogue has none:
// a rule or source file of an operator may use words of its own.
func nameOf[L spoken](lang L, group, id string) string {
	if s, ok := voiceOf(lang).name(group, id); ok {
		return s
	}
	return brief(id)
}

// in returns a text of a source, a rule or the operator in the language of a voice.
func in[L spoken](t kaisei.Text, lang L) string { return t.In(voiceOf(lang).ID()) }

// thousands writes n with a comma every three digits, as both languages do.
func thousands(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
