package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// book is everything the sandbox remembers. Server.mu guards it and whatever is reachable from it.
type book struct {
	pages         []*page // oldest first
	pageByID      map[string]*page
	pagesOf       map[string][]*page     // by invoice number, oldest first
	replies       map[string]reply       // by Request-Id
	notifications []*notification        // oldest first
	outbox        map[*notification]bool // those with an attempt due or under way
}

func newBook() *book {
	return &book{
		pageByID: map[string]*page{},
		pagesOf:  map[string][]*page{},
		replies:  map[string]reply{},
		outbox:   map[*notification]bool{},
	}
}

func (b *book) add(p *page) {
	invoice := p.body.Order.InvoiceNumber
	b.pages = append(b.pages, p)
	b.pageByID[p.id] = p
	b.pagesOf[invoice] = append(b.pagesOf[invoice], p)
}

// reply is the answer a Request-Id was given, kept so that the same request gets the same bytes again.
type reply struct {
	request [sha256.Size]byte // of method, target and body
	body    []byte
}

// page is one created payment page and what was paid on it.
type page struct {
	id        string // in its URL; unguessable
	requestID string // of the create call: DOKU's original_request_id
	url       string
	body      createBody
	sessionID []byte // JSON
	createdAt time.Time
	expiresAt time.Time
	attempts  []*attempt // oldest first
}

// attempt is one card tried on a page.
type attempt struct {
	id      string
	at      time.Time
	card    TestCard // one of TestCards: nobody else's number is ever kept
	state   attemptState
	wrong   int    // one-time passwords refused so far
	amount  int64  // whole rupiah, after promo
	kind    string // SALE, AUTHORIZE, …
	doneAt  time.Time
	code    string // response_code
	message string // response_message

	approvalCode     string // when approved
	authorizeID      string // when authorised
	authenticationID string
}

type attemptState int

const (
	waiting  attemptState = iota // for the one-time password
	declined                     // another card may be tried
	approved                     // money is taken, or reserved when authorising
)

// Statuses of a payment in the control API and on the pages. They are the sandbox's own words, not DOKU's.
const (
	statusOpen       = "OPEN"       // nobody paid yet; the customer acts next
	statusFailed     = "FAILED"     // the last card was declined; the customer may try another
	statusExpired    = "EXPIRED"    // the page can no longer be paid
	statusAuthorized = "AUTHORIZED" // reserved; the merchant captures next
	statusPaid       = "PAID"
)

// status derives what a page is from what happened on it.
func (p *page) status(now time.Time) string {
	switch a := p.paid(); {
	case a != nil && a.kind == typeAuthorize:
		return statusAuthorized
	case a != nil:
		return statusPaid
	case !now.Before(p.expiresAt):
		return statusExpired
	case len(p.attempts) > 0 && p.last().state == declined:
		return statusFailed
	}
	return statusOpen
}

// paid is the approved attempt of a page, nil when there is none. There is never more than one.
func (p *page) paid() *attempt {
	i := slices.IndexFunc(p.attempts, func(a *attempt) bool { return a.state == approved })
	if i < 0 {
		return nil
	}
	return p.attempts[i]
}

// last is the newest attempt of a page, nil when no card was tried.
func (p *page) last() *attempt {
	if len(p.attempts) == 0 {
		return nil
	}
	return p.attempts[len(p.attempts)-1]
}

// paidPage is the page on which an invoice was paid or authorised, nil when there is none. An invoice may have several
// open pages, and is paid on one of them at most.
func (b *book) paidPage(invoice string) *page {
	for _, p := range b.pagesOf[invoice] {
		if p.paid() != nil {
			return p
		}
	}
	return nil
}

// randomDigits returns n decimal digits that nobody can guess.
func randomDigits(n int) string {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	v, err := rand.Int(rand.Reader, limit)
	if err != nil {
		panic(err) // crypto/rand never fails on the systems Go supports
	}
	return fmt.Sprintf("%0*s", n, v.String())
}
