package order

import (
	"slices"
	"strings"
	"time"
)

// Acknowledge records that a person has dealt with a case. That ends the case. subject may be empty if the order has
// one case of the kind, open or acknowledged. The first person's acknowledgement stands. That person may repeat it.
// Errors: *NotAllowed.
func (o Order) Acknowledge(kind AttentionKind, subject string, act Act) (next Order, unchanged bool, err error) {
	var found []Case
	for _, c := range o.allCases() {
		if c.Kind == kind && (subject == "" || c.Subject == subject) {
			found = append(found, c)
		}
	}
	open := slices.DeleteFunc(slices.Clone(found), func(c Case) bool { _, done := o.Decision(c.key()); return done })
	switch {
	case len(open) > 1, subject == "" && len(open) == 1 && len(found) > 1: // it may be a repeat, about the other
		return o, true, notAllowed("/subject", "is required, since the order has several cases of this kind; open: %s",
			subjects(open))
	case len(open) == 0 && len(found) == 0:
		return o, true, notAllowed("/attention", "The order has no open case of this kind and subject.")
	case len(open) == 0:
		made, _ := o.Decision(found[len(found)-1].key())
		if made.Act.By == act.By { // a repeat whose first answer was lost
			return o, true, nil
		}
		return o, true, notAllowed("", "The case was acknowledged already, at %s by %s.",
			made.Act.At.Format(time.RFC3339), made.Act.By)
	}
	c := open[0]
	if err := o.checkAcknowledged(c); err != nil {
		return o, true, err
	}
	o = o.join(Facts{Decisions: []Decision{{ID: c.key(), Act: act.stamped()}}})
	return o.note(act.At, "acknowledged", c.key(), ""), false, nil
}

// Acknowledgement is a person's act that ended a case.
type Acknowledgement struct {
	Kind    AttentionKind
	Subject string
	Act     Act
}

// Acknowledgements returns the acknowledgements of the order, by kind and subject.
func (o Order) Acknowledgements() []Acknowledgement {
	var all []Acknowledgement
	for _, d := range o.Facts.Decisions {
		kind, subject, _ := strings.Cut(d.ID, " ")
		if FindAttention(AttentionKind(kind)).Happened != "" { // otherwise it is about a conflict
			all = append(all, Acknowledgement{AttentionKind(kind), subject, d.Act})
		}
	}
	return all
}

// checkAcknowledged returns an error for a case that is settled in another way. A conflict that stands for those that
// were not kept cannot be decided, so it is acknowledged; the order's money still moves no further.
func (o Order) checkAcknowledged(c Case) error {
	overflow := slices.ContainsFunc(o.Conflicts(),
		func(k Conflict) bool { return k.ID == c.Subject && k.Kind == ConflictOverflow })
	switch {
	case c.Row().Acknowledged, c.Kind == ReasonConflict && overflow:
		return nil
	case c.Kind == ReasonConflict:
		return notAllowed("/attention", "A conflict is settled by a decision: send conflict and decision.")
	}
	if c.Kind == ReasonUnaccounted {
		return notAllowed("/attention", "A case of this kind is settled by records: record each refund that was made, "+
			"or withdraw the report.")
	}
	return notAllowed("/attention", "A case of the kind %s is settled by its result: send operation and outcome.",
		c.Kind)
}

func subjects(cases []Case) string {
	var all []string
	for _, c := range cases {
		all = append(all, c.Subject)
	}
	return strings.Join(all, ", ")
}
