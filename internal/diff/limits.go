package diff

const (
	// maxExactBlocks is the number of blocks, on both sides together, above which the
	// sequence of blocks is compared by the fast heuristic.
	maxExactBlocks = 40_000
	// maxPairs is the number of pairs of blocks between two anchors up to which every
	// pair is compared; above it only pairs that share rare sequences are.
	maxPairs = 10_000
	// maxGrams is the number of two-character sequences of a block, from its beginning, by
	// which it is compared with others.
	maxGrams = 20_000
	// maxShared is the number of blocks that may share a sequence for it to count as rare.
	maxShared = 16
	// maxCandidates is the number of blocks that one block is compared with where only
	// those sharing rare sequences are.
	maxCandidates = 6
	// maxParts is the number of blocks that one block may have been split into, or merged from.
	maxParts = 12
	// maxExactTokens is the number of tokens, on both sides together, of a differing
	// stretch of text above which it is compared by the fast heuristic.
	maxExactTokens = 12_000
	// maxInline is the length in bytes, of both sides together, above which a text is not
	// compared in itself at all and is shown as replaced.
	maxInline = 32 << 20
)
