package simulation

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Errors of net/http without an answer.
var (
	errDial = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	errName = &net.OpError{Op: "dial", Net: "tcp",
		Err: &net.DNSError{Err: "no such host", Name: "api-sandbox.doku.com", IsNotFound: true}}
	errTLS   = errors.New("net/http: TLS handshake timeout")
	errReset = &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
)

// headerCodes are DOKU's error codes for a request that it rejects without reading it.
var headerCodes = []string{"invalid_signature", "invalid_client_id", "invalid_header_request",
	"request_time_out_of_range"}

func (p *passage) is(name string) bool { return p.fault != nil && p.fault.name == name }

// passage draws the passage of a request: first the port's fate, otherwise a fault of a class.
func (d *DOKU) passage(s *dokuRequest) *passage {
	w := d.w
	p := &passage{conns: 1, fate: w.fateOf(s.at)}
	if w.schedule.Jam && s.call == "refund" { // the outcome of a jam's refund stays unknown
		p.lost, p.err = true, errReset
	}
	switch p.fate {
	case fine:
	case killBefore, killAfter:
		return p
	case failBefore:
		d.failUnreachable(s, p)
		return p
	case failLate:
		p.late = time.Duration(w.dice.IntN(40_000)) * time.Millisecond
		return p
	case failAfter:
		p.alter = func(*reply) *reply { return d.answer(s, 500, `{"error":"Internal Server Error"}`) }
		return p
	case refuse:
		p.refuse = s.at != dokuRead
		return p
	case unprocessed:
		p.turn = headerCodes[w.dice.IntN(len(headerCodes))]
		return p
	}
	if since := w.now.Sub(epoch); since > 2*time.Minute && since < w.schedule.keyUntil {
		p.turn = "invalid_signature"
		return p
	}
	if p.fault = w.strike(s.at, s); p.fault != nil && p.fault.do != nil {
		p.fault.do(d, s, p)
	}
	return p
}

// failUnreachable makes DOKU, or the way to it, unreachable for a request.
func (d *DOKU) failUnreachable(s *dokuRequest, p *passage) {
	p.lost = true
	switch n := d.w.dice.IntN(3); {
	case n == 0, d.w.schedule.deaf && d.w.down():
		p.failUnsent(errDial)
	case n == 1:
		p.err = errReset
	default:
		p.alter = func(*reply) *reply {
			return &reply{status: 503, kind: "text/html",
				body: []byte("<html><body>503 Service Unavailable</body></html>"), sign: unsigned}
		}
	}
}

// failUnsent fails a request before there is a connection.
func (p *passage) failUnsent(err error) { p.conns, p.lost, p.err, p.clean = 0, true, err, true }

var dokuPorts = []port{dokuPage, dokuAsk, dokuRead}

// wireFaults lists the faults of load balancers, gateways, proxies, DNS and TLS.
func wireFaults() []fault {
	var all []fault
	add := func(c Class, at []port, name string, do func(d *DOKU, s *dokuRequest, p *passage)) {
		for _, on := range at {
			all = append(all, fault{name: name, class: c, on: on, do: do})
		}
	}
	noAnswerFaults(add)
	betweenFaults(add)
	posts := dokuPorts[:2]
	add(LateArrival, posts, "late", func(d *DOKU, s *dokuRequest, p *passage) {
		w := d.w
		trust := w.service.TrustWindow
		p.late = pick(w, 20*time.Second, 2*time.Minute, 6*time.Minute, 20*time.Minute, trust-time.Minute,
			trust+10*time.Minute, 3*time.Hour)
		p.late = max(p.late, time.Second) + time.Duration(w.dice.IntN(9000))*time.Millisecond
		if p.err = context.DeadlineExceeded; w.chance(500) {
			p.err, p.alter = nil, func(*reply) *reply { return gatewayTimeout() }
		} else {
			p.slow = s.limit
		}
	})
	add(DeliveredTwice, posts, "deliver_twice", func(d *DOKU, _ *dokuRequest, p *passage) { p.copies = 1 })
	add(DeliveredTwice, posts, "deliver_twice_later", func(d *DOKU, s *dokuRequest, p *passage) {
		again := *p
		again.fault = nil
		// The copy arrives after the first.
		d.arriveLater(dokuTimeout+pick(d.w, time.Second, 3*time.Minute, 40*time.Minute), s, &again, false)
	})
	return all
}

func noAnswerFaults(add func(c Class, at []port, name string, do func(d *DOKU, s *dokuRequest, p *passage))) {
	add(NoAnswer, dokuPorts, "dial_failed", func(_ *DOKU, _ *dokuRequest, p *passage) { p.failUnsent(errDial) })
	add(NoAnswer, dokuPorts, "name_unknown", func(_ *DOKU, _ *dokuRequest, p *passage) { p.failUnsent(errName) })
	add(NoAnswer, dokuPorts, "tls_failed", func(_ *DOKU, _ *dokuRequest, p *passage) { p.failUnsent(errTLS) })
	add(NoAnswer, dokuPorts, "reset_before", func(_ *DOKU, _ *dokuRequest, p *passage) {
		p.lost, p.err = true, errReset
	})
	add(NoAnswer, dokuPorts, "reset_after", func(_ *DOKU, _ *dokuRequest, p *passage) { p.err = io.EOF })
	add(NoAnswer, dokuPorts, "time_out_before", func(_ *DOKU, s *dokuRequest, p *passage) {
		p.lost, p.slow = true, s.limit+time.Second
	})
	add(NoAnswer, dokuPorts, "time_out_after", func(_ *DOKU, s *dokuRequest, p *passage) {
		p.slow = s.limit + time.Second
	})
	add(NoAnswer, dokuPorts, "half_answer", func(_ *DOKU, _ *dokuRequest, p *passage) { p.half = true })
	add(NoAnswer, dokuPorts, "resent_by_transport", func(_ *DOKU, _ *dokuRequest, p *passage) {
		p.conns, p.copies = 2, 1
	})
	add(NoAnswer, dokuPorts, "resent_then_dial_failed", func(_ *DOKU, _ *dokuRequest, p *passage) { p.err = errDial })
}

func betweenFaults(add func(c Class, at []port, name string, do func(d *DOKU, s *dokuRequest, p *passage))) {
	add(ForeignAnswer, dokuPorts, "foreign_before", func(d *DOKU, s *dokuRequest, p *passage) {
		p.lost, p.alter = true, d.drawForeignAnswer(s)
	})
	add(ForeignAnswer, dokuPorts, "foreign_after", func(d *DOKU, s *dokuRequest, p *passage) {
		p.alter = d.drawForeignAnswer(s)
	})
	add(ForeignBody, dokuPorts, "foreign_body_before", func(d *DOKU, s *dokuRequest, p *passage) {
		p.lost, p.alter = true, d.drawForeignBody(s)
	})
	add(ForeignBody, dokuPorts, "foreign_body_after", func(d *DOKU, s *dokuRequest, p *passage) {
		p.alter = d.drawForeignBody(s)
	})
	add(ForeignBody, dokuPorts, "mangled", func(d *DOKU, _ *dokuRequest, p *passage) { p.alter = d.mangle })
	add(WrongSignature, dokuPorts[1:2], "forged_refusal", func(d *DOKU, s *dokuRequest, p *passage) {
		p.alter = func(*reply) *reply {
			a := d.refusal(s, 400, "REFUSED", "forged")
			a.sign = pick(d.w, wrong, overOtherBody)
			return a
		}
	})
	add(WrongSignature, dokuPorts[1:2], "forged_success", func(d *DOKU, s *dokuRequest, p *passage) {
		p.lost = true
		p.alter = func(*reply) *reply {
			body := s.result("SUCCESS", "00", "", s.amount(), "PARTIAL_REFUND")
			return &reply{status: 200, body: body, sign: pick(d.w, wrong, overOtherBody)}
		}
	})
	for _, s := range []struct {
		name string
		sign signature
	}{
		{"unsigned", unsigned}, {"bare_signature", bare}, {"wrong_signature", wrong}, {"signed_elsewhere",
			overOtherBody},
	} {
		add(WrongSignature, dokuPorts, s.name, func(d *DOKU, to *dokuRequest, p *passage) {
			if to.at == dokuAsk && d.w.chance(300) { // a refusal may be badly signed too
				p.refuse = true
			}
			p.alter = func(a *reply) *reply {
				again := *a
				again.sign = s.sign
				return &again
			}
		})
	}
}

// dokuFaults lists DOKU's own faults.
func dokuFaults() []fault {
	var all []fault
	add := func(c Class, at []port, name string, when func(d *DOKU, s *dokuRequest) bool,
		do func(d *DOKU, s *dokuRequest, p *passage)) {
		for _, on := range at {
			all = append(all, fault{name: name, class: c, on: on, when: when, do: do})
		}
	}
	posts, money, gets := dokuPorts[:2], dokuPorts[1:2], dokuPorts[2:]
	known := func(d *DOKU, s *dokuRequest) bool { return d.memories[s.requestID] != nil }
	done := func(d *DOKU, s *dokuRequest) bool { return known(d, s) && !d.memories[s.requestID].answer.refused }
	fresh := func(d *DOKU, s *dokuRequest) bool { return !known(d, s) }
	inDoubt := func(d *DOKU, s *dokuRequest) bool { return d.w.doubts[s.requestID].n > 1 }
	add(WrongSignature, money, "unsigned_success", inDoubt, func(_ *DOKU, s *dokuRequest, p *passage) {
		p.lost = true
		p.alter = func(*reply) *reply {
			return &reply{status: 200, body: s.result("SUCCESS", "00", "", s.amount(), "PARTIAL_REFUND"),
				sign: unsigned}
		}
	})
	add(ShortMemory, posts, "idempotent_request", known, nil)
	add(RefusedRepeat, posts, "refuse_repeat", done, nil)
	add(FailedOrPending, money, "failed_under_200", fresh, nil)
	add(FailedOrPending, money, "pending_first", fresh, nil)
	for _, name := range []string{"status_lag", "status_not_found", "status_other_order", "status_no_resource"} {
		add(CheckStatus, gets, name, nil, nil)
	}
	add(WrongAnswer, posts, "wrong_amount", nil, nil)
	add(WrongAnswer, posts, "wrong_invoice", nil, nil)
	add(WrongAnswer, dokuPorts[:1], "bad_page_url", nil, nil)
	add(WrongAnswer, money, "void_of_part", func(d *DOKU, s *dokuRequest) bool {
		l := d.ledgers[s.invoice]
		return s.call == "refund" && l != nil && s.amount() < min(l.taken(), d.w.store.peek(s.invoice).Captured())
	}, nil)
	add(WrongAnswer, money, "list_messages", nil, func(d *DOKU, _ *dokuRequest, p *passage) {
		p.refuse = d.w.chance(500)
	})
	add(WrongAnswer, dokuPorts, "retry_after", nil, func(d *DOKU, s *dokuRequest, p *passage) {
		p.lost = d.w.chance(500)
		p.alter = func(*reply) *reply {
			a := d.tooMany(s, pick(d.w, "120", "86400", "Wed, 21 Oct 2139 07:28:00 GMT"))
			if !p.lost { // something between answers after DOKU has carried it out
				a.sign = unsigned
			}
			return a
		}
	})
	add(DOKUDown, dokuPorts, "slow", nil, func(d *DOKU, s *dokuRequest, p *passage) {
		p.slow = min(s.limit, time.Duration(15_000+d.w.dice.IntN(4900))*time.Millisecond)
	})
	add(DOKUDown, dokuPorts, "rate_limited", nil, func(d *DOKU, s *dokuRequest, p *passage) {
		p.lost, p.alter = true, func(*reply) *reply { return d.tooMany(s, "1") }
	})
	add(Settings, dokuPorts, "wrong_client", nil, func(d *DOKU, _ *dokuRequest, p *passage) {
		p.turn = pick(d.w, "invalid_client_id", "invalid_signature")
	})
	return all
}

func (d *DOKU) tooMany(s *dokuRequest, after string) *reply {
	a := d.refusal(s, pick(d.w, 429, 429, 503), "too_many_requests", "simulated")
	a.retryAfter = after
	return a
}
