package sandbox

import (
	"net/http"
	"strconv"
	"time"

	"kasir/local/sandbox/faults"
	"kasir/local/sandbox/validate"
)

// notification is one message to the merchant, and the record of its delivery.
type notification struct {
	id        string // in the control API: 1, 2, 3, …
	requestID string // in the header
	page      *page
	url       string // "" for one that is only kept
	target    string // Request-Target in its signature
	number    int    // the id as a number; the older of two has the lower one
	identity  string // the same in every run: the page and the attempt on it
	dropped   bool   // by Faults; it never reaches the merchant
	body      []byte // identical on every attempt
	createdAt time.Time
	firstAt   time.Time // of the first attempt, from which retries count
	due       time.Time // of the next automatic attempt, while state is queued
	retries   int       // automatic attempts made after the first
	state     string
	attempts  []delivery
	heard     bool          // the merchant answered 2xx once; that answer may have been lost
	busy      chan struct{} // closed at the end of the attempt under way; nil without one
}

// delivery is one attempt to deliver a notification.
type delivery struct {
	At     string `json:"at"`
	Status int    `json:"status,omitempty"` // of the merchant's answer
	Error  string `json:"error,omitempty"`  // if there was no answer
	Manual bool   `json:"manual,omitempty"` // requested through the control API
	Fault  string `json:"fault,omitempty"`  // the planned fault
	Form   string `json:"form,omitempty"`   // of the fault
	Beside int    `json:"beside,omitempty"` // status of the answer to another notification, which the fault sent
	Lost   int    `json:"lost,omitempty"`   // status of the merchant's answer, if that was lost
	Forged int    `json:"forged,omitempty"` // status of the answer to a forgery sent before it
	Again  int    `json:"again,omitempty"`  // status of the answer to a duplicate
}

// States of a notification.
const (
	queued    = "QUEUED"    // an attempt is due
	delivered = "DELIVERED" // answered 2xx
	givenUp   = "GIVEN_UP"  // every retry failed; only the control API sends it again
	kept      = "KEPT"      // there is no URL to send it to, or nothing is sent; only the control API sends it
)

// requestIDLength is the length of Request-Ids on real card notifications: CREDIT_CARD and digits.
const requestIDLength = 75

// notify queues a notification about an attempt. s.mu must be held.
func (s *Server) notify(p *page, a *attempt) {
	s.queue(p, encode(notificationOf(p, a)), strconv.Itoa(len(p.attempts)))
}

// queue queues a notification about a page. subject identifies it among those of the page, and is the same in every
// run. s.mu must be held.
func (s *Server) queue(p *page, body []byte, subject string) {
	const prefix = "CREDIT_CARD"
	how := s.injector.For(p.body.Order.InvoiceNumber).Behaviour
	n := &notification{
		id:        strconv.Itoa(len(s.book.notifications) + 1),
		number:    len(s.book.notifications) + 1,
		identity:  p.body.Order.InvoiceNumber + "\n" + p.requestID + "\n" + subject,
		requestID: prefix + randomDigits(requestIDLength-len(prefix)),
		page:      p,
		url:       s.cfg.NotificationURL,
		body:      faults.Respell(body, how.Amounts, how.Dates, how.Words),
		createdAt: s.now(),
		due:       s.now(),
		state:     queued,
	}
	if by, late := s.injector.IsLate(n.identity, p.body.Order.InvoiceNumber); late {
		n.due = n.due.Add(by)
		s.cfg.Log.Info("fault", "endpoint", faults.Notifications, "fault", faults.Late, "id", n.id)
	}
	if override := p.body.AdditionalInfo.OverrideNotificationURL; override != "" {
		n.url = override
	}
	if n.url == "" || s.book.neverNotify {
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

// headers sets the headers of one attempt. Every attempt has the notification's Request-Id and its own timestamp and
// signature. It is not documented whether DOKU keeps the old ones.
func (n *notification) headers(h http.Header, clientID, secret string, at time.Time) {
	parts := signatureParts{clientID, n.requestID, "Request-Timestamp", stamp(at), n.target, digest(n.body)}
	h.Set("Content-Type", "application/json")
	h.Set("Client-Id", parts.clientID)
	h.Set("Request-Id", parts.requestID)
	h.Set("Request-Timestamp", parts.time)
	h.Set("Signature", parts.sign(secret))
}

// recordAttempt records the end of an attempt and sets the time of the next one.
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
	case n.state == kept, d.Manual && n.state != queued:
		// A resend by hand starts no new schedule, and neither does one that was under way when sending ended.
	case n.retries >= len(delays):
		n.state = givenUp
	default:
		n.due = n.firstAt.Add(delays[n.retries])
	}
}

// isReceived reports whether DOKU takes an answer's status for received.
func isReceived(status int) bool { return status >= 200 && status <= 299 }
