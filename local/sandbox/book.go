package sandbox

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"time"
)

// book is the memory of the sandbox. Server.mu guards it and everything reachable from it.
type book struct {
	pages         []*page // oldest first
	pageByID      map[string]*page
	pagesOf       map[string][]*page     // by invoice number, oldest first
	authorized    map[string]*page       // by authorize_id
	operations    map[string]operation   // by the Request-Id of a create, capture or refund call
	replies       map[string]reply       // by Request-Id
	tokens        []*token               // oldest first
	notifications []*notification        // oldest first
	outbox        map[*notification]bool // notifications with an attempt due or under way
	undecided     map[*page]bool         // pages with a pending capture or refund
	settlements   []*settlement          // oldest first
	manualRefunds bool                   // whether every refund of settled money is manual
	neverNotify   bool                   // whether notifications are only kept
}

func newBook() *book {
	return &book{
		pageByID:   map[string]*page{},
		pagesOf:    map[string][]*page{},
		authorized: map[string]*page{},
		operations: map[string]operation{},
		replies:    map[string]reply{},
		outbox:     map[*notification]bool{},
		undecided:  map[*page]bool{},
	}
}

// reply is the answer to a Request-Id. The same request gets the same bytes again.
type reply struct {
	request [sha256.Size]byte // of method, target and body
	body    []byte
	at      time.Time
}

// operation is the effect of a Request-Id, for check status.
type operation struct {
	page   *page
	refund *refund // nil for a create or capture call
}

func (b *book) addPage(p *page) {
	invoice := p.body.Order.InvoiceNumber
	b.pages = append(b.pages, p)
	b.pageByID[p.id] = p
	b.pagesOf[invoice] = append(b.pagesOf[invoice], p)
	b.operations[p.requestID] = operation{page: p}
}

// paidPage returns the page on which an invoice was paid or authorised, or nil. An invoice may have several open pages.
// At most one of them is paid.
func (b *book) paidPage(invoice string) *page {
	for _, p := range b.pagesOf[invoice] {
		if p.paidAttempt() != nil {
			return p
		}
	}
	return nil
}

// pageFor returns the page that stands for an invoice: the paid one, else the newest. It is nil for an unknown invoice.
func (b *book) pageFor(invoice string) *page {
	if p := b.paidPage(invoice); p != nil {
		return p
	}
	if pages := b.pagesOf[invoice]; len(pages) > 0 {
		return pages[len(pages)-1]
	}
	return nil
}

// randomDigits returns n unpredictable decimal digits.
func randomDigits(n int) string {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	v, err := rand.Int(rand.Reader, limit)
	if err != nil {
		panic(err) // crypto/rand never fails on the systems Go supports
	}
	return fmt.Sprintf("%0*s", n, v.String())
}
