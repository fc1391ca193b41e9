// Package events holds event files of every function. Its tests run each against the functions' binaries.
package events

import "embed"

// Files holds the event files of this folder. kasir events write makes its own of them.
//
//go:embed *.json
var Files embed.FS
