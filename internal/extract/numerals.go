package extract

import (
	"strconv"
	"strings"
)

// The numerals that Word and HTML print for automatic numbers. Word's names for the
// formats are those of ECMA-376, 17.18.59 (ST_NumberFormat).

const (
	aiueo      = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
	irohaOrder = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
	aiueoHalf  = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ"
	kanjiDigit = "〇一二三四五六七八九"
)

// kanaAt returns the i-th sign of a kana order, from 1; past its end it begins again
// with the sign doubled.
func kanaAt(order string, i int) string {
	signs := []rune(order)
	if i < 1 || i > maxNumeral {
		return strconv.Itoa(i)
	}
	return strings.Repeat(string(signs[(i-1)%len(signs)]), (i-1)/len(signs)+1)
}

// maxNumeral bounds numerals whose length grows with their value.
const maxNumeral = 4000

// lowerLetter returns a, b, …, z, aa, bb as Word and browsers do up to z.
func lowerLetter(i int) string {
	if i < 1 || i > maxNumeral {
		return strconv.Itoa(i)
	}
	return strings.Repeat(string(rune('a'+(i-1)%26)), (i-1)/26+1)
}

// roman returns i as an upper-case Roman numeral.
func roman(i int) string {
	if i < 1 || i >= maxNumeral {
		return strconv.Itoa(i)
	}
	var b strings.Builder
	for _, d := range []struct {
		v int
		s string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for i >= d.v {
			b.WriteString(d.s)
			i -= d.v
		}
	}
	return b.String()
}

// fullWidth returns i in full-width digits.
func fullWidth(i int) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, strconv.Itoa(i))
}

// circled returns i in a circle, as far as Unicode has such signs.
func circled(i int) string {
	switch {
	case i == 0:
		return "⓪"
	case i >= 1 && i <= 20:
		return string(rune('①' + i - 1))
	case i >= 21 && i <= 35:
		return string(rune(0x3251 + i - 21))
	case i >= 36 && i <= 50:
		return string(rune(0x32b1 + i - 36))
	}
	return strconv.Itoa(i)
}

// kanji returns i in kanji numerals with tens and hundreds: 二十一, 百五.
func kanji(i int) string {
	if i <= 0 || i > 9999 {
		return kanjiDigits(i)
	}
	digits := []rune(kanjiDigit)
	var b strings.Builder
	for _, u := range []struct {
		v int
		s string
	}{{1000, "千"}, {100, "百"}, {10, "十"}} {
		if d := i / u.v; d > 0 {
			if d > 1 {
				b.WriteRune(digits[d])
			}
			b.WriteString(u.s)
			i %= u.v
		}
	}
	if i > 0 {
		b.WriteRune(digits[i])
	}
	return b.String()
}

// kanjiDigits returns i digit by digit: 二一, 一〇五.
func kanjiDigits(i int) string {
	digits := []rune(kanjiDigit)
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return digits[r-'0']
		}
		return r
	}, strconv.Itoa(i))
}

// wordNumber returns i in a number format of Word.
func wordNumber(format string, i int) string {
	switch format {
	case "decimalFullWidth", "decimalFullWidth2":
		return fullWidth(i)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese":
		return circled(i)
	case "decimalZero":
		if i >= 0 && i < 10 {
			return "0" + strconv.Itoa(i)
		}
	case "decimalEnclosedParen":
		if i >= 1 && i <= 20 {
			return string(rune('⑴' + i - 1))
		}
		return "(" + strconv.Itoa(i) + ")"
	case "decimalEnclosedFullstop":
		if i >= 1 && i <= 20 {
			return string(rune('⒈' + i - 1))
		}
		return strconv.Itoa(i) + "."
	case "aiueoFullWidth":
		return kanaAt(aiueo, i)
	case "aiueo":
		return kanaAt(aiueoHalf, i)
	case "iroha", "irohaFullWidth":
		return kanaAt(irohaOrder, i)
	case "japaneseCounting", "chineseCounting", "chineseCountingThousand", "taiwaneseCountingThousand":
		return kanji(i)
	case "ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital":
		return kanjiDigits(i)
	case "upperLetter":
		return strings.ToUpper(lowerLetter(i))
	case "lowerLetter":
		return lowerLetter(i)
	case "upperRoman":
		return roman(i)
	case "lowerRoman":
		return strings.ToLower(roman(i))
	case "none":
		return ""
	}
	return strconv.Itoa(i)
}
