package probe

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
)

type object = map[string]any

// pageBody returns the smallest body of create page that the guide allows, with the fields of more added.
func (r *run) pageBody(invoice string, amount int64, more object) object {
	body := object{
		"order":    object{"invoice_number": invoice, "amount": amount},
		"customer": object{"name": "Kasir Probe", "email": "kasir-probe@example.com"},
	}
	if r.cfg.NotificationURL != "" {
		body["additional_info"] = object{"override_notification_url": r.cfg.NotificationURL}
	}
	for name, value := range more {
		if inner, ok := body[name].(object); ok {
			maps.Copy(inner, value.(object))
			continue
		}
		body[name] = value
	}
	return body
}

func refundBody(s probePage, amount int64) object {
	return object{
		"order": object{"invoice_number": s.invoice}, "payment": object{"original_request_id": s.requestID},
		"refund": object{"amount": amount},
	}
}

func captureBody(authorizeID string, amount int64) object {
	return object{"payment": object{"authorize_id": authorizeID, "capture_amount": amount}}
}

// requestPage asks for a page.
func (r *run) requestPage(ctx context.Context, step string, more object) probePage {
	s := probePage{invoice: r.invoice(), requestID: r.id()}
	body := r.pageBody(s.invoice, r.cfg.Amount, more)
	s.body, _ = json.Marshal(body)
	r.post(ctx, step, createPage, s.requestID, body)
	return s
}

// askSamples asks for a page with every field on which DOKU's table and samples disagree.
func (r *run) askSamples(ctx context.Context) {
	r.requestPage(ctx, "samples", object{
		"order": object{
			"session_id": "KASIRPROBE1", "auto_redirect": true, "callback_url": "https://example.com/thanks",
		},
		"customer": object{"phone": "+6281122334455"},
		"payment":  object{"type": "AUTHORIZE", "auto_capture": true},
		"override_configuration": object{"themes": object{
			"language": "EN", "background_color": "", "font_color": "",
			"button_background_color": "", "button_font_color": "",
		}},
	})
}

// askTwiceAtOnce sends one create call twice at the same moment. It keeps the answers under the step's name and under
// that name with "second".
func (r *run) askTwiceAtOnce(ctx context.Context) {
	body, _ := json.Marshal(r.pageBody(r.invoice(), r.cfg.Amount, nil))
	c := call{
		step: "two-at-once", method: http.MethodPost, path: r.paths[createPage], requestID: r.id(),
		endpoint: createPage,
		body:     body,
	}
	var both sync.WaitGroup
	for _, name := range []string{"two-at-once", "two-at-once second"} {
		named := c
		named.step = name
		both.Go(func() { r.send(ctx, named) })
	}
	both.Wait()
}

// askTokens lists the saved cards of a customer who does not exist. The body is the one that the path takes.
func (r *run) askTokens(ctx context.Context) {
	customer := "kasir-probe-" + r.id()[:12]
	ask := func(path string) *Exchange {
		body := object{"customer": object{"id": customer}, "channel": object{"id": "CREDIT_CARD"}}
		if strings.HasPrefix(path, "/tokenization/v1/") {
			body = object{"customer": object{"id": customer}, "token_data": object{"type": "CREDIT_CARD"}}
		}
		return r.sendBody(ctx, "list-tokens", listTokens, path, body)
	}
	r.tryOtherPaths(ask(r.paths[listTokens]), ask)
}

// askDeletion deletes a saved card that does not exist. The body is the one that the path takes.
func (r *run) askDeletion(ctx context.Context) {
	token, customer := r.id(), "kasir-probe-"+r.id()[:12]
	ask := func(path string) *Exchange {
		body := object{"token_id": token, "customer_id": customer}
		if strings.HasPrefix(path, "/tokenization/") {
			body = object{"token": object{"id": token}}
		}
		return r.sendBody(ctx, "delete-token", deleteToken, path, body)
	}
	r.tryOtherPaths(ask(r.paths[deleteToken]), ask)
}

func (r *run) sendBody(ctx context.Context, step string, e endpoint, path string, body object) *Exchange {
	encoded, _ := json.Marshal(body)
	return r.send(
		ctx,
		call{step: step, method: http.MethodPost, path: path, requestID: r.id(), endpoint: e, body: encoded},
	)
}
