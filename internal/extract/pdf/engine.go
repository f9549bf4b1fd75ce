package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"unicode/utf16"
	_ "unsafe" // for go:linkname

	_ "github.com/klippa-app/go-pdfium/webassembly" // embeds pdfium
	"github.com/klippa-app/go-pdfium/webassembly/imports"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// pdfiumWasm is the module that go-pdfium embeds. Its own Go interface makes about
// twenty calls and ten allocations for every character, which alone costs more than
// reading the page; here the module is called directly, with one buffer.
//
//go:linkname pdfiumWasm github.com/klippa-app/go-pdfium/webassembly.pdfiumWasm
var pdfiumWasm []byte

// maxMemoryPages bounds the memory of one document's reading: 192 MiB in pages of
// 64 KiB. Ordinary documents take 20 MiB, a gazette of 80 pages with vertical fonts up to 128.
const maxMemoryPages = 192 << 20 >> 16

// engine is pdfium compiled, from which an instance is made for every document, so
// that nothing of one document is left when the next is read.
type engine struct {
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	// helped says that there are processors for two sandboxes at a time.
	helped bool
}

// newEngine compiles pdfium, or takes it from the compilation cache in cacheDir.
func newEngine(ctx context.Context, cacheDir string) (*engine, error) {
	if len(pdfiumWasm) == 0 {
		return nil, errors.New("this build holds no pdfium: go-pdfium has renamed its embedded module")
	}
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(maxMemoryPages)
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return nil, fmt.Errorf("open the compilation cache %s: %w", cacheDir, err)
		}
		config = config.WithCompilationCache(cache)
	}
	e := &engine{runtime: wazero.NewRuntimeWithConfig(ctx, config)}
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, e.runtime); err != nil {
		return nil, fmt.Errorf("prepare the sandbox: %w", err)
	}
	module, _ := withMemo(pdfiumWasm)
	var err error
	if e.compiled, err = e.runtime.CompileModule(ctx, module); err != nil {
		return nil, fmt.Errorf("compile pdfium: %w", err)
	}
	if _, err := imports.Instantiate(ctx, e.runtime, e.compiled); err != nil {
		return nil, fmt.Errorf("prepare the sandbox: %w", err)
	}
	return e, nil
}

// instance is one sandbox with pdfium in it. Its first failed call is kept in err and
// all later calls return zero, so that a page is read without a check at every step.
type instance struct {
	ctx   context.Context
	mod   api.Module
	mem   api.Memory
	funcs map[string]api.Function
	stack [8]uint64
	err   error
	out   uint32 // a buffer of 64 bytes for results
	// openPage and openText are the page read last.
	openPage, openText uint64
}

// open makes an instance. The sandbox sees no file system, no network, no environment.
func (e *engine) open(ctx context.Context) (*instance, error) {
	ctx = experimental.WithMemoryAllocator(ctx, allocator())
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize").
		WithStdout(io.Discard).WithStderr(io.Discard).WithFSConfig(wazero.NewFSConfig())
	mod, err := e.runtime.InstantiateModule(ctx, e.compiled, config)
	if err != nil {
		return nil, fmt.Errorf("start pdfium: %w", err)
	}
	in := &instance{ctx: ctx, mod: mod, mem: mod.Memory(), funcs: map[string]api.Function{}}
	in.call("FPDF_InitLibrary")
	in.out = uint32(in.call("malloc", 64))
	in.remember()
	if in.err != nil {
		in.close()
		return nil, fmt.Errorf("start pdfium: %w", in.err)
	}
	return in, nil
}

func (in *instance) close() { in.mod.Close(in.ctx) }

func (in *instance) function(name string) api.Function {
	f := in.funcs[name]
	if f == nil {
		f = in.mod.ExportedFunction(name)
		if f == nil && in.err == nil {
			in.err = fmt.Errorf("pdfium has no function %s", name)
		}
		in.funcs[name] = f
	}
	return f
}

func (in *instance) call(name string, args ...uint64) uint64 {
	return in.invoke(in.function(name), args...)
}

func (in *instance) invoke(f api.Function, args ...uint64) uint64 {
	if in.err != nil {
		return 0
	}
	in.stack[0] = 0
	copy(in.stack[:], args)
	if err := f.CallWithStack(in.ctx, in.stack[:]); err != nil {
		in.err = err
		return 0
	}
	return in.stack[0]
}

func (in *instance) float(offset uint32) float32 {
	f, _ := in.mem.ReadFloat32Le(in.out + offset)
	return f
}

func (in *instance) double(offset uint32) float64 {
	f, _ := in.mem.ReadFloat64Le(in.out + offset)
	return f
}

// errPassword and errFormat are how pdfium refuses a document.
var (
	errPassword = errors.New("needs a password")
	errFormat   = errors.New("not a PDF, or damaged")
)

// Error codes of FPDF_GetLastError.
const (
	pdfiumErrPassword = 4
	pdfiumErrSecurity = 5
)

// load opens a document.
func (in *instance) load(body []byte) (doc uint64, err error) {
	at := in.call("malloc", uint64(len(body)))
	if in.err != nil {
		return 0, in.err
	}
	if at == 0 || !in.mem.Write(uint32(at), body) {
		return 0, errMemory
	}
	doc = in.call("FPDF_LoadMemDocument64", at, uint64(len(body)), 0)
	if in.err != nil {
		return 0, in.err
	}
	if doc == 0 {
		switch code := in.call("FPDF_GetLastError"); code {
		case pdfiumErrPassword, pdfiumErrSecurity:
			return 0, errPassword
		default:
			return 0, fmt.Errorf("%w (pdfium error %d)", errFormat, code)
		}
	}
	return doc, nil
}

var errMemory = errors.New("no memory left in the sandbox")

// utf16At calls a function of pdfium that fills a buffer with UTF-16 and returns
// its length in bytes.
func (in *instance) utf16At(name string, args ...uint64) string {
	n := uint32(in.call(name, append(args, 0, 0)...))
	if n <= 2 || n > maxTitleBytes {
		return ""
	}
	buf := in.call("malloc", uint64(n))
	defer in.call("free", buf)
	in.call(name, append(args, buf, uint64(n))...)
	raw, ok := in.mem.Read(uint32(buf), n)
	if in.err != nil || !ok {
		return ""
	}
	units := make([]uint16, 0, n/2)
	for i := 0; i+1 < len(raw); i += 2 {
		if u := uint16(raw[i]) | uint16(raw[i+1])<<8; u != 0 {
			units = append(units, u)
		}
	}
	return string(utf16.Decode(units))
}

// about reads what is known of a document before its pages.
func (in *instance) about(doc uint64) paper {
	p := paper{pages: int(int32(in.call("FPDF_GetPageCount", doc)))}
	tag := in.call("malloc", 8)
	in.mem.Write(uint32(tag), []byte("Title\x00"))
	p.title = in.utf16At("FPDF_GetMetaText", doc, tag)
	in.bookmarks(doc, 0, 1, &p)
	return p
}

// bookmarks walks the outline; a cyclic one ends at maxBookmarks.
func (in *instance) bookmarks(doc, parent uint64, level int, p *paper) {
	for b := in.call("FPDFBookmark_GetFirstChild", doc, parent); b != 0 && len(p.bookmarks) < maxBookmarks; b = in.call("FPDFBookmark_GetNextSibling", doc, b) {
		m := bookmark{title: in.utf16At("FPDFBookmark_GetTitle", b), level: level}
		if dest := in.call("FPDFBookmark_GetDest", doc, b); dest != 0 {
			if page := int(int32(in.call("FPDFDest_GetDestPageIndex", doc, dest))); page >= 0 && page < p.pages {
				m.page = page + 1
			}
		}
		p.bookmarks = append(p.bookmarks, m)
		if level < maxBookmarkDepth {
			in.bookmarks(doc, b, level+1, p)
		}
	}
}

// finite returns f, or 0 for what no page can hold.
func finite(f float32) float32 {
	if math.IsNaN(float64(f)) || f >= farAway || f <= -farAway {
		return 0
	}
	return f
}
