// Package spreadsheet writes texts that spreadsheets do not take for formulas.
package spreadsheet

import "strings"

// Text returns a text for a cell. A spreadsheet takes a text that begins with one of these characters for a formula, so
// it gets an apostrophe in front.
func Text(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
