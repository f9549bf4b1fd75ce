package translation

import (
	"errors"
	"testing"
	"time"

	"kaisei/internal/kaisei"
)

func day(s string) kaisei.Date {
	d, err := kaisei.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func labelled(document, label, decided string) kaisei.Version {
	return kaisei.Version{Document: document, Label: label, Dates: kaisei.Dates{Promulgated: day(decided)}}
}

func TestTheNewestTranslationIsHeldToItsOriginal(t *testing.T) {
	translates := map[string]string{"g/en": "g/main", "g/en-old": "g/main", "p/en": "p/main", "x/en": "x/main", "gone/en": "gone/main"}
	gone := labelled("gone/en", "第1.0版", "2025-01-01")
	gone.Gone = true
	history := []kaisei.Version{labelled("g/main", "第1.0版", "2024-04-19"), labelled("g/main", "第1.1版", "2025-03-28"), labelled("g/main", "第1.2版", "2026-03-31"), labelled("g/main", "第1.2版", "2026-03-31")}
	heads := []kaisei.Version{
		history[3], labelled("g/en", "Ver1.0", "2024-04-19"), labelled("g/en-old", "Ver0.9", "2024-01-01"),
		labelled("p/main", "第2版", "2026-01-01"), labelled("p/en", "Ver.2", "2026-02-01"),
		labelled("x/en", "第1版", "2020-01-01"), labelled("gone/main", "第2版", "2026-01-01"), gone,
	}
	lags, err := Lags(translates, heads, func(document string) ([]kaisei.Version, error) {
		if document != "g/main" {
			t.Errorf("%s was read", document)
		}
		return history, nil
	})
	if err != nil || len(lags) != 1 {
		t.Fatalf("%+v, %v", lags, err)
	}
	if l := lags[0]; l.Original.Label != "第1.2版" || l.Translation.Document != "g/en" || l.Missed != 2 || l.Since != day("2025-03-28") {
		t.Errorf("got %+v", l)
	}
	if _, err := Lags(translates, heads, func(string) ([]kaisei.Version, error) { return nil, errors.New("no") }); err == nil {
		t.Error("an error of the store is not told")
	}
}

func TestAVersionWithoutALabelIsNamedByItsDay(t *testing.T) {
	seen := time.Date(2026, 3, 30, 16, 0, 0, 0, time.UTC) // the 31st in Japan
	for want, v := range map[string]kaisei.Version{
		"第1.1版":      labelled("a", "第1.1版", "2025-03-28"),
		"2025-03-28": {Dates: kaisei.Dates{Promulgated: day("2025-03-28"), Published: day("2025-04-01")}, SeenAt: seen},
		"2025-04-01": {Dates: kaisei.Dates{Published: day("2025-04-01")}, SeenAt: seen},
		"2026-03-31": {SeenAt: seen},
	} {
		if got := VersionName(v); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
