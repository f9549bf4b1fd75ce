package extract

import (
	"archive/zip"
	"context"
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"

	"kaisei/internal/kaisei"
)

// maxZipDepth is how many ZIP files may stand in one another.
const maxZipDepth = 1

// readZIP reads each document of a ZIP file by the reader of its own format. The name of
// the member heads the paths of its blocks and their keys. Members of formats that are
// not read are noted; a member that should be readable and is not fails the whole file,
// because half of a bundle would look like a deletion.
func (x *Extractor) readZIP(ctx context.Context, in Input, depth int) (Reading, error) {
	p, err := openZip(in.Body)
	if err != nil {
		return Reading{}, err
	}
	var out Reading
	var n notes
	for _, f := range p.files {
		name := memberName(f)
		if f.FileInfo().IsDir() || furniture(name) {
			continue
		}
		body, err := p.unpack(f)
		if err != nil {
			return Reading{}, inMember(name, err)
		}
		if len(body) == 0 {
			n.add("%s in the ZIP file is empty", name)
			continue
		}
		member := Input{Body: body, URL: in.URL, Charset: in.Charset, MediaType: typeByName(name)}
		if Sniff(body, member.MediaType) == FormatZIP && depth >= maxZipDepth {
			return Reading{}, overLimit("the ZIP file holds ZIP files more than %d deep", maxZipDepth)
		}
		r, err := x.read(ctx, member, depth+1)
		if kaisei.CauseOf(err) == kaisei.CauseWrongType {
			var fault *kaisei.Fault
			errors.As(err, &fault)
			n.add("%s in the ZIP file was not read: %s", name, fault.Detail)
			continue
		}
		if err != nil {
			return Reading{}, inMember(name, err)
		}
		for _, b := range r.Blocks {
			b.Path = append([]string{label(name)}, b.Path...)
			if b.Key != "" {
				b.Key = name + "#" + b.Key
			}
			out.Blocks = append(out.Blocks, b)
		}
		if len(out.Blocks) > MaxBlocks {
			return Reading{}, overLimit("the ZIP file has more than %d blocks of text", MaxBlocks)
		}
		for _, note := range r.Notes {
			n.add("%s: %s", name, note)
		}
	}
	out.Notes = n.list
	if len(out.Blocks) == 0 {
		why := strings.Join(boundNotes(n.list), "; ")
		if why == "" {
			why = "it holds no files"
		}
		return Reading{}, kaisei.Faultf(kaisei.CauseEmpty, "nothing in the ZIP file could be read: %s", cut(why, 1000))
	}
	return out, nil
}

// inMember names the member in a fault.
func inMember(name string, err error) error {
	var fault *kaisei.Fault
	if !errors.As(err, &fault) {
		return err
	}
	f := *fault
	f.Detail = name + " in the ZIP file: " + f.Detail
	return &f
}

// memberName returns the name of a member as its author wrote it. Windows writes names in
// Shift_JIS without saying so.
func memberName(f *zip.File) string {
	name := f.Name
	if f.NonUTF8 || !utf8.ValidString(name) {
		if !utf8.ValidString(name) {
			if s, err := japanese.ShiftJIS.NewDecoder().String(name); err == nil {
				name = s
			}
		}
	}
	return clean(strings.ReplaceAll(name, "\\", "/"))
}

// furniture reports whether a member is put there by programs and not by people.
func furniture(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, ".") || base == "Thumbs.db" || base == "desktop.ini"
}

// typeByName guesses the media type that a server would send for a file name.
func typeByName(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		return "text/csv"
	case ".htm", ".html":
		return "text/html"
	}
	return ""
}
