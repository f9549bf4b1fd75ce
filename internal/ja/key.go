package ja

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// keyRounds bounds how often a text is normalised again because leaving something
// out (a space, a zero-width character) made two characters compose. Real text
// needs one round, three are enough for every input the fuzz test has found.
const keyRounds = 4

// Key returns the comparison key of running text: equal keys mean equal wording.
// It is NFKC, and beyond it:
//
//   - Kangxi radicals and CJK radicals, which PDF fonts put in place of the
//     ideographs they look like, become those ideographs (⾧ and ⻑ 長, ⺠ 民, ⼾ 戸);
//   - bullet signs at the beginning, and the private-use ones of symbol fonts
//     anywhere, are left out, as are superscript note numbers, daggers, soft
//     hyphens, variation selectors and everything of no width;
//   - dashes become "-" (a run of them one), tildes "~", quotation marks " and ',
//     middle dots ・;
//   - white space is kept, as one space, only between two words of another script
//     than Japanese. 「生成 AI」 and 「生成AI」 are equal, "AI model" and "AImodel" are not.
//
// Letters keep their case and enumerators stay (see Enumerator, which has to be
// used before, since the key of ① is 1). Key(Key(s)) is Key(s).
func Key(s string) string {
	if isKey(s) {
		return s
	}
	out, raw := keyPass(s)
	for round := 0; raw && round < keyRounds; round++ {
		var next string
		next, raw = keyPass(norm.NFKC.String(out))
		if next == out {
			break
		}
		out = next
	}
	return out
}

// isKey reports that s is its own key, for the texts where a look at each
// character by itself can tell; false means that it may or may not be.
func isKey(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == ' ':
				if i == 0 || i+1 == len(s) || !asciiWord(s[i-1]) || !asciiWord(s[i+1]) {
					return false
				}
			case c < ' ' || c == 0x7f || c == '`':
				return false
			case c == '-' && i > 0 && s[i-1] == '-':
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !keyPlain(r) && (r != '・' || i == 0) {
			return false
		}
		i += n
	}
	return true
}

// keyPlain reports that r stands for itself in every key: ideographs, precomposed
// kana and the common punctuation.
func keyPlain(r rune) bool {
	switch {
	case r >= 0x4e00 && r <= 0x9fff, r >= 0x3041 && r <= 0x3096, r >= 0x30a1 && r <= 0x30fa,
		r >= 0x3001 && r <= 0x3011, r >= 0x3013 && r <= 0x301b, r >= 0x3400 && r <= 0x4dbf,
		r == 'ー', r == 'ヽ', r == 'ヾ':
		return true
	}
	return false
}

func asciiWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
}

// keyPass folds every character that can be folded by itself. raw reports that
// some could not and NFKC has to look at the result.
func keyPass(s string) (out string, raw bool) {
	buf := make([]byte, 0, len(s))
	prev := rune(0) // the last character written
	space := false
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		i += n
		f, act := keyFold(r)
		switch act {
		case keyDrop:
			continue
		case keySpace:
			space = true
			continue
		case keySuper:
			if prev >= utf8.RuneSelf || !asciiWord(byte(prev)) || prev <= '9' {
				continue
			}
		case keyRaw:
			raw = true
		}
		if f == '-' && prev == '-' {
			continue
		}
		if space {
			if keyWordEnd(prev) && keyWordStart(f) {
				buf = append(buf, ' ')
			}
			space = false
		}
		switch act {
		case keyCircled:
			if f >= 10 {
				buf = append(buf, '0'+byte(f/10))
			}
			f = '0' + f%10
		case keyEllipsis:
			buf = append(buf, '.', '.')
		}
		buf = utf8.AppendRune(buf, f)
		prev = f
	}
	return keyUnbullet(string(buf)), raw
}

// keyUnbullet takes leading bullet signs off a folded text. A sign that is the
// whole text, that is doubled (○○省) or that fills a table cell is content.
func keyUnbullet(s string) string {
	for {
		r, n := utf8.DecodeRuneInString(s)
		if !keyBullet(r) || n == len(s) {
			return s
		}
		if next, _ := utf8.DecodeRuneInString(s[n:]); next == r || next == '|' {
			return s
		}
		s = s[n:]
	}
}

// keyBullet reports whether r is printed in front of list items.
func keyBullet(r rune) bool {
	switch r {
	case '・', '○', '●', '◯', '◎', '■', '□', '◆', '◇', '▪', '▫', '◾', '◽', '⚫', '⚪', '➢', '➤', '➣',
		'✓', '✔', '❖', '❑', '❒', '❏', '❐', '◦', '‣', '⁃', '▶', '►', '▷', '★', '☆', '☐', '☑', '❍', '✧', '✦', '⬤', '⦁':
		return true
	}
	return false
}

// keyAct says what becomes of a character.
type keyAct byte

const (
	keyKeep keyAct = iota
	keyDrop
	keySpace
	keySuper    // a superscript digit: a note mark unless it follows a letter (m²)
	keyCircled  // the rune is the number in the circle
	keyEllipsis // three dots
	keyRaw      // left for NFKC
)

// keyFold returns what r becomes by itself.
func keyFold(r rune) (rune, keyAct) {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case r == '`':
			return '\'', keyKeep
		case r > ' ' && r < 0x7f:
			return r, keyKeep
		}
		return 0, keySpace
	case keyPlain(r):
		return r, keyKeep
	case r >= 0xff01 && r <= 0xff5e: // full-width ASCII
		return keyFold(r - 0xfee0)
	case r >= 0x2460 && r <= 0x2473: // ① to ⑳
		return r - 0x2460 + 1, keyCircled
	case r >= 0x2e80 && r <= 0x2fd5:
		if u := radical(r); u != 0 {
			return u, keyKeep
		}
		return r, keyRaw
	case r >= 0xf000 && r <= 0xf0ff: // the symbol fonts' signs, as Word maps them
		return 0, keyDrop
	case r >= 0x2010 && r <= 0x2015:
		return '-', keyKeep
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f,
		r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef, r >= 0xe0000 && r <= 0xe007f:
		return 0, keyDrop
	case r == 0xb9 || r == 0xb2 || r == 0xb3:
		return map3(r), keySuper
	case r == 0x2070 || r >= 0x2074 && r <= 0x2079:
		return r - 0x2070 + '0', keySuper
	case r >= 0x25a0 && r <= 0x27bf, r >= 0x2190 && r <= 0x2199:
		return r, keyKeep
	}
	switch r {
	case 0x3000, 0xa0, 0x1680, 0x202f, 0x205f, 0x2028, 0x2029, 0x85:
		return 0, keySpace
	case 0xad, 0xfeff, 0x034f, 0x180e, 0x061c, 0x2020, 0x2021, 0x207d, 0x207e:
		return 0, keyDrop
	case 0x2212, 0x2500, 0x2501, 0x2043, 0xfe58, 0xfe63, 0x2e3a, 0x2e3b:
		return '-', keyKeep
	case 0x301c, 0x223c, 0x02dc, 0x223e, 0x3030:
		return '~', keyKeep
	case 0x201c, 0x201d, 0x201e, 0x201f, 0x301d, 0x301e, 0x301f, 0x2033, 0x02ba:
		return '"', keyKeep
	case 0x2018, 0x2019, 0x201a, 0x201b, 0x2032, 0x00b4, 0x02b9, 0x02bc:
		return '\'', keyKeep
	case '・', 0xff65, 0xb7, 0x2022, 0x2027, 0x2219, 0x22c5:
		return '・', keyKeep
	case '…', '⋯':
		return '.', keyEllipsis
	case '×', '§', '°':
		return r, keyKeep
	}
	if r >= 0x2000 && r <= 0x200a {
		return 0, keySpace
	}
	if unicode.Is(unicode.Cc, r) {
		return 0, keySpace
	}
	return r, keyRaw
}

// map3 returns the digit of the superscripts ¹ ² ³, which Latin-1 has out of order.
func map3(r rune) rune {
	switch r {
	case 0xb9:
		return '1'
	case 0xb2:
		return '2'
	}
	return '3'
}

// keyWordStart reports that a space before r is kept where a word ends before it.
func keyWordStart(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiWord(byte(r))
	}
	return !japanese(r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// keyWordEnd is keyWordStart for the character before the space; a combining mark
// belongs to the letter it stands on.
func keyWordEnd(r rune) bool {
	return keyWordStart(r) || r >= 0x300 && r != 0x3099 && r != 0x309a && unicode.IsMark(r)
}

// Japanese returns the number of kana and kanji in s, which tells Japanese text
// from text in another script and from none.
func Japanese(s string) int {
	n := 0
	for _, r := range s {
		if japanese(r) {
			n++
		}
	}
	return n
}

// japanese reports whether r is kana, in either width, or an ideograph or radical.
func japanese(r rune) bool {
	switch {
	case r < 0x2e80:
		return false
	case r >= 0x3041 && r <= 0x3096, r >= 0x30a1 && r <= 0x30fa, r >= 0x4e00 && r <= 0x9fff,
		r >= 0x3400 && r <= 0x4dbf, r >= 0x2e80 && r <= 0x2fd5, r >= 0xf900 && r <= 0xfaff,
		r >= 0xff66 && r <= 0xff9d, r >= 0x20000 && r <= 0x3ffff, r >= 0x31f0 && r <= 0x31ff,
		r >= 0x309d && r <= 0x309f, r >= 0x30fc && r <= 0x30ff, r >= 0x3005 && r <= 0x3007:
		return true
	}
	return false
}
