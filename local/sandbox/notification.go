package sandbox

import (
	"net/http"
	"strconv"
	"time"

	"kasir/local/sandbox/faults"
	"kasir/local/sandbox/validate"
)

// notification is one message to the merchant: its bytes, and how delivering it went.
type notification struct {
	id        string // the control API's: 1, 2, 3, …
	requestID string // the header's
	page      *page
	url       string // "" when it is only kept
	target    string // Request-Target it is signed with
	number    int    // the id, to tell which is older
	identity  string // the same in every run: which attempt on which page
	dropped   bool   // by Faults: it never reaches the merchant
	body      []byte // identical on every attempt
	createdAt time.Time
	firstAt   time.Time // when the first attempt was made; retries count from it
	due       time.Time // of the next automatic attempt, while state is queued
	retries   int       // automatic attempts made after the first
	state     string
	attempts  []delivery
	heard     bool          // the merchant answered 2xx once, though the answer may have been lost
	busy      chan struct{} // closed when the attempt under way is over; nil when none is
}

// delivery is one attempt to deliver a notification.
type delivery struct {
	At     string `json:"at"`
	Status int    `json:"status,omitempty"` // of the merchant's answer
	Error  string `json:"error,omitempty"`  // when there was none
	Manual bool   `json:"manual,omitempty"` // asked for by the control API
	Fault  string `json:"fault,omitempty"`  // suffered on purpose
	Form   string `json:"form,omitempty"`   // of the fault
	Beside int    `json:"beside,omitempty"` // status of the answer to a further notification that the fault sent
	Lost   int    `json:"lost,omitempty"`   // status of the merchant's answer, when that was lost
	Forged int    `json:"forged,omitempty"` // status of the answer to a forgery sent before it
	Again  int    `json:"again,omitempty"`  // status of the answer to a duplicate
}

// States of a notification.
const (
	queued    = "QUEUED"    // an attempt is due
	delivered = "DELIVERED" // answered 2xx
	givenUp   = "GIVEN_UP"  // every retry failed; only the control API sends it again
	kept      = "KEPT"      // there is no URL to send it to
)

// requestIDLength is that of the Request-Ids seen on real card notifications: CREDIT_CARD and digits.
const requestIDLength = 75

// notify queues a notification about an attempt. s.mu must be held.
func (s *Server) notify(p *page, a *attempt) {
	s.queue(p, encode(notificationOf(p, a)), strconv.Itoa(len(p.attempts)))
}

// queue queues a notification about a page. what is the same in every run, and different for each of a page's. s.mu
// must be held.
func (s *Server) queue(p *page, body []byte, what string) {
	const prefix = "CREDIT_CARD"
	how := s.injector.Faults.Behaviour
	n := &notification{
		id:        strconv.Itoa(len(s.book.notifications) + 1),
		number:    len(s.book.notifications) + 1,
		identity:  p.body.Order.InvoiceNumber + "\n" + p.requestID + "\n" + what,
		requestID: prefix + randomDigits(requestIDLength-len(prefix)),
		page:      p,
		url:       s.cfg.NotificationURL,
		body:      faults.Respell(body, how.Amounts, how.Dates, how.Words),
		createdAt: s.now(),
		due:       s.now(),
		state:     queued,
	}
	if by, late := s.injector.IsLate(n.identity); late {
		n.due = n.due.Add(by)
		s.cfg.Log.Info("fault", "endpoint", faults.Notifications, "fault", faults.Late, "id", n.id)
	}
	if override := p.body.AdditionalInfo.OverrideNotificationURL; override != "" {
		n.url = override
	}
	if n.url == "" {
		n.state = kept
	} else {
		s.book.outbox[n] = true
	}
	n.target = s.cfg.NotificationTarget
	if n.target == "" {
		n.target = validate.URLPath(n.url)
	}
	s.book.notifications = append(s.book.notifications, n)
	s.courier.wakeUp()
}

// headers signs one attempt. The Request-Id stays the notification's; the timestamp, and with it the signature, is the
// attempt's: whether DOKU keeps the old one is not documented.
func (n *notification) headers(h http.Header, clientID, secret string, at time.Time) {
	covered := signatureParts{clientID, n.requestID, "Request-Timestamp", stamp(at), n.target, digest(n.body)}
	h.Set("Content-Type", "application/json")
	h.Set("Client-Id", covered.clientID)
	h.Set("Request-Id", covered.requestID)
	h.Set("Request-Timestamp", covered.time)
	h.Set("Signature", covered.sign(secret))
}

// record notes how an attempt ended and says when the next one is due.
func (n *notification) recordAttempt(d delivery, at time.Time, delays []time.Duration) {
	n.attempts = append(n.attempts, d)
	n.heard = n.heard || isReceived(d.Status) || isReceived(d.Again) || isReceived(d.Lost)
	if n.firstAt.IsZero() {
		n.firstAt = at
	} else if !d.Manual {
		n.retries++
	}
	switch {
	case isReceived(d.Status):
		n.state = delivered
	case d.Manual && n.state != queued:
		// Sending again by hand starts no new schedule.
	case n.retries >= len(delays):
		n.state = givenUp
	default:
		n.due = n.firstAt.Add(delays[n.retries])
	}
}

// isReceived says whether an answer's status is what DOKU takes for received.
func isReceived(status int) bool { return status >= 200 && status <= 299 }
