package bolt

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxRaw is the largest body or record kept, uncompressed. What is larger is refused when
	// saved, and no frame is unpacked beyond it.
	maxRaw = 256 << 20
	// maxLike is the largest text used as the dictionary of another: the encoder holds both and
	// a table of both.
	maxLike = 8 << 20
	// largeLike is where the ordinary encoder's table no longer remembers the start of its
	// dictionary and a larger one is worth its memory.
	largeLike = 512 << 10
	// largeWindow spans two texts of maxLike.
	largeWindow = 32 << 20
	// smallWindow spans nearly every text and the one it resembles. An encoder holds a buffer of its window,
	// 8 MB where nothing is said, and the frames of texts that fit are the same.
	smallWindow = 1 << 20
)

// The dictionary IDs written in frames.
const (
	dictNouns = 1 // nouns.dict
	dictLike  = 2 // an earlier text of the same document
)

// nouns is the dictionary of small frames: what versions, changes and deliveries look like
// as JSON. Stored frames depend on every byte of it, so it is never altered; a
// better one gets an ID of its own.
//
//go:embed nouns.dict
var nouns []byte

// packer compresses. It pools what is dear to make: an encoder's tables are megabytes.
type packer struct {
	plain, longPlain, like, longLike, large, decoders sync.Pool
}

func newPacker() (*packer, error) {
	p := &packer{}
	encoder := func(dict uint32, content []byte, o ...zstd.EOption) func() (*zstd.Encoder, error) {
		o = append(o, zstd.WithEncoderConcurrency(1), zstd.WithEncoderDictRaw(dict, content))
		return func() (*zstd.Encoder, error) { return zstd.NewWriter(nil, o...) }
	}
	kinds := []struct {
		pool *sync.Pool
		make func() (*zstd.Encoder, error)
	}{
		{&p.plain, encoder(dictNouns, nouns, zstd.WithWindowSize(smallWindow))},
		{&p.longPlain, encoder(dictNouns, nouns)},
		{&p.like, encoder(dictLike, nouns, zstd.WithWindowSize(smallWindow))},
		{&p.longLike, encoder(dictLike, nouns)},
		{&p.large, encoder(dictLike, nouns, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(largeWindow))},
	}
	for _, k := range kinds {
		e, err := k.make() // options are judged once, so that New cannot fail
		if err != nil {
			return nil, err
		}
		if k.pool == &p.plain || k.pool == &p.like {
			k.pool.Put(e)
		}
		k.pool.New = func() any { e, _ := k.make(); return e }
	}
	decoder := func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxRaw),
			zstd.WithDecoderDictRaw(dictNouns, nouns))
	}
	d, err := decoder()
	if err != nil {
		return nil, err
	}
	p.decoders.Put(d)
	p.decoders.New = func() any { d, _ := decoder(); return d }
	return p, nil
}

// frameMagic begins every zstd frame; it is left out of those stored.
const frameMagic = "\x28\xb5\x2f\xfd"

// full returns a frame that stands alone.
func (p *packer) full(raw []byte) []byte {
	pool := &p.plain
	if len(raw) > smallWindow-len(nouns) {
		pool = &p.longPlain
	}
	e := pool.Get().(*zstd.Encoder)
	defer pool.Put(e)
	return e.EncodeAll(raw, nil)[len(frameMagic):]
}

// worthwhile is the part of a text's own frame below which a frame that needs another
// text is worth the need.
const worthwhile = 0.75

// delta returns a frame that needs like to be unpacked, or false where it would
// not be much smaller than one that stands alone. The frame has been unpacked
// again and compared: evidence is not entrusted to an encoder alone.
func (p *packer) delta(raw, like []byte) ([]byte, bool) {
	if len(like) == 0 || len(like) > maxLike || len(raw) > maxLike {
		return nil, false
	}
	pool := &p.like
	switch {
	case len(like) > largeLike:
		pool = &p.large
	case len(raw)+len(like) > smallWindow:
		pool = &p.longLike
	}
	e := pool.Get().(*zstd.Encoder)
	defer pool.Put(e)
	if err := e.ResetWithOptions(nil, zstd.WithEncoderDictRaw(dictLike, like)); err != nil {
		return nil, false
	}
	frame := e.EncodeAll(raw, nil)[len(frameMagic):]
	if len(frame) > len(raw)/8 && float64(len(frame)) > worthwhile*float64(len(p.full(raw))) {
		return nil, false
	}
	if back, err := p.unpack(frame, like, len(raw), nil); err != nil || !bytes.Equal(back, raw) {
		return nil, false
	}
	return frame, true
}

// unpack returns the size bytes that a frame holds; like is nil for one that stands alone. They
// are put into spare where it is large enough.
func (p *packer) unpack(frame, like []byte, size int, spare []byte) ([]byte, error) {
	if size < 0 || size > maxRaw {
		return nil, fmt.Errorf("%w: a frame of %d bytes unpacked", ErrDamaged, size)
	}
	d := p.decoders.Get().(*zstd.Decoder)
	defer p.decoders.Put(d)
	if like != nil {
		if err := d.ResetWithOptions(nil, zstd.WithDecoderDictRaw(dictLike, like)); err != nil {
			return nil, err
		}
	}
	if cap(spare) < size {
		// A damaged size must not reserve memory that its frame could never fill. The next text
		// of a chain may be a little longer and fit too.
		spare = make([]byte, 0, min(size+size/16+64, 1<<20+len(frame)*64))
	}
	raw, err := d.DecodeAll(append([]byte(frameMagic), frame...), spare[:0])
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: unpack: %w", ErrDamaged, err)
	case len(raw) != size:
		return nil, fmt.Errorf("%w: %d bytes unpacked where %d were packed", ErrDamaged, len(raw), size)
	}
	return raw, nil
}

// packNoun returns the size of raw and its frame, which unpackNoun reads back.
func (p *packer) packNoun(raw []byte) []byte {
	return append(appendUvarint(nil, len(raw)), p.full(raw)...)
}

func (p *packer) unpackNoun(b []byte) ([]byte, error) {
	r := reader{b: b}
	size := r.small()
	if err := r.fault("size of a frame"); err != nil {
		return nil, err
	}
	return p.unpack(r.b, nil, size, nil)
}

// chained unpacks frames each of which needs the one before; the first needs last.
type chained struct {
	p *packer
	// last is what was unpacked last, spare what was before it and is needed no more.
	last, spare []byte
}

func (c *chained) unpack(frame []byte, size int) error {
	raw, err := c.p.unpack(frame, c.last, size, c.spare)
	if err != nil {
		return err
	}
	c.last, c.spare = raw, c.last
	return nil
}
