package probe

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// judgeRequestTarget counts answers with a header that kasir never reads.
func judgeRequestTarget(r *run) Finding {
	once, twice := 0, 0
	for _, x := range r.all {
		switch n := len(x.answer.header.Values("Request-Target")); {
		case n > 1:
			twice++
		case n == 1:
			once++
		}
	}
	return held("%d answers have one, %d more than one", once, twice)
}

// judgeDates compares the date of a payment with the clock. Jakarta's time is 7 hours ahead of UTC.
func judgeDates(r *run) Finding {
	text, at := "", r.seen["status-paid"]
	if at != nil {
		text = at.answer.text("transaction", "date")
	}
	date, err := time.Parse(time.RFC3339, text)
	switch skew := date.Sub(r.atOf(at)); {
	case text == "":
		return notAsked("check status of a payment names no date")
	case err != nil:
		return differs(fmt.Sprintf("a payment is dated %q, which is not a date", text))
	case skew < -r.cfg.PayWithin-time.Hour || skew > 10*time.Minute:
		return differs(fmt.Sprintf("a payment is dated %s, %v from the clock", text, skew.Round(time.Minute)))
	}
	return held("a payment is dated %s, within minutes of the clock", text)
}

func (r *run) atOf(x *Exchange) time.Time {
	if x == nil {
		return time.Time{}
	}
	return x.At
}

// judgeWords checks whether statuses and types are in capitals.
func judgeWords(r *run) Finding {
	odd, words := map[string]bool{}, 0
	look := func(a answer) {
		for _, object := range []string{"transaction", "refund", "payment"} {
			for _, name := range []string{"status", "type"} {
				word := a.text(object, name)
				if word != "" {
					words++
				}
				if word != strings.ToUpper(word) {
					odd[word] = true
				}
			}
		}
	}
	for _, x := range r.all {
		look(x.answer)
	}
	for _, n := range r.cfg.Inbox.all() {
		look(n.content)
	}
	switch {
	case len(odd) > 0:
		return held("not in capitals: %s", strings.Join(slices.Sorted(maps.Keys(odd)), ", "))
	case words == 0:
		return notAsked("no answer has such a word")
	}
	return held("%d words, all in capitals", words)
}

// judgePart judges the answer to a refund of half of a payment.
func judgePart(r *run) Finding {
	a, _ := r.answerOf("partial-refund")
	kind := a.text("refund", "type")
	switch {
	case a.done() && !strings.Contains(strings.ToUpper(kind), "PARTIAL"):
		return differs(fmt.Sprintf("a refund of half is done as %q", kind))
	case a.done():
		return held("a refund of half is done as %s", kind)
	}
	return held("a refund of half, before settlement, is refused: %s%s", a, messageOf(a))
}
