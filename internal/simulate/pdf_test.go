package simulate

import (
	"strings"
	"testing"
)

func TestLinesOfAPDFDivideNoNumberOrWord(t *testing.T) {
	almost := strings.Repeat("字", lineEms-1)
	for in, want := range map[string]int{
		almost + "21回とする。":                   lineEms + 1,
		almost + "AI開発者は":                    lineEms + 1,
		almost + "字。次の者は":                    lineEms + 1,
		almost + "字次の者は":                     lineEms,
		almost + "3条、21回":                    lineEms,
		almost + "2100回":                     lineEms + 3,
		strings.Repeat("AI", lineEms) + "の者": 2 * lineEms,
		"短い。":                                3,
	} {
		if got := lineEnd([]rune(in)); got != want {
			t.Errorf("%q ends its line after %d characters, want %d", in, got, want)
		}
	}
}
