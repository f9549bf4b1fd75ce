package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"kaisei/internal/kaisei"
)

// pack is a ZIP file that is read within limits: those on what its directory declares are
// checked when it is opened, those on what it really holds while it is read.
type pack struct {
	files  []*zip.File
	byName map[string]*zip.File
	// left is how many bytes may still be unpacked.
	left int64
}

func openZip(body []byte) (*pack, error) {
	if len(body) > MaxZip {
		return nil, tooLarge("a ZIP or Office file", len(body), MaxZip)
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, &kaisei.Fault{Cause: kaisei.CauseTruncated, Detail: "the ZIP or Office file has no directory; it is cut off or damaged", Err: err}
	}
	if len(z.File) > MaxZipEntries {
		return nil, overLimit("the ZIP file has %d entries, the limit is %d", len(z.File), MaxZipEntries)
	}
	p := &pack{files: z.File, byName: make(map[string]*zip.File, len(z.File)), left: MaxZipBytes}
	total := uint64(0)
	for _, f := range z.File {
		total += f.UncompressedSize64
		if total > MaxZipBytes || f.UncompressedSize64 > MaxZipBytes {
			return nil, overLimit("the ZIP file unpacks to more than %d bytes", MaxZipBytes)
		}
		if f.UncompressedSize64 > ZipRatioFloor && f.UncompressedSize64/MaxZipRatio > f.CompressedSize64 {
			return nil, overLimit("an entry of the ZIP file unpacks to more than %d times its size", MaxZipRatio)
		}
		name := strings.TrimPrefix(f.Name, "/")
		if _, twice := p.byName[name]; !twice {
			p.byName[name] = f
		}
	}
	return p, nil
}

// read unpacks one entry. A missing one is nil without an error.
func (p *pack) read(name string) ([]byte, error) {
	f := p.byName[strings.TrimPrefix(name, "/")]
	if f == nil {
		return nil, nil
	}
	return p.unpack(f)
}

func (p *pack) unpack(f *zip.File) ([]byte, error) {
	if f.Flags&1 != 0 {
		return nil, kaisei.Faultf(kaisei.CauseEncrypted, "the ZIP file is protected by a password")
	}
	limit := min(int64(MaxZipEntry), p.left)
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open ZIP entry: %w", err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(b)) > limit {
		return nil, overLimit("an entry of the ZIP file unpacks to more than %d bytes", limit)
	}
	if err != nil {
		if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, &kaisei.Fault{Cause: kaisei.CauseTruncated, Detail: "an entry of the ZIP file is cut off or damaged", Err: err}
		}
		return nil, fmt.Errorf("unpack ZIP entry: %w", err)
	}
	p.left -= int64(len(b))
	return b, nil
}

// xml unpacks and parses one entry; a missing one is nil without an error.
func (p *pack) xml(name string) (*element, error) {
	b, err := p.read(name)
	if b == nil || err != nil {
		return nil, err
	}
	return parseXML(b)
}

// relations reads the relationships of a part: targets (from the package root) by ID.
func (p *pack) relations(part string) (map[string]string, error) {
	dir, base := path.Split(part)
	root, err := p.xml(dir + "_rels/" + base + ".rels")
	if root == nil || err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, k := range root.kids {
		if k.name != "Relationship" || k.get("TargetMode") == "External" {
			continue
		}
		target := k.get("Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		out[k.get("Id")] = strings.TrimPrefix(target, "/")
	}
	return out, nil
}
