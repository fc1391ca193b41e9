package edge

import (
	"fmt"
	"strings"
	"unicode"

	"kasir/shared/jsonbody"
	"kasir/shared/order"
)

// CheckNote returns the violations of a note that an order cannot keep.
func CheckNote(note string, required bool) []jsonbody.Violation {
	switch {
	case required && strings.TrimSpace(note) == "":
		return []jsonbody.Violation{{Pointer: "/note",
			Detail: "is required: describe what you saw, for the people who read it later"}}
	case len(note) > order.MaxNote:
		return []jsonbody.Violation{{Pointer: "/note",
			Detail: fmt.Sprintf("has %d bytes; at most %d are kept", len(note), order.MaxNote)}}
	case strings.ContainsFunc(note, unprintable):
		return []jsonbody.Violation{{Pointer: "/note", Detail: "has control characters other than line breaks"}}
	}
	return nil
}

func unprintable(c rune) bool { return c != '\n' && unicode.IsControl(c) }
