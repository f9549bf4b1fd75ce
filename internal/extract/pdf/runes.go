package pdf

import (
	"unicode"
	"unicode/utf8"
)

// isJapanese reports whether r is kana or kanji, the radicals that some fonts give
// for kanji (⾧) included.
func isJapanese(r rune) bool {
	return r >= 0x3040 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || r == 'ー') || r >= 0x2E80 && r <= 0x2FDF
}

// isWide reports whether r is set on the em square of Japanese text, punctuation included.
func isWide(r rune) bool {
	return isJapanese(r) || r >= 0x3000 && r <= 0x30FF || r >= 0xFF01 && r <= 0xFF60 || r >= 0xFFE0 && r <= 0xFFE6 ||
		r >= 0x2460 && r <= 0x24FF || r >= 0x25A0 && r <= 0x27BF || r >= 0x3200 && r <= 0x33FF || r >= 0x4E00 && r <= 0x9FFF
}

func isLatin(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

func decodeLast(s string) (rune, int) { return utf8.DecodeLastRuneInString(s) }
