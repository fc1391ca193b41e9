package store

import (
	"slices"
	"strings"
	"time"

	"kasir/shared/order"
)

func toFacts(f order.Facts) factsItem {
	out := factsItem{Expired: millis(f.Expired), Released: millis(f.Released), Overflow: f.Overflow}
	if f.Closed != nil {
		out.Closed = toAct(f.Closed)
	}
	if p := f.Page; p != nil {
		out.Page = &pageItem{URL: string(p.URL), At: millis(p.At), ExpiresAt: millis(p.ExpiresAt),
			Generation: p.Generation}
	}
	for _, x := range f.Failures {
		out.Failures = append(out.Failures, failureItem{At: millis(x.At), LearnedAt: learnedDelay(x.At, x.LearnedAt),
			Code: x.Code, Message: x.Message})
	}
	if a := f.Authorized; a != nil {
		out.Authorized = toMoney(a.ID, a.At, a.LearnedAt, a.Amount, "", a.Card)
		out.Authorized.PageID, out.Authorized.OtherCards = a.PageID, a.OtherCards
	}
	if c := f.Captured; c != nil {
		out.Captured = toMoney("", c.At, c.LearnedAt, c.Amount, "", order.Card{})
	}
	if p := f.Paid; p != nil {
		out.Paid = toMoney(p.ApprovalCode, p.At, p.LearnedAt, p.Amount, p.Acquirer, p.Card)
		out.Paid.PageID, out.Paid.OtherCards = p.PageID, p.OtherCards
	}
	for _, c := range f.Conflicts {
		out.Conflicts = append(out.Conflicts, toConflict(c))
	}
	for _, d := range f.Decisions {
		out.Decisions = append(out.Decisions, decisionItem{ID: d.ID, Counts: d.Counts, Act: toAct(&d.Act)})
	}
	for _, r := range f.Remarks {
		out.Remarks = append(out.Remarks, remarkItem{
			Kind: string(r.Kind), Subject: r.Subject, Detail: r.Detail, At: millis(r.At),
		})
	}
	toMovements(f, &out)
	return out
}

func toConflict(c order.Conflict) conflictItem {
	out := conflictItem{ID: c.ID, Kind: string(c.Kind), Value: c.Value, Detail: c.Detail, At: millis(c.At),
		LearnedAt: learnedDelay(c.At, c.LearnedAt)}
	if c.Value == c.Detail {
		out.Value = ""
	}
	if c.News != nil {
		news := toFacts(*c.News)
		out.News = &news
	}
	return out
}

func (c conflictItem) conflict() order.Conflict {
	out := order.Conflict{
		ID: c.ID, Kind: order.ConflictKind(c.Kind), Value: c.Value, Detail: c.Detail, At: instant(c.At),
		LearnedAt: learnedAt(c.At, c.LearnedAt),
	}
	if c.Value == "" {
		out.Value = c.Detail
	}
	if c.News != nil {
		news := fromFacts(*c.News)
		out.News = &news
	}
	return out
}

func fromFacts(f factsItem) order.Facts {
	out := order.Facts{Expired: instant(f.Expired), Released: instant(f.Released), Overflow: f.Overflow}
	if f.Closed != nil {
		act := f.Closed.act()
		out.Closed = &act
	}
	if p := f.Page; p != nil {
		out.Page = &order.Page{URL: order.PageURL(p.URL), At: instant(p.At), ExpiresAt: instant(p.ExpiresAt),
			Generation: p.Generation}
	}
	for _, x := range f.Failures {
		out.Failures = append(out.Failures, order.Failure{At: instant(x.At), LearnedAt: learnedAt(x.At, x.LearnedAt),
			Code: x.Code, Message: x.Message})
	}
	if a := f.Authorized; a != nil {
		out.Authorized = &order.Authorization{
			ID: a.ID, At: instant(a.At), LearnedAt: learnedAt(a.At, a.LearnedAt), Amount: a.Amount, Card: a.card(),
			PageID:     a.PageID,
			OtherCards: a.OtherCards,
		}
	}
	if c := f.Captured; c != nil {
		out.Captured = &order.Capture{At: instant(c.At), LearnedAt: learnedAt(c.At, c.LearnedAt), Amount: c.Amount}
	}
	if p := f.Paid; p != nil {
		out.Paid = &order.Payment{
			ApprovalCode: p.ID, At: instant(p.At), LearnedAt: learnedAt(p.At, p.LearnedAt), Amount: p.Amount,
			Acquirer: p.Acquirer, Card: p.card(),
			PageID: p.PageID, OtherCards: p.OtherCards,
		}
	}
	for _, c := range f.Conflicts {
		out.Conflicts = append(out.Conflicts, c.conflict())
	}
	for _, d := range f.Decisions {
		out.Decisions = append(out.Decisions, order.Decision{ID: d.ID, Counts: d.Counts, Act: d.Act.act()})
	}
	for _, r := range f.Remarks {
		out.Remarks = append(out.Remarks, order.Remark{
			Kind: order.AttentionKind(r.Kind), Subject: r.Subject, Detail: r.Detail, At: instant(r.At),
		})
	}
	fromMovements(f, &out)
	return out
}

// withUndecided adds the conflicts that a version whose conflicts had no IDs has written, or has left when it rewrote
// the item.
func withUndecided(o order.Order, details []string) order.Order {
	for _, detail := range details {
		if len(o.Facts.Movements) > 0 && strings.HasPrefix(detail, movedPrefix) {
			continue // this version knows the movements themselves
		}
		if slices.ContainsFunc(o.Conflicts(), func(c order.Conflict) bool { return c.Detail == detail }) {
			continue
		}
		earlier := order.NewConflict(order.ConflictEarlierVersion, detail, detail, order.Facts{})
		o.Facts = order.Join(o.Facts, order.Facts{Conflicts: []order.Conflict{earlier}})
	}
	return o
}

func toMoney(id string, at, learned time.Time, amount int64, acquirer string, card order.Card) *moneyItem {
	return &moneyItem{
		ID: id, At: millis(at), LearnedAt: learnedDelay(at, learned), Amount: amount, Acquirer: acquirer,
		Masked: card.Masked, Brand: card.Brand, Issuer: card.Issuer, CardType: card.Type,
	}
}

func (m moneyItem) card() order.Card {
	return order.Card{Masked: m.Masked, Brand: m.Brand, Issuer: m.Issuer, Type: m.CardType}
}

// learnedDelay returns the stored form of the time at which a fact was learned: the milliseconds since its reported
// time. An unknown time is not stored, and reads as the reported time.
func learnedDelay(at, learned time.Time) int64 {
	if learned.IsZero() {
		return 0
	}
	return millis(learned) - millis(at)
}

func learnedAt(at, since int64) time.Time { return instant(at + since) }

// toAct returns nil for the zero Act.
func toAct(a *order.Act) *actItem {
	if *a == (order.Act{}) {
		return nil
	}
	return &actItem{At: millis(a.At), By: a.By, Username: a.Username, Note: a.Note}
}

func (a *actItem) act() order.Act {
	if a == nil {
		return order.Act{}
	}
	return order.Act{At: instant(a.At), By: a.By, Username: a.Username, Note: a.Note}
}
