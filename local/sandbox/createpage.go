package sandbox

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"time"

	"kasir/local/sandbox/validate"
)

// createAnswer is the guide's "sample of response body".
type createAnswer struct {
	Order struct {
		InvoiceNumber string              `json:"invoice_number"`
		LineItems     []validate.LineItem `json:"line_items,omitempty"`
		SessionID     json.RawMessage     `json:"session_id"`
	} `json:"order"`
	Page struct {
		URL string `json:"url"`
	} `json:"credit_card_payment_page"`
	AdditionalInfo json.RawMessage `json:"additional_info,omitempty"`
}

// createPage opens a payment page. Nobody documents a second page for one invoice under another Request-Id. Here it is
// allowed while the invoice is unpaid, since a customer may come back. It is refused once the invoice is paid or
// authorised.
func createPage(s *Server, c call) (any, *apiError) {
	body, err := validate.CreatePage(c.body, s.notificationPath())
	if err != nil {
		return nil, invalidParameter(err.Error())
	}
	if s.book.paidPage(body.Order.InvoiceNumber) != nil {
		return nil, duplicate("order.invoice_number was paid already")
	}
	p := &page{
		id:        rand.Text(),
		requestID: c.requestID,
		body:      body,
		sessionID: body.Order.SessionID,
		createdAt: s.now(),
		expiresAt: s.now().Add(s.pageLifetime(c.invoice)),
	}
	if p.sessionID == nil {
		p.sessionID = encode(randomDigits(10))
	}
	p.url = s.pageURL(c.base, p)
	s.book.addPage(p)
	return p.answer(), nil
}

// pageLifetime returns how long a new page of an order can be paid. s.mu must be held.
func (s *Server) pageLifetime(invoice string) time.Duration {
	return cmp.Or(time.Duration(s.injector.For(invoice).PageLifetime), s.cfg.PageLifetime)
}

// notificationPath returns the path that an overriding notification URL must have, "" for any.
func (s *Server) notificationPath() string {
	if s.cfg.NotificationURL != "" {
		return validate.URLPath(s.cfg.NotificationURL)
	}
	return s.cfg.NotificationTarget
}

// pageURL returns a URL with the same query as DOKU's. Opening the page uses only the id in the path.
func (s *Server) pageURL(base string, p *page) string {
	covered := signatureParts{s.cfg.ClientID, p.requestID, "Request-Timestamp", stamp(p.createdAt), "/pay/" + p.id, ""}
	signature := base64.StdEncoding.EncodeToString([]byte(covered.sign(s.secretKey())))
	return base + "/pay/" + p.id + "?signature=" + url.QueryEscape(signature) +
		"&clientId=" + url.QueryEscape(s.cfg.ClientID) +
		"&invoiceNumber=" + url.QueryEscape(p.body.Order.InvoiceNumber) +
		"&requestId=" + url.QueryEscape(p.requestID)
}

func (p *page) answer() createAnswer {
	var a createAnswer
	a.Order.InvoiceNumber = p.body.Order.InvoiceNumber
	a.Order.LineItems = p.body.Order.LineItems
	a.Order.SessionID = p.sessionID
	a.Page.URL = p.url
	a.AdditionalInfo = p.body.RawAdditionalInfo
	return a
}
