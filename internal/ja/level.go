package ja

import (
	"strings"
	"unicode/utf8"
)

// The depths of EnumeratorLevel; between them there is room for 1-2 and 1-2-3.
const (
	levelAnnex     = 5   // 別添1, 別紙, 附則, 様式, 別表
	levelOrdinal   = 10  // 第N編, then 部 章 節 款 目 条 項 号 by tens
	levelRoman     = 92  // Ⅰ
	levelCapital   = 95  // A.
	levelNumber    = 100 // 1. and 1, 1-2, 1-2-3
	levelHalf      = 110 // 1)
	levelBracket   = 120 // (1)
	levelCircle    = 130 // ①
	levelKanji     = 135 // 一, the 号 of a law
	levelKana      = 140 // ア イ, イ ロ ハ
	levelInner     = 150 // (ア), a., (a), ⅰ
	levelNote      = 160 // 注1), 脚注2, ※
	levelBullet    = 200 // ○ ● ■ ⚫, then ・ ➢ ✓ and the dash
	maxNumberParts = 4
)

// EnumeratorLevel returns how deep in a document an enumerator usually stands: less is
// further out. Only the order of the values means something. The order is that of
// laws (編 部 章 節 款 目 条 項 号) and then of guidelines: parts beside the text (別添,
// 附則), 第N部, 第N章, Ⅰ, A., 1., 1-2, 1), (1), ①, 一, ア, (ア) and a., notes, ○ ●, ➢,
// ✓, ・, –. It is a default for documents that do not say: in a law (1) stands inside
// イ, and a reader that knows the kind of document knows better. 0 is no enumerator.
func EnumeratorLevel(mark string) int {
	mark = strings.TrimFunc(mark, enumSpace)
	first, _ := utf8.DecodeRuneInString(mark)
	bullet := 0
	for bulletLen(mark+" x") > 0 {
		r, n := utf8.DecodeRuneInString(mark)
		if bullet == 0 {
			bullet = bulletLevel(r)
		}
		mark = strings.TrimLeftFunc(mark[n:], enumSpace)
		first, _ = utf8.DecodeRuneInString(mark)
	}
	if mark == "" {
		return bullet
	}
	open := opens(first) || first == '〔'
	body := mark
	if open {
		_, n := utf8.DecodeRuneInString(mark)
		body = mark[n:]
		first, _ = utf8.DecodeRuneInString(body)
	}
	switch {
	case first == '第':
		for i, u := range ordinalUnits {
			if strings.Contains(body, u) {
				return levelOrdinal * (i + 1)
			}
		}
		return levelRoman
	case strings.HasPrefix(body, "注") || strings.HasPrefix(body, "脚注") || strings.HasPrefix(body, "備考"):
		return levelNote
	case strings.HasPrefix(body, "図") || strings.HasPrefix(body, "表"):
		return levelNote
	case strings.ContainsRune("別附様参資付", first):
		return levelAnnex
	case first >= 0x2160 && first <= 0x216f:
		return levelRoman
	case first >= 0x2170 && first <= 0x217f:
		return levelInner
	case digit(first):
		return numberLevel(body, open)
	case first >= 0x2474 && first <= 0x2487, first >= 0x3220 && first <= 0x3229:
		return levelBracket
	case first >= 0x2488 && first <= 0x249b:
		return levelNumber
	case first >= 0x249c && first <= 0x24b5, first >= 0x32d0 && first <= 0x32fe:
		return levelInner
	case enclosed(first):
		return levelCircle
	case latin(first):
		if open || first >= 'a' && first <= 'z' || first >= 'ａ' && first <= 'ｚ' {
			return levelInner
		}
		if strings.ContainsAny(body, "-－") {
			return levelCapital + 1
		}
		return levelCapital
	case katakana(first):
		if open {
			return levelInner
		}
		return levelKana
	case kanjiDigit(first):
		if open {
			return levelBracket
		}
		return levelKanji
	}
	return 0
}

// numberLevel is the depth of 1., 1-2, 1) and, in brackets, (1).
func numberLevel(body string, open bool) int {
	if open {
		return levelBracket
	}
	if strings.ContainsAny(body, ")）") {
		return levelHalf
	}
	parts := 0
	in := false
	for _, r := range body {
		if digit(r) && !in {
			parts++
		}
		in = digit(r)
	}
	return levelNumber + min(parts, maxNumberParts) - 1
}

// bulletLevel orders the bullets as guidelines nest them.
func bulletLevel(r rune) int {
	switch r {
	case '■', '◆', '□', '◇', 0xf06e, 0xf075, 0xf0b2, 0xf071:
		return levelBullet
	case '○', '●', '◯', '◎', '⚫', '⚪', '◉', 0xf06c, 0xf0a1:
		return levelBullet + 1
	case '➢', '➤', '➣', '▶', '►', '▷', 0xf0d8, '⇒', '→', '➡', 0xf0e8, 0xf0e0:
		return levelBullet + 2
	case '✓', '✔', '☑', '☐', 0xf0fc:
		return levelBullet + 3
	case '-', '–', '—', '*', '−', '－', '‐', '+':
		return levelBullet + 5
	case '※':
		return levelNote
	}
	return levelBullet + 4
}
