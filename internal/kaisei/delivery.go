package kaisei

import "time"

// DeliveryState is where a promise to tell stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryDue  DeliveryState = "due"
	DeliverySent DeliveryState = "sent"
	// DeliveryDead was given up after too many attempts or a final refusal; an operator can retry it.
	DeliveryDead DeliveryState = "dead"
	// DeliveryGrouped is told by the delivery that Into names, with others.
	DeliveryGrouped DeliveryState = "grouped"
	// DeliveryDropped was given up by an operator, for the reason in LastError.
	DeliveryDropped DeliveryState = "dropped"
)

// Delivery is a promise to tell one channel about one or more changes. It is written in
// the transaction that commits the changes and settled after sending, so a crash
// between the two sends once more with the same ID and never not at all.
type Delivery struct {
	// ID is derived from what the delivery is about: "alert/<channel>/<change>",
	// "digest/<channel>/<Monday>/<first>-<last>", "summary/<channel>/<source>/<hash of what it groups>",
	// "escalation/<channel>/<change>/<time without an answer>", "comparison/<channel>/<change>",
	// "correction/<channel>/<change>/<time of the judgement>",
	// "reminder/<channel>/<event>/<day>-<days before>". Inserting the same ID twice is one delivery.
	ID      string `json:"id"`
	Channel string `json:"channel"`
	// Kind is "alert", "digest", "notice", "summary", "escalation", "comparison", "correction" or "reminder".
	Kind string `json:"kind"`
	// Source and Severity are of the change of an alert, by which alerts are gathered.
	Source   string   `json:"source,omitempty"`
	Severity Severity `json:"severity,omitempty"`
	Changes  []string `json:"changes"`
	// Payload is what a delivery needs beyond its changes (the range of a digest, the words
	// of a notice); its form belongs to Kind.
	Payload string    `json:"payload,omitempty"`
	Due     time.Time `json:"due"`
	// Held is why it waited, or waits, though nothing failed: HeldHours or HeldFlood.
	Held    string    `json:"held,omitempty"`
	Created time.Time `json:"created"`
	// Begun is when it was first tried. It is kept before anything is sent: from then on somebody
	// may know its ID.
	Begun     time.Time     `json:"begun,omitzero"`
	Attempts  int           `json:"attempts"`
	State     DeliveryState `json:"state"`
	LastError string        `json:"last_error,omitempty"`
	SentAt    time.Time     `json:"sent_at,omitzero"`
	// Receipt is what the channel answered (a Slack timestamp, a Message-ID).
	Receipt string `json:"receipt,omitempty"`
	// Into is the delivery that tells this one with others, where State is DeliveryGrouped.
	Into string `json:"into,omitempty"`
}

// Why a delivery waits though nothing failed.
const (
	HeldHours = "hours" // quiet hours, or no business day
	HeldFlood = "flood" // too many alerts of one source, which are told in one summary
)

// The kinds of delivery.
const (
	DeliveryAlert  = "alert"
	DeliveryDigest = "digest"
	DeliveryNotice = "notice"
	// DeliverySummary tells many changes in one message, a line each.
	DeliverySummary = "summary"
	// DeliveryEscalation tells a change again because nobody answered it.
	DeliveryEscalation = "escalation"
	// DeliveryComparison brings the full comparison to an alert that shows a part of it, and
	// DeliveryCorrection what of it was judged anew; Payload is the ID of the delivery that told it.
	DeliveryComparison = "comparison"
	DeliveryCorrection = "correction"
	// DeliveryReminder tells of a day of taking force before it comes.
	DeliveryReminder = "reminder"
)
