package probe

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"kasir/shared/doku"
)

const (
	notificationCap = 64 << 10 // bytes
	inboxCap        = 100      // notifications
)

// Notification is a notification that arrived, and the answer to it.
type Notification struct {
	At      time.Time `json:"at"`
	Request Message   `json:"request"`
	Status  int       `json:"status"` // HTTP status of the answer
	Signed  string    `json:"signed"`

	stamp     string
	requestID string
	content   answer
}

// Inbox is an HTTP handler that receives notifications. Use NewInbox to make one.
type Inbox struct {
	target   string // NOTIFICATION_TARGET
	now      func() time.Time
	keys     doku.Keyring
	redactor func(signature string) redactor

	mu       sync.Mutex
	received []*Notification
	refuse   bool // answer the first notification of each Request-Id with 503; DOKU then repeats it
}

// NewInbox returns an Inbox that checks signatures with keys, over target or the path that arrived.
func NewInbox(keys doku.Keyring, target string, now func() time.Time) *Inbox {
	r := &run{cfg: Config{Keys: keys}}
	return &Inbox{target: target, now: now, keys: keys, redactor: r.redactor}
}

// ServeHTTP keeps a notification and answers 200.
func (i *Inbox) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, notificationCap))
	if err != nil || request.Method != http.MethodPost {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	n := i.read(request, body)
	i.mu.Lock()
	defer i.mu.Unlock()
	n.Status = http.StatusOK
	if i.refuse && !slices.ContainsFunc(i.received, func(o *Notification) bool { return o.requestID == n.requestID }) {
		n.Status = http.StatusServiceUnavailable
	}
	if len(i.received) < inboxCap {
		i.received = append(i.received, n)
	}
	w.WriteHeader(n.Status)
}

func (i *Inbox) read(request *http.Request, body []byte) *Notification {
	h := request.Header
	component := doku.Component{
		ClientID: h.Get("Client-Id"), RequestID: h.Get("Request-Id"), Timestamp: h.Get("Request-Timestamp"),
	}
	n := &Notification{At: i.now().UTC(), stamp: component.Timestamp, requestID: component.RequestID}
	n.content = answer{header: h, body: body}
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.UseNumber()
	if decoder.Decode(&n.content.doc) != nil {
		n.content.doc = nil
	}
	path := request.URL.EscapedPath()
	n.content.signed = check(i.keys, h, component, body, "Request-Timestamp", i.target, path)
	n.Signed = n.content.signed.String()
	n.Request = i.redactor(h.Get("Signature")).message(Message{
		Method: request.Method, Path: path, Header: h.Clone(), Body: string(body),
	})
	return n
}

// forInvoice returns the rightly signed notifications of an invoice, in the order of their arrival. If none is rightly
// signed, it returns all notifications of the invoice.
func (i *Inbox) forInvoice(invoice string) []*Notification {
	if i == nil {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	var all, right []*Notification
	for _, n := range i.received {
		if n.content.text("order", "invoice_number") != invoice {
			continue
		}
		all = append(all, n)
		if n.content.signed.right {
			right = append(right, n)
		}
	}
	if len(right) > 0 {
		return right
	}
	return all
}

// distinct returns the notifications of an invoice without their retries.
func (i *Inbox) distinct(invoice string) []*Notification {
	var firsts []*Notification
	for _, n := range i.forInvoice(invoice) {
		if !slices.ContainsFunc(firsts, func(o *Notification) bool { return o.requestID == n.requestID }) {
			firsts = append(firsts, n)
		}
	}
	return firsts
}

func (i *Inbox) all() []*Notification {
	if i == nil {
		return nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.received)
}

// refuseFirst answers 503 to the first attempt at each notification, which makes DOKU repeat it.
func (i *Inbox) refuseFirst() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.refuse = true
}

func (i *Inbox) acceptAll() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.refuse = false
}
