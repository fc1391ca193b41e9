// Package events holds event files for every function. Its tests run the function binaries with each of them.
package events

import "embed"

// Files holds the event files of this folder. The command kasir events write makes its event files from them.
//
//go:embed *.json
var Files embed.FS
