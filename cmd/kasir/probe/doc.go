// Package probe asks a merchant's own DOKU about each assumption of docs/doku.md, and derives the settings that fit the
// answers.
//
// It speaks plain HTTP and signs with shared/doku. It does not use shared/doku's client, because that client hides
// headers and bodies that the probe must see.
package probe
