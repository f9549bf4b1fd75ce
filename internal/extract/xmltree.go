package extract

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"kaisei/internal/charset"
	"kaisei/internal/kaisei"
)

// element is one element of an XML document, held in memory whole. Names are local:
// prefixes differ between producers that mean the same.
type element struct {
	name string
	attr []xml.Attr
	// kids are the elements and texts inside, in order; a text has no name.
	kids []*element
	text string
}

// get returns the value of the attribute of this local name, or "".
func (e *element) get(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// child returns the first child element of one of the names, or nil.
func (e *element) child(names ...string) *element {
	if e == nil {
		return nil
	}
	for _, k := range e.kids {
		for _, n := range names {
			if k.name == n {
				return k
			}
		}
	}
	return nil
}

// find returns the first element of this name in e, itself included, or nil.
func (e *element) find(name string) *element {
	if e.name == name {
		return e
	}
	for _, k := range e.kids {
		if f := k.find(name); f != nil {
			return f
		}
	}
	return nil
}

// errEntities refuses documents that define entities of their own.
var errEntities = kaisei.Faultf(kaisei.CauseDecode, "the XML declares entities of its own, which no law or Office file does; it is not expanded and not read")

// parseXML reads a document into memory. It never expands entities that the document
// declares and never loads a DTD.
func parseXML(body []byte) (*element, error) {
	if len(body) > MaxXML {
		return nil, tooLarge("an XML document", len(body), MaxXML)
	}
	body, _, err := charset.Decode(body, "", "")
	if err != nil {
		return nil, err
	}
	dec := newXMLDecoder(bytes.NewReader(body))
	root := &element{}
	stack := []*element{root}
	names := map[string]string{}
	nodes := 0
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			if nodes++; nodes > MaxNodes {
				return nil, overLimit("the XML has more than %d elements", MaxNodes)
			}
			if len(stack) > MaxDepth {
				return nil, overLimit("the XML nests its elements more than %d deep", MaxDepth)
			}
			e := &element{name: intern(names, t.Name.Local)}
			if len(t.Attr) > 0 {
				e.attr = append(e.attr, t.Attr...)
				for i := range e.attr {
					e.attr[i].Name.Local = intern(names, e.attr[i].Name.Local)
				}
			}
			top.kids = append(top.kids, e)
			stack = append(stack, e)
		case xml.EndElement:
			if len(stack) == 1 || top.name != t.Name.Local {
				return nil, kaisei.Faultf(kaisei.CauseDecode, "the XML closes <%s> where <%s> is open; it may be cut off or damaged", t.Name.Local, top.name)
			}
			stack = stack[:len(stack)-1]
		case xml.CharData:
			// White space with a line end is the layout of the file, not of its text.
			if len(stack) > 1 && !(bytes.IndexByte(t, '\n') >= 0 && len(bytes.TrimSpace(t)) == 0) {
				top.kids = append(top.kids, &element{text: string(t)})
			}
		case xml.Directive:
			if declaresEntities(t) {
				return nil, errEntities
			}
		}
	}
	if len(stack) > 1 {
		return nil, kaisei.Faultf(kaisei.CauseTruncated, "the XML ends inside <%s>; it is cut off", stack[len(stack)-1].name)
	}
	for _, k := range root.kids {
		if k.name != "" {
			return k, nil
		}
	}
	return nil, kaisei.Faultf(kaisei.CauseEmpty, "the XML has no element")
}

// intern returns one copy of a name that stands in a document thousands of times.
func intern(names map[string]string, s string) string {
	if n, ok := names[s]; ok {
		return n
	}
	names[s] = s
	return s
}

// newXMLDecoder returns a decoder for UTF-8 whatever the document calls itself: its bytes
// were decoded before. It refuses entities other than XML's own five.
func newXMLDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return d
}

func declaresEntities(directive []byte) bool {
	return strings.Contains(strings.ToUpper(string(directive)), "<!ENTITY") || bytes.IndexByte(directive, '[') >= 0
}
