package notify

import (
	"time"

	"kaisei/internal/kaisei"
)

// Counts are the deliveries of one channel that are not settled.
type Counts struct {
	// Waiting are promised and not told. Of them Held wait for quiet hours to end or for a summary, and
	// Failing were tried in vain.
	Waiting int `json:"waiting"`
	Held    int `json:"held"`
	Failing int `json:"failing"`
	// Dead were given up and want an operator.
	Dead int `json:"dead"`
	// Oldest is when the oldest that waits was promised; zero where none does.
	Oldest time.Time `json:"oldest,omitzero"`
}

// Count counts deliveries by channel at an instant. Those that are settled count for nothing.
func Count(ds []kaisei.Delivery, now time.Time) map[string]Counts {
	out := map[string]Counts{}
	for _, d := range ds {
		c := out[d.Channel]
		switch d.State {
		case kaisei.DeliveryDead:
			c.Dead++
		case kaisei.DeliveryDue:
			c.Waiting++
			switch {
			case d.Attempts > 0:
				c.Failing++
			case d.Held != "" && d.Due.After(now):
				c.Held++
			}
			if c.Oldest.IsZero() || d.Created.Before(c.Oldest) {
				c.Oldest = d.Created
			}
		default:
			continue
		}
		out[d.Channel] = c
	}
	return out
}
