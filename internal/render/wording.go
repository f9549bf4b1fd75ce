package render

// Wording holds words of the operator's in place of those of the catalogue, by key and language.
type Wording struct{ texts map[string]map[string]string }

func (w *Wording) text(key, lang string) (string, bool) {
	if w == nil {
		return "", false
	}
	s, ok := w.texts[lang][key]
	return s, ok
}
