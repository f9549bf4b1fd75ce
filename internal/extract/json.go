package extract

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kaisei/internal/charset"
	"kaisei/internal/kaisei"
)

// readJSON reads what the e-Gov law API answers: a law as a law, a list of revisions as a
// row for each with the revision's ID as key. Other JSON is read as lines of name and
// value, an array of objects as a row for each.
func readJSON(in Input) (Reading, error) {
	if len(in.Body) > MaxText {
		return Reading{}, tooLarge("a JSON document", len(in.Body), MaxText)
	}
	b, _, err := charset.Decode(in.Body, in.MediaType, in.Charset)
	if err != nil {
		return Reading{}, err
	}
	if d := jsonDepth(b); d > MaxDepth {
		return Reading{}, overLimit("the JSON nests more than %d deep", MaxDepth)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return Reading{}, fmt.Errorf("parse JSON: %w", err)
	}
	top, _ := v.(map[string]any)
	if full, ok := top["law_full_text"].(map[string]any); ok {
		return readLaw(&element{name: "law_full_text", kids: []*element{jsonElement(full)}})
	}
	if top["tag"] == "Law" {
		return readLaw(jsonElement(top))
	}
	j := &jsonReader{o: newOutline()}
	j.o.headed = true
	j.value("", v)
	title := ""
	if revisions, ok := top["revisions"].([]any); ok && len(revisions) > 0 {
		if first, ok := revisions[0].(map[string]any); ok {
			title, _ = first["law_title"].(string)
		}
	}
	j.notes.count(j.stamps, "time stamp of the API left out", "time stamps of the API left out")
	return Reading{Title: title, Blocks: j.o.done(), Notes: j.notes.list}, nil
}

// jsonDepth returns how deep brackets nest, those in strings aside.
func jsonDepth(b []byte) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > deepest {
				deepest = depth
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// jsonElement turns the API's JSON form of XML ({tag, attr, children}) into an element.
func jsonElement(m map[string]any) *element {
	e := &element{}
	e.name, _ = m["tag"].(string)
	if attrs, ok := m["attr"].(map[string]any); ok {
		for _, k := range sortedKeys(attrs) {
			if s, ok := attrs[k].(string); ok {
				e.attr = append(e.attr, xml.Attr{Name: xml.Name{Local: k}, Value: s})
			}
		}
	}
	kids, _ := m["children"].([]any)
	for _, k := range kids {
		switch k := k.(type) {
		case string:
			e.kids = append(e.kids, &element{text: k})
		case map[string]any:
			e.kids = append(e.kids, jsonElement(k))
		}
	}
	return e
}

type jsonReader struct {
	o      *outline
	notes  notes
	stamps int
}

// rowKeys are the names of fields that identify an object.
var rowKeys = []string{"law_revision_id", "law_id", "lawId", "id", "guid", "url"}

// stampFields are fields that say when a server last touched a record, not what it says.
var stampFields = []string{"updated", "updatedAt", "updated_at"}

func (j *jsonReader) value(name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		j.object(name, v)
	case []any:
		for i, item := range v {
			if m, ok := item.(map[string]any); ok {
				j.record(m)
				continue
			}
			j.value(name+"["+strconv.Itoa(i)+"]", item)
		}
	case nil:
	default:
		s := trim(clean(fmt.Sprint(v)))
		if s == "" {
			return
		}
		if name != "" {
			s = name + ": " + s
		}
		j.o.add(kaisei.BlockParagraph, j.o.path(false), s, 0)
	}
}

func (j *jsonReader) object(name string, m map[string]any) {
	for _, k := range sortedKeys(m) {
		if slices.Contains(stampFields, k) {
			j.stamps++
			continue
		}
		full := k
		if name != "" {
			full = name + "." + k
		}
		if list, ok := m[k].([]any); ok && len(list) > 0 {
			if _, ok := list[0].(map[string]any); ok {
				j.o.push(full)
				j.value(full, list)
				j.o.pop()
				continue
			}
		}
		j.value(full, m[k])
	}
}

// record adds an object of an array as one row.
func (j *jsonReader) record(m map[string]any) {
	var cells []string
	key := ""
	for _, k := range rowKeys {
		if s, ok := m[k].(string); ok && s != "" {
			key = s
			cells = append(cells, clean(s))
			break
		}
	}
	cells = append(cells, j.fields("", m, key)...)
	j.o.row(nil, strings.Join(cells, cellBreak))
	if n := len(j.o.blocks); n > 0 {
		j.o.blocks[n-1].Key = key
	}
}

func (j *jsonReader) fields(prefix string, m map[string]any, key string) []string {
	var out []string
	for _, k := range sortedKeys(m) {
		if slices.Contains(stampFields, k) {
			j.stamps++
			continue
		}
		switch v := m[k].(type) {
		case nil:
		case map[string]any:
			out = append(out, j.fields(prefix+k+".", v, "")...)
		case []any:
			if len(v) > 0 {
				b, err := json.Marshal(v)
				if err == nil {
					out = append(out, prefix+k+": "+clean(string(b)))
				}
			}
		default:
			if s := oneLine(fmt.Sprint(v)); s != "" && s != key {
				out = append(out, prefix+k+": "+s)
			}
		}
	}
	return out
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
