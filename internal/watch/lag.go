package watch

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"kaisei/internal/classify"
	"kaisei/internal/kaisei"
	"kaisei/internal/translation"
)

// lagDays are after how many days a translation that has not followed its original is told, most
// urgent first.
var lagDays = []int{90, 30}

// lagNote says on the change of a document that its translation has not followed.
func (w *Watcher) lagNote(next kaisei.Version) (kaisei.Text, bool, error) {
	t, ok, err := translation.Of(next.Document, w.Translates, w.Store.Head)
	if err != nil || !ok || !translation.Behind(next, t) {
		return kaisei.Text{}, false, err
	}
	name := translation.VersionName(t)
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
		t, ok, err := translation.Of(id, l.w.Translates, head)
		if err != nil {
			return err
		}
		if !ok || !translation.Behind(o, t) {
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
		at := translation.Issued(o).Start().AddDate(0, 0, days)
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
		originals, err := l.w.Store.Versions(o.Document)
		if err != nil {
			return fmt.Errorf("read the versions of %s: %w", o.Document, err)
		}
		lag := translation.Lagging(o, t, originals)
		n := int(kaisei.DateOf(l.now).Start().Sub(lag.Since.Start()).Hours() / 24)
		note := kaisei.Text{
			JA: fmt.Sprintf("%s版は%sのままです。日本語版は%s（%s）で、%d版・%d日の遅れです。", languageName(t, "ja"), translation.VersionName(t), translation.VersionName(o), translation.Issued(o), lag.Missed, n),
			EN: fmt.Sprintf("The %s text is still %s; the Japanese is %s (%s): %d version(s) and %d days behind.", languageName(t, "en"), translation.VersionName(t), translation.VersionName(o), translation.Issued(o), lag.Missed, n),
		}
		return l.commit(ctx, []string{fmt.Sprintf("%s@lag-%s-%d", t.Document, translation.VersionName(o), days)}, t, classify.Elapsed{
			Event: classify.EventLag, Title: t.Title, URL: t.Snapshot.URL, PageURL: t.PageURL, LabelAfter: t.Label, Notes: []kaisei.Text{note},
		})
	}
	return nil
}
