package bolt

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Texts on both sides of the window of the ordinary encoders come back, by themselves and by the text before.
func TestTextsAroundTheWindowComeBack(t *testing.T) {
	p, err := newPacker()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]byte, 2*smallWindow)
	for i := range words {
		words[i] = "あいうえお、。 "[r.IntN(len("あいうえお、。 "))]
	}
	for _, size := range []int{0, 1, smallWindow / 2, smallWindow - len(nouns), smallWindow - len(nouns) + 1, smallWindow, smallWindow + 1, 2 * smallWindow} {
		raw := words[:size]
		if back, err := p.unpack(p.full(raw), nil, size, nil); err != nil || !bytes.Equal(back, raw) {
			t.Errorf("%d bytes by themselves: %d come back, %v", size, len(back), err)
		}
		if size < smallWindow/2 {
			continue
		}
		next := append([]byte("改正。"), raw...)
		frame, ok := p.delta(next, raw)
		if !ok || len(frame) > 1<<10 {
			t.Errorf("%d bytes by the text before: a frame of %d, %v", size, len(frame), ok)
			continue
		}
		if back, err := p.unpack(frame, raw, len(next), nil); err != nil || !bytes.Equal(back, next) {
			t.Errorf("%d bytes by the text before: %d come back, %v", size, len(back), err)
		}
	}
}
