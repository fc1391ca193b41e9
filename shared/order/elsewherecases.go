package order

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// elsewhereCases returns the cases about money that moved outside kasir. What a person recorded is no case.
func (o Order) elsewhereCases() []Case {
	if len(o.Facts.Movements) == 0 {
		return nil
	}
	var all []Case
	since := time.Time{}
	for _, e := range o.Elsewhere() {
		since = latest(since, e.At)
		for n := 1; n <= e.Told; n++ {
			subject := e.subject(n)
			all = append(all, Case{Kind: RemarkElsewhere, Since: e.At, Subject: subject,
				Detail: fmt.Sprintf("A %s of %d was made outside kasir.", word(e.Kind), e.Amount),
				Do:     o.doAbout(e.Kind)})
		}
	}
	if rest := o.Unaccounted(); rest > 0 {
		all = append(all, Case{Kind: ReasonUnaccounted, Since: o.statedAt(), Subject: strconv.FormatInt(rest, 10),
			Detail: fmt.Sprintf("DOKU states that money went back, and no movement is known for %d of it.", rest)})
	}
	if over := o.overdrawn(); over > 0 {
		all = append(all, Case{Kind: ReasonOverdrawn, Since: since, Subject: strconv.FormatInt(over, 10),
			Detail: fmt.Sprintf("%d more went back than was taken.", over)})
	}
	return all
}

// What a person does about money that moved outside kasir.
const (
	doRefund     = "compare it with the transaction, and correct your books"
	doChargeback = "answer the dispute before DOKU's deadline, and correct your books"
	doReversal   = "nothing: the money comes back; correct your books"
	doVoid       = "do not ship: the money is no longer reserved"
	doRemark     = "compare it with the transaction; record a manual refund that failed as refused"
)

// doAbout returns what a person does about a movement of a kind.
func (o Order) doAbout(kind MovementKind) string {
	switch {
	case kind == MovedChargeback:
		return doChargeback
	case kind == MovedReversal:
		return doReversal
	case o.Captured() == 0 && o.Facts.Authorized != nil:
		return doVoid
	}
	return doRefund
}

// subject names the nth movement of this kind and amount. A movement that comes after a withdrawal has a name of its
// own.
func (e Elsewhere) subject(n int) string { return e.name(e.gone + n) }

// name names the nth movement of this kind and amount. A movement that is recorded again after its report was withdrawn
// has the same name.
func (e Elsewhere) name(n int) string {
	kind := e.Kind
	if kind.back() { // another source may use the other word
		kind = MovedRefund
	}
	return string(kind) + ":" + strconv.FormatInt(e.Amount, 10) + ":" + strconv.Itoa(n)
}

// word returns the kind of a movement as a phrase.
func word(kind MovementKind) string { return strings.ReplaceAll(string(kind), "_", " ") }

// statedAt returns the time of the first statement that DOKU made about the payment as a whole.
func (o Order) statedAt() time.Time {
	at := time.Time{}
	for _, m := range o.standing() {
		if m.Kind == MovedTotal || m.Kind == MovedRest {
			at = earliest(at, m.LearnedAt)
		}
	}
	return at
}

// elsewhereChanges returns the movements outside kasir that became known. A refund counts once its payment is known.
func elsewhereChanges(before, after Order) []Change {
	var all []Change
	known := func(o Order, e Elsewhere) int {
		if e.Kind.back() && o.Captured() == 0 && !o.voidedElsewhere() {
			return 0
		}
		for _, was := range o.Elsewhere() {
			if was.Amount == e.Amount && (was.Kind == e.Kind || was.Kind.back() && e.Kind.back()) {
				return was.Count
			}
		}
		return 0
	}
	for _, e := range after.Elsewhere() {
		kind := ChangeRefunded
		switch {
		case e.Kind == MovedChargeback:
			kind = ChangeChargedBack
		case e.Kind == MovedReversal:
			kind = ChangeReversed
		case after.Captured() == 0:
			kind = ChangeVoided
		}
		for n := known(before, e) + 1; n <= known(after, e); n++ {
			all = append(all, Change{Kind: kind, Key: e.name(n), At: e.At, Amount: e.Amount, Moved: e.Kind})
		}
	}
	return all
}
