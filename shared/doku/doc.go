// Package doku is a client of DOKU's API for card payments on its hosted payment page (non-SNAP). It signs and sends
// requests, checks the signatures of answers, and verifies and reads notifications.
//
// The package does not depend on the rest of kasir, so any Go program can use it. Every call has exactly one of three
// outcomes. A nil error is done: DOKU carried out the request. A *[Error] is a refusal. An error that matches
// [ErrUnknown] is neither: DOKU may or may not have carried out the request, and the only safe next step is to send the
// same request again under the same Request-Id.
//
// Amounts are whole rupiah. Field names and rules are those of DOKU's "Payment Page Integration Guide" (Accept Payment
// › Direct API › Non-SNAP › Cards), called "the guide" in this package.
package doku
