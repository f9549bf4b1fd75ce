package ja

import (
	"strings"
	"unicode/utf8"
)

// Contains reports whether word stands in text, both compared by their keys without
// regard to case. An end of word that is an ASCII letter must not touch another ASCII
// letter in the text, and one that is a digit no other digit: AI stands in 生成AI and
// in AI-based, but neither in CONTRAIL nor in JIDAIファンド. Japanese words match
// anywhere, since nothing in print separates them. The empty word stands nowhere.
func Contains(text, word string) bool {
	word = strings.ToLower(Key(word))
	if word == "" {
		return false
	}
	text = Key(text)
	if len(text) < len(word) {
		return false
	}
	text = strings.ToLower(text)
	for from := 0; from < len(text); {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(word)
		if (at == 0 || !sameWord(text[at-1], word[0])) &&
			(end == len(text) || !sameWord(word[len(word)-1], text[end])) {
			return true
		}
		_, n := utf8.DecodeRuneInString(text[at:])
		from = at + n
	}
	return false
}

// sameWord reports that the lower-case bytes a and b, side by side, belong to one word.
func sameWord(a, b byte) bool {
	letter := func(c byte) bool { return c >= 'a' && c <= 'z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	return letter(a) && letter(b) || digit(a) && digit(b)
}
