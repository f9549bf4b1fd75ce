package charset

// UTF8XML decodes body like Decode and, where the text begins with an XML declaration
// that names an encoding, makes that name UTF-8, so that XML and feed parsers which
// believe the declaration read the text right. Everything else stays as it was. body
// itself is not altered.
func UTF8XML(body []byte, contentType, hint string) ([]byte, error) {
	text, _, err := Decode(body, contentType, hint)
	if err != nil {
		return nil, err
	}
	head := text[:min(len(text), headSize)]
	m := xmlPattern.FindSubmatchIndex(head)
	if m == nil {
		return text, nil
	}
	start, end := m[4], m[5]
	if start < 0 {
		start, end = m[6], m[7]
	}
	out := make([]byte, 0, len(text)+len("UTF-8"))
	out = append(out, text[:start]...)
	out = append(out, "UTF-8"...)
	return append(out, text[end:]...), nil
}
