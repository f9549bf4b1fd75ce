package simulate

import (
	"strings"
	"testing"
)

func TestLinesOfAPDFDivideNoNumberOrWord(t *testing.T) {
	almost := strings.Repeat("字", lineRunes-1)
	for in, want := range map[string]int{
		almost + "21回とする。": lineRunes + 1,
		almost + "AI開発者は":  lineRunes + 1,
		almost + "字。次の者は":  lineRunes + 1,
		almost + "字次の者は":   lineRunes,
		almost + "3条、21回":  lineRunes,
		"短い。":              3,
	} {
		if got := lineEnd([]rune(in)); got != want {
			t.Errorf("%q ends its line after %d characters, want %d", in, got, want)
		}
	}
}
