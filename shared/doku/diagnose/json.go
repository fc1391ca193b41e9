package diagnose

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

const (
	rewriteCap   = 256 << 10 // bytes of the largest body that is rewritten
	rewriteDepth = 64
)

// whitespace are the layouts of JSON that libraries write.
var whitespace = []struct {
	name, detail string
	layout       func(compact []byte) []byte
}{
	{"body compacted", "without whitespace, as JSON libraries write it", func(b []byte) []byte { return b }},
	{"body indented", "indented by two spaces", indentBy("  ")},
	{"body indented", "indented by four spaces", indentBy("    ")},
	{"body indented", "indented by tabs", indentBy("\t")},
	{"spaces in the body", "with a space after each colon and comma, as Python's json.dumps writes it", addSpaces},
	{"spaces in the body", "with a space after each colon", func(b []byte) []byte { return spread(b, ": ", ",") }},
}

func indentBy(by string) func([]byte) []byte {
	return func(compact []byte) []byte {
		var b bytes.Buffer
		if json.Indent(&b, compact, "", by) != nil {
			return compact
		}
		return b.Bytes()
	}
}

func addSpaces(compact []byte) []byte { return spread(compact, ": ", ", ") }

func spread(compact []byte, colon, comma string) []byte {
	return eachToken(compact, func(token string) string {
		switch token {
		case ":":
			return colon
		case ",":
			return comma
		}
		return token
	})
}

// jsonVariants returns the body parsed and written again in each combination of key order, spelling, layout and end.
func jsonVariants(from variant) []variant {
	body := from.body
	if len(body) > rewriteCap || !json.Valid(body) || depth(body) > rewriteDepth {
		return nil
	}
	orders := []variant{from}
	if sorted := sortKeys(compact(body)); !bytes.Equal(sorted, compact(body)) {
		orders = append(orders, from.withChange(sorted, "keys sorted", "with its keys in alphabetical order"))
	}
	var out []variant
	for _, order := range orders {
		spelled := []variant{order}
		for _, s := range spellings {
			spelled = append(spelled, order.withChange(respell(order.body, s.rune), s.name, s.detail))
		}
		for _, e := range slices.Clone(spelled) {
			spelled = append(spelled,
				e.withChange(renumber(e.body, shortNumber), "numbers written again",
					"with its numbers as short as they can be, such as 90000 for 90000.00"),
				e.withChange(renumber(e.body, floatNumber), "numbers written again",
					"with its whole numbers as 90000.0"))
		}
		for _, e := range distinct(spelled) {
			out = append(out, e)
			for _, w := range whitespace {
				laid := e.withChange(w.layout(compact(e.body)), w.name, w.detail)
				ended := append(slices.Clone(laid.body), '\n')
				out = append(out, laid, laid.withChange(ended, "line break at the end", "with a line break at its end"))
			}
		}
	}
	return out
}

// distinct drops the variants whose body occurred before.
func distinct(all []variant) []variant {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(e variant) bool {
		before := seen[string(e.body)]
		seen[string(e.body)] = true
		return before
	})
}

func compact(body []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, body) != nil {
		return body
	}
	return b.Bytes()
}

func depth(body []byte) int {
	deep, deepest := 0, 0
	eachToken(body, func(token string) string {
		switch token {
		case "{", "[":
			deep++
			deepest = max(deepest, deep)
		case "}", "]":
			deep--
		}
		return token
	})
	return deepest
}

// sortKeys sorts every object's members by name.
func sortKeys(compact []byte) []byte {
	if len(compact) < 2 || (compact[0] != '{' && compact[0] != '[') {
		return compact
	}
	members := split(compact[1 : len(compact)-1])
	for i, m := range members {
		if compact[0] == '[' {
			members[i] = string(sortKeys([]byte(m)))
			continue
		}
		end := stringEnd(m)
		members[i] = m[:end] + ":" + string(sortKeys([]byte(m[end+1:])))
	}
	if compact[0] == '{' {
		slices.SortStableFunc(members, func(a, b string) int {
			return strings.Compare(a[1:stringEnd(a)-1], b[1:stringEnd(b)-1])
		})
	}
	return []byte(string(compact[0]) + strings.Join(members, ",") + string(compact[len(compact)-1]))
}
