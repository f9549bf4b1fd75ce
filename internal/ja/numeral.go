package ja

import "strings"

// maxNumeralDigits bounds the digits of a numeral, so that no input overflows an int.
const maxNumeralDigits = 12

// kanjiDigits are the digits of kanji numerals, with the forms that older statutes and
// certificates use against forgery (大字).
var kanjiDigits = map[rune]int{
	'〇': 0, '零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'壱': 1, '弐': 2, '参': 3,
}

// kanjiUnits are the places below ten thousand.
var kanjiUnits = map[rune]int{'十': 10, '拾': 10, '百': 100, '千': 1000}

// kanjiMyriads are the places above.
var kanjiMyriads = map[rune]int{'万': 10_000, '億': 100_000_000}

// Numeral reads a whole number written in ASCII or full-width digits (2025, ２０２５), in
// kanji with places (二千二十五, 百二十一) or in kanji by position (二〇二五). It refuses
// anything else: mixtures, places out of order (十百), signs, separators, the empty string.
func Numeral(s string) (int, bool) {
	s = strings.TrimSpace(foldDate(s))
	runes := []rune(s)
	if len(runes) == 0 {
		return 0, false
	}
	if isDigit(runes[0]) {
		n := 0
		for i, r := range runes {
			if !isDigit(r) || i >= maxNumeralDigits {
				return 0, false
			}
			n = n*10 + int(r-'0')
		}
		return n, true
	}
	n, used := kanjiNumber(runes)
	return n, used == len(runes) && used > 0
}

// kanjiNumber reads the longest kanji numeral at the start of runes and how many runes it
// takes; 0 runes means that none stands there.
func kanjiNumber(runes []rune) (n, used int) {
	end := 0
	places := false
	for end < len(runes) {
		_, digit := kanjiDigits[runes[end]]
		_, unit := kanjiUnits[runes[end]]
		_, myriad := kanjiMyriads[runes[end]]
		if !digit && !unit && !myriad {
			break
		}
		places = places || unit || myriad
		end++
	}
	if end == 0 {
		return 0, 0
	}
	if !places {
		if end > maxNumeralDigits {
			return 0, 0
		}
		for _, r := range runes[:end] {
			n = n*10 + kanjiDigits[r]
		}
		return n, end
	}
	total, part, digit := 0, 0, -1
	lastUnit, lastMyriad := 10_000, 1<<40
	for _, r := range runes[:end] {
		if d, ok := kanjiDigits[r]; ok {
			if digit >= 0 {
				return 0, 0
			}
			digit = d
			continue
		}
		if u, ok := kanjiUnits[r]; ok {
			if u >= lastUnit || digit == 0 {
				return 0, 0
			}
			if digit < 0 {
				digit = 1
			}
			part, digit, lastUnit = part+digit*u, -1, u
			continue
		}
		m := kanjiMyriads[r]
		if digit > 0 {
			part += digit
		}
		if m >= lastMyriad || part == 0 {
			return 0, 0
		}
		total, part, digit = total+part*m, 0, -1
		lastUnit, lastMyriad = 10_000, m
	}
	if digit > 0 {
		part += digit
	}
	return total + part, end
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }
