package main

import "regexp"

// controls matches the characters that a terminal obeys, except line breaks and tabs. It also matches the colours of
// paint.
var controls = regexp.MustCompile(`\x1b\[3[0-9]m|[\x00-\x08\x0b-\x1f\x7f\x{80}-\x{9f}]`)

// printable returns a text with a mark for each control character, because text of others, such as a code in an answer
// of DOKU, must not move the cursor of a terminal or rename its window. The colours of paint stay.
func printable(text []byte) []byte {
	return controls.ReplaceAllFunc(text, func(found []byte) []byte {
		if len(found) == len("\x1b[39m") {
			return found
		}
		return []byte("\uFFFD")
	})
}
