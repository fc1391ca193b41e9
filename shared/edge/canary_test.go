package edge_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"kasir/shared/doku"
)

var canaryLines = flag.Int("canarylines", map[bool]int{false: 100_000, true: 5_000}[raced],
	"how many log lines TestCanaries makes, at least")

// The output of the run, of all workers.
type harvest struct {
	sync.Mutex
	lines, problems, metrics, found int
	outcomes                        map[string]int
}

// Card numbers, CVVs, keys, signatures, e-mail addresses, phones, names, addresses and tokens are put into every input:
// bodies, unknown fields and their names, headers, paths, queries, claims, keys, DOKU's answers and notifications,
// panics, errors of the store. None may be in a log line, a problem or a metric. The texts that DOKU wrote are also
// searched in good answers.
func TestCanaries(t *testing.T) {
	total := &harvest{outcomes: map[string]int{}}
	var workers sync.WaitGroup
	n := max(1, min(runtime.GOMAXPROCS(0), 4))
	for worker := range n {
		workers.Go(func() {
			for part := 0; total.wants(); part++ {
				sow(t, total, rand.New(rand.NewPCG(uint64(worker), uint64(part))))
			}
		})
	}
	workers.Wait()
	t.Logf("%d log lines, %d problems, %d canaries; %d lines with metrics", total.lines, total.problems, total.found,
		total.metrics)
	for _, must := range []string{"invalid", "mismatch", "malformed_notification", "signature", "refused", "unknown",
		"store", "panic", "bad_request", "not_found",
		"conflict", "unauthorized", "forbidden", "request_entity_too_large", "reconcile failed",
		"answer without signature", "200", "201", "202"} {
		if total.outcomes[must] == 0 && *canaryLines >= 10_000 {
			t.Errorf("nothing ended in %q: %v", must, total.outcomes)
		}
	}
}

func (h *harvest) wants() bool {
	h.Lock()
	defer h.Unlock()
	return h.lines < *canaryLines && h.found < 20
}

// sow makes some thousand requests of one merchant.
func sow(t *testing.T, total *harvest, chance *rand.Rand) {
	doer := &gossip{rand: chance}
	b := newBench(doku.Secret(secretKey.value), doku.Secret(quoteKey.value), doer)
	doer.now = func() time.Time { return b.now }
	s := &seeder{Rand: chance, bench: b}
	for i := 0; i < 3000 && total.wants(); i++ {
		b.now = b.now.Add(time.Second)
		if b.store.fail = nil; chance.IntN(25) == 0 {
			b.store.fail = func() error { return storeError(chance) }
		}
		if i%100 == 99 {
			b.now = b.now.Add(20 * time.Minute)
			_, err := b.reconcile(t.Context(), []byte(quoted(rumour(chance, everything))))
			total.take(t, b.log, "reconcile", events.APIGatewayV2HTTPResponse{Body: fmt.Sprint(err)})
			continue
		}
		event := s.request()
		answer := b.send(event)
		total.take(t, b.log, event.RouteKey, answer)
	}
}

// storeError returns an error of a store, half of the time.
func storeError(chance *rand.Rand) error {
	switch chance.IntN(8) {
	case 0, 1:
		return fmt.Errorf("putting: %w", awsFailure{rumour(chance, everything)})
	case 2:
		return errors.New("dial tcp: " + rumour(chance, scrubbable))
	case 3:
		panic(errors.New(rumour(chance, everything)))
	}
	return nil
}

var (
	code = regexp.MustCompile(`"error":"([a-z_]+)"|"msg":"([a-z ]+)"|"(unknown)":`)
	// the caller's own, and where the customer pays
	echoed = regexp.MustCompile(`"invoice_number":"[^"]*"|"url":"[^"]*"|"(?:note|reference)":"(?:[^"\\]|\\.)*"|` +
		`"metadata":\{(?:"(?:[^"\\]|\\.)*"[:,]?)*\}`)
	savedIDs = regexp.MustCompile(`"ID":"[^"]*"`) // what the list of saved cards is for
)

// take counts the outputs of a request and searches them for canaries.
func (h *harvest) take(t *testing.T, log *bytes.Buffer, route string, answer events.APIGatewayV2HTTPResponse) {
	text, problem := log.String(), strings.HasPrefix(answer.Headers["content-type"], "application/problem+json")
	log.Reset()
	body := answer.Body
	if !problem {
		body = savedIDs.ReplaceAllString(echoed.ReplaceAllString(body, ""), "")
	}
	for header, value := range answer.Headers {
		body += "\n" + header + ": " + value
	}
	h.Lock()
	defer h.Unlock()
	h.lines += strings.Count(text, "\n")
	h.metrics += strings.Count(text, `"_aws"`)
	for _, m := range code.FindAllStringSubmatch(text, -1) {
		h.outcomes[m[1]+m[2]+m[3]]++
	}
	h.outcomes[fmt.Sprint(answer.StatusCode)]++
	if problem {
		h.problems++
	}
	for where, content := range map[string]string{"log": text, "answer": body} {
		if kind := spotted(content); kind != "" {
			h.found++
			t.Errorf("%s: a %s in the %s: %s", route, kind, where, content)
		}
	}
}

// spotted returns the name of the canary in a text, escaped in any way, or "". Four digits are a CVV only if they stand
// alone: not in an address of a stack, not in kasir's own hexadecimal ids, and not in the fraction of a second.
func spotted(text string) string {
	text = strings.ReplaceAll(escape.ReplaceAllStringFunc(strings.ToLower(text), func(escape string) string {
		n, _ := strconv.ParseUint(escape[len(escape)-4:], 16, 32)
		return string(rune(n))
	}), `\`, "")
	i := slices.IndexFunc(everything, func(c canary) bool {
		if c.kind == cvv.kind {
			return loneCVV.MatchString(text)
		}
		return slices.ContainsFunc(c.pieces, func(piece string) bool { return strings.Contains(text, piece) })
	})
	if i < 0 {
		return ""
	}
	return everything[i].kind
}

var (
	loneCVV = regexp.MustCompile(`(?:^|[^0-9a-z])` + cvv.pieces[0] + `(?:[^0-9a-z]|$)`)
	escape  = regexp.MustCompile(`\\+u[0-9a-f]{4}`)
)

// A canary that nobody can find proves nothing.
func TestCanariesAreFound(t *testing.T) {
	for _, c := range everything {
		if got := spotted(`{"msg":"request","x":"` + c.value + `"}`); got == "" {
			t.Errorf("%s is not found", c.kind)
		}
		if got := spotted(quoted(escaped(c.value))); got == "" {
			t.Errorf("%s is not found when it is escaped", c.kind)
		}
	}
	for _, own := range []string{`{"time":"2026-08-27T10:00:00.185371Z","doku_request_id":"a48537"}`,
		`{"time":"2026-08-27T10:00:00.8537Z"}`, `{"stack":"call(0xf67ae8537e0)"}`, `{"id":"refund-14719a8537e01554"}`,
		`Request-Id (unknown, 8537ab)`} {
		if got := spotted(own); got != "" {
			t.Errorf("%s found where there is none: %s", got, own)
		}
	}
	if got := spotted(`{"time":"2026-08-27T10:00:00.185371Z","x":"8537"}`); got != cvv.kind {
		t.Errorf("behind a time that has its digits, found %q", got)
	}
}
