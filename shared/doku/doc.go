// Package doku speaks DOKU's API for card payments on its hosted payment page (non-SNAP): it signs
// requests, calls, checks the signature of answers, and verifies and reads notifications.
//
// It stands alone: nothing of it depends on the rest of kasir, so any Go program can use it as a client.
// Every call ends in exactly one of three outcomes. A nil error is done: DOKU did it. A *[Error] is a
// refusal. Anything that matches [ErrUnknown] is neither: DOKU may or may not have done it, and the only safe
// next step is to send the same request again under the same Request-Id.
//
// Amounts are whole rupiah. Field names and rules are those of DOKU's guide "Payment Page Integration
// Guide" (Accept Payment › Direct API › Non-SNAP › Cards), called "the guide" in this package.
package doku
