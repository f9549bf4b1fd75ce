package sources

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// caseLabel are the labels with which the list of public comments describes a case, value after label in one
// run of words. 案件番号 and 所管省庁 end the value before them; the feed does not give them as these lines do.
var caseLabel = regexp.MustCompile(`(案の公示日|結果の公示日|受付開始日時|受付締切日時|提出意見数|案件番号|所管省庁|カテゴリー)\s*[:：]?\s*`)

// caseTime is a time as the list of public comments prints it.
var caseTime = regexp.MustCompile(`^([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日(?:\s*([0-9]{1,2})時([0-9]{1,2})分)?`)

// caseFields returns the labelled facts of a public comment in the words around its link, worded as the feed
// words them; other words have none. The days of the notice and of the deadline mark such words.
func caseFields(around string) []field {
	if !strings.Contains(around, "公示日") {
		return nil
	}
	words := norm.NFKC.String(around)
	var out []field
	at := caseLabel.FindAllStringSubmatchIndex(words, maxItemLines)
	for i, m := range at {
		end := len(words)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		name, value := words[m[2]:m[3]], fold(words[m[1]:end])
		if value == "" || name == "案件番号" || name == "所管省庁" {
			continue
		}
		if d := caseTime.FindStringSubmatch(value); d != nil {
			value = fmt.Sprintf("%s/%02s/%02s", d[1], d[2], d[3])
			if d[4] != "" {
				value += fmt.Sprintf(" %02s:%02s", d[4], d[5])
			}
		}
		out = append(out, field{name, cut(name+"："+value, maxTitle)})
	}
	return out
}

// noticeDay is the day of a public comment's notice, where the field is that.
func noticeDay(f field) (kaisei.Date, bool) {
	if f.name != "案の公示日" && f.name != "結果の公示日" {
		return kaisei.Date{}, false
	}
	ds := ja.Dates(f.text)
	if len(ds) == 0 {
		return kaisei.Date{}, false
	}
	return ds[0].Date, true
}
