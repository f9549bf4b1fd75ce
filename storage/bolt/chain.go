package bolt

// Frames of one document form a chain: each needs an earlier one to be unpacked.
// Which earlier one decides both size and speed. Always the previous one would be
// smallest and make the thousandth a thousand steps deep. So positions in a chain
// are read as numbers to base chainBase, and a frame needs the position whose
// last digit that is not zero is one less: 27 (123 to base 4) needs 26, 24 (120)
// needs 20 (110), 16 (100) needs 0. A frame is then at most chainDepth steps from
// one that stands alone, and most frames differ from theirs by a single amendment.
const (
	chainBase = 4
	// chainSpan is the distance between frames that stand alone.
	chainSpan = 1024
	// chainDepth is the most frames that must be unpacked before another one: (chainBase-1) for
	// each digit of chainSpan-1.
	chainDepth = 15
)

// chainParent returns the position that the frame at pos needs, and false where
// it stands alone.
func chainParent(pos int) (int, bool) {
	if pos <= 0 || pos%chainSpan == 0 {
		return 0, false
	}
	step := 1
	for pos/step%chainBase == 0 {
		step *= chainBase
	}
	return pos - step, true
}
