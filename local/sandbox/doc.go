// Package sandbox stands for DOKU: its card API, its hosted payment page and its notifications, as one stateful HTTP
// server in memory.
//
// It imports nothing of kasir. It has its own signatures, its own rules for bodies and its own JSON types, so that a
// mistake in kasir's client cannot be cancelled out by the same mistake here. README.md beside this file says how to
// point code in any language at it, and what DOKU does that it does not.
package sandbox
