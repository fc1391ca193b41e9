// Package sandbox stands for DOKU: its card API, its hosted payment page and its notifications, as one stateful HTTP
// server in memory.
//
// It imports nothing of kasir outside this folder. It has its own signatures, rules for bodies and JSON types.
// Therefore a mistake in kasir's client cannot cancel out with the same mistake here. README.md beside this file
// describes the use from any language, and lists the behaviour of DOKU that is missing here.
package sandbox
