package watch

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"kaisei/internal/classify"
	"kaisei/internal/ja"
	"kaisei/internal/kaisei"
)

// lagDays are after how many days a translation that has not followed its original is told, most
// urgent first.
var lagDays = []int{90, 30}

// behind reports whether a translation is of an earlier version than the original: by their labels where
// both have one that can be compared, else by the days on which the authority decided or
// posted them. What cannot be told apart is not called behind.
func behind(original, translation kaisei.Version) bool {
	if original.Gone || translation.Gone {
		return false
	}
	if original.Label != "" && translation.Label != "" {
		if order, ok := ja.CompareLabels(translation.Label, original.Label); ok {
			return order < 0
		}
	}
	o, t := original.Dates, translation.Dates
	switch {
	case !o.Promulgated.IsZero() && !t.Promulgated.IsZero():
		return t.Promulgated.Before(o.Promulgated)
	case !o.Promulgated.IsZero() && !t.Published.IsZero():
		return t.Published.Before(o.Promulgated)
	case !o.Published.IsZero() && !t.Published.IsZero():
		return t.Published.Before(o.Published)
	}
	return false
}

// issued is the day of a version: decided, else posted, else seen.
func issued(v kaisei.Version) kaisei.Date {
	for _, d := range []kaisei.Date{v.Dates.Promulgated, v.Dates.Published, v.Published} {
		if !d.IsZero() {
			return d
		}
	}
	return kaisei.DateOf(v.SeenAt)
}

// versionName names a version for people: by its label, else by its day.
func versionName(v kaisei.Version) string { return cmp.Or(v.Label, issued(v).String()) }

// translation is the latest version of a document's translation, the newest where there are several;
// false where there is none that was read.
func (w *Watcher) translation(document string, head func(string) (kaisei.Version, bool, error)) (best kaisei.Version, ok bool, err error) {
	for _, id := range slices.Sorted(maps.Keys(w.Translates)) {
		if w.Translates[id] != document {
			continue
		}
		v, known, err := head(id)
		if err != nil {
			return best, false, fmt.Errorf("read the latest version of %s: %w", id, err)
		}
		if known && !v.Gone && (!ok || behind(v, best)) {
			best, ok = v, true
		}
	}
	return best, ok, nil
}

// lagNote says on the change of a document that its translation has not followed.
func (w *Watcher) lagNote(next kaisei.Version) (kaisei.Text, bool, error) {
	t, ok, err := w.translation(next.Document, w.Store.Head)
	if err != nil || !ok || !behind(next, t) {
		return kaisei.Text{}, false, err
	}
	name := versionName(t)
	return kaisei.Text{JA: languageName(t, "ja") + "版は" + name + "のまま", EN: "The " + languageName(t, "en") + " text is still " + name}, true, nil
}

func languageName(v kaisei.Version, lang string) string {
	name := kaisei.Text{JA: "翻訳", EN: "translated"}
	if v.Language == "en" || v.Language == "" {
		name = kaisei.Text{JA: "英語", EN: "English"}
	}
	return name.In(lang)
}

// lag tells that a translation has not followed its original for 30 and for 90 days, once each for
// every version of the original. That it follows is told by its own change.
func (l *elapsing) lag(ctx context.Context) error {
	originals := map[string]bool{}
	for _, o := range l.w.Translates {
		originals[o] = true
	}
	head := func(id string) (kaisei.Version, bool, error) { v, ok := l.heads[id]; return v, ok, nil }
	for _, id := range slices.Sorted(maps.Keys(originals)) {
		o, ok := l.heads[id]
		if !ok {
			continue
		}
		t, ok, err := l.w.translation(id, head)
		if err != nil {
			return err
		}
		if !ok || !behind(o, t) {
			continue
		}
		if err := l.lagging(ctx, o, t); err != nil {
			return err
		}
	}
	return nil
}

// lagging tells of one translation that is behind.
func (l *elapsing) lagging(ctx context.Context, o, t kaisei.Version) error {
	for _, days := range lagDays {
		at := issued(o).Start().AddDate(0, 0, days)
		if at.After(l.now) {
			l.later(at)
			continue
		}
		// What had passed when the two were first known beside each other is no news.
		versions, err := l.w.Store.Versions(t.Document)
		if err != nil {
			return fmt.Errorf("read the versions of %s: %w", t.Document, err)
		}
		if !at.After(o.SeenAt) || len(versions) == 0 || !at.After(versions[0].SeenAt) {
			return nil
		}
		missed, since, err := l.missed(o, t)
		if err != nil {
			return err
		}
		n := int(kaisei.DateOf(l.now).Start().Sub(since.Start()).Hours() / 24)
		note := kaisei.Text{
			JA: fmt.Sprintf("%s版は%sのままです。日本語版は%s（%s）で、%d版・%d日の遅れです。", languageName(t, "ja"), versionName(t), versionName(o), issued(o), missed, n),
			EN: fmt.Sprintf("The %s text is still %s; the Japanese is %s (%s): %d version(s) and %d days behind.", languageName(t, "en"), versionName(t), versionName(o), issued(o), missed, n),
		}
		return l.commit(ctx, []string{fmt.Sprintf("%s@lag-%s-%d", t.Document, versionName(o), days)}, t, classify.Elapsed{
			Event: classify.EventLag, Title: t.Title, URL: t.Snapshot.URL, PageURL: t.PageURL, LabelAfter: t.Label, Notes: []kaisei.Text{note},
		})
	}
	return nil
}

// missed counts the versions of the original that are newer than the translation, each label
// once, and returns the day of the first of them.
func (l *elapsing) missed(o, t kaisei.Version) (n int, since kaisei.Date, err error) {
	versions, err := l.w.Store.Versions(o.Document)
	if err != nil {
		return 0, since, fmt.Errorf("read the versions of %s: %w", o.Document, err)
	}
	seen := map[string]bool{}
	for _, v := range slices.Backward(versions) {
		if v.Gone {
			continue
		}
		if !behind(v, t) {
			break
		}
		since = issued(v)
		seen[versionName(v)] = true
	}
	return max(len(seen), 1), cmp.Or(since, issued(o)), nil
}
