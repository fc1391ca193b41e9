package payment

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// ErrCursor means that a cursor is not one of this list. It is of another filter or another version, or damaged.
var ErrCursor = errors.New("not a cursor of this list")

// cursorForm begins every cursor. It changes whenever the places of a list, or the meaning of a parameter, do.
const cursorForm = "1."

// cursorDigest is the number of bytes with which a cursor names its filter.
const cursorDigest = 12

// filterDigest identifies a filter: the parameters except for the page, and the customer whose orders are listed.
func filterDigest(parameters url.Values, customer string) string {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		if name != "limit" && name != "cursor" && name != "customer_id" {
			fmt.Fprintf(hash, "%s=%q\n", name, parameters.Get(name))
		}
	}
	fmt.Fprintf(hash, "customer %s", customer)
	return string(hash.Sum(nil)[:cursorDigest])
}

// encodeCursor returns the cursor of the places before last.
func encodeCursor(digest string, last Place) string {
	return cursorForm + base64.RawURLEncoding.EncodeToString([]byte(digest+string(last)))
}

// decodeCursor returns the place of a cursor of the filter.
func decodeCursor(cursor, digest string) (Place, error) {
	text, known := strings.CutPrefix(cursor, cursorForm)
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	last, ours := strings.CutPrefix(string(raw), digest)
	if !known || err != nil || !ours || !Place(last).valid() {
		return "", ErrCursor
	}
	return Place(last), nil
}
