package kaisei

// UseCase is one use of AI in the operator's organisation, as the operator describes it. It is what a
// change can touch.
type UseCase struct {
	// Name is what people call it (採用支援AI), unique; Owner who is responsible (人事部).
	Name        string `json:"name"`
	Owner       string `json:"owner,omitempty"`
	Description string `json:"description,omitempty"`
	// Roles are the organisation's own in this use, Sectors where it is used; empty means not
	// limited. Both are words that rules give.
	Roles   []string `json:"roles,omitempty"`
	Sectors []string `json:"sectors,omitempty"`
	// Themes are what the use is sensitive to, in words that rules give.
	Themes []string `json:"themes,omitempty"`
	// Laws are what it rests on: e-Gov law IDs (415AC0000000057) or names (個人情報保護法).
	Laws []string `json:"laws,omitempty"`
	// Documents are followed closely: IDs, or beginnings of IDs that end in "/".
	Documents []string `json:"documents,omitempty"`
}
