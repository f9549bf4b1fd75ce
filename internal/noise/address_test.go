package noise

import (
	"net/url"
	"testing"
)

func TestSessionsAndMomentsAreNoPartOfAnAddress(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/list;jsessionid=0A1B2C?id=3":            "https://a.example/list?id=3",
		"https://a.example/list.php?PHPSESSID=d41d8cd98f00&id=3":   "https://a.example/list.php?id=3",
		"https://a.example/a.pdf?_=1774915200000":                  "https://a.example/a.pdf",
		"https://a.example/a.pdf?v=1774915200&lang=ja":             "https://a.example/a.pdf?lang=ja",
		"https://a.example/d?sid=0123456789abcdef0123":             "https://a.example/d",
		"https://a.example/d?sid=12&v=2":                           "https://a.example/d?sid=12&v=2",
		"https://a.example/d?v=20260331&b=%E6%94%B9&a=1":           "https://a.example/d?v=20260331&b=%E6%94%B9&a=1",
		"https://a.example/servlet/Public?CLASSNAME=X&id=49500021": "https://a.example/servlet/Public?CLASSNAME=X&id=49500021",
		"https://a.example/%E6%8C%87%E9%87%9D;jsessionid=AB.c1":    "https://a.example/%E6%8C%87%E9%87%9D",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := Address(u).String(); got != want {
			t.Errorf("%s is read as %s, want %s", in, got, want)
		}
	}
}
