package curl

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shellWords splits a pasted command as a POSIX shell does, with bash's $'…', which browsers write. What a shell
// would have to run or look up is an error: the values that were sent are needed.
func shellWords(text string) ([]string, error) {
	w := words{rest: strings.ReplaceAll(text, "\r\n", "\n")}
	for w.rest != "" {
		if err := w.step(); err != nil {
			return nil, err
		}
	}
	w.end()
	return w.all, nil
}

type words struct {
	rest    string
	all     []string
	word    strings.Builder
	started bool // also by empty quotes
}

func (w *words) take(n int) string {
	taken := w.rest[:n]
	w.rest = w.rest[n:]
	return taken
}

func (w *words) write(s string) { w.word.WriteString(s); w.started = true }

func (w *words) end() {
	if w.started {
		w.all = append(w.all, w.word.String())
		w.word.Reset()
		w.started = false
	}
}

func (w *words) step() error {
	switch {
	case strings.ContainsRune(" \t\n", rune(w.rest[0])):
		w.take(1)
		w.end()
	case w.rest[0] == '\\':
		w.backslash()
	case w.rest[0] == '\'':
		inside, after, closed := strings.Cut(w.rest[1:], "'")
		if !closed {
			return errors.New("a ' is never closed")
		}
		w.write(inside)
		w.rest = after
	case w.rest[0] == '"':
		w.take(1)
		return w.double()
	case strings.HasPrefix(w.rest, "$'"):
		w.take(2)
		return w.dollar()
	case strings.ContainsRune(";|&<>()", rune(w.rest[0])):
		return fmt.Errorf("it has a %q outside of quotes: paste the curl command alone, and put URLs with & in quotes", w.rest[:1])
	case w.rest[0] == '#' && !w.started:
		_, w.rest, _ = strings.Cut(w.rest, "\n")
	default:
		return w.literal()
	}
	return nil
}

// backslash takes the next character as it is; a line's end after it joins two lines.
func (w *words) backslash() {
	w.take(1)
	if w.rest == "" {
		return
	}
	_, size := utf8.DecodeRuneInString(w.rest)
	if next := w.take(size); next != "\n" {
		w.write(next)
	}
}

var variable = regexp.MustCompile("^(`|\\$[A-Za-z0-9_{(@*#?$!-])")

// literal takes one character that stands for itself, unless a shell would put something in its place.
func (w *words) literal() error {
	if variable.MatchString(w.rest) { // what follows is not told: it may be a key
		return fmt.Errorf("a shell would put something in the place of a %q: paste the command with the values that were sent (curl -v shows them)", w.rest[:1])
	}
	_, size := utf8.DecodeRuneInString(w.rest)
	w.write(w.take(size))
	return nil
}

// double reads what stands in double quotes.
func (w *words) double() error {
	w.started = true
	for w.rest != "" {
		switch {
		case w.rest[0] == '"':
			w.take(1)
			return nil
		case w.rest[0] == '\\' && len(w.rest) > 1 && strings.ContainsRune("\\\"$`\n", rune(w.rest[1])):
			if taken := w.take(2); taken[1] != '\n' {
				w.write(taken[1:])
			}
		default:
			if err := w.literal(); err != nil {
				return err
			}
		}
	}
	return errors.New(`a " is never closed`)
}

// dollar reads what stands in $'…', with the escapes of C.
func (w *words) dollar() error {
	w.started = true
	for w.rest != "" {
		switch {
		case w.rest[0] == '\'':
			w.take(1)
			return nil
		case w.rest[0] == '\\' && len(w.rest) > 1:
			w.take(1)
			w.escape()
		default:
			w.write(w.take(1))
		}
	}
	return errors.New("a $' is never closed")
}

var plainEscapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 'a': "\a", 'b': "\b", 'f': "\f", 'v': "\v", 'e': "\x1b", 'E': "\x1b"}

func (w *words) escape() {
	c := w.take(1)[0]
	digits := func(most int, set string) string {
		n := 0
		for n < len(w.rest) && n < most && strings.IndexByte(set, w.rest[n]) >= 0 {
			n++
		}
		return w.take(n)
	}
	const hexadecimal = "0123456789abcdefABCDEF"
	switch {
	case plainEscapes[c] != "":
		w.write(plainEscapes[c])
	case c == 'x' || c == 'u' || c == 'U':
		number := digits(map[byte]int{'x': 2, 'u': 4, 'U': 8}[c], hexadecimal)
		n, err := strconv.ParseUint(number, 16, 32)
		switch {
		case err != nil:
			w.write(`\` + string(c))
		case c == 'x':
			w.write(string([]byte{byte(n)}))
		default:
			w.write(string(rune(n)))
		}
	case c >= '0' && c <= '7':
		n, _ := strconv.ParseUint(string(c)+digits(2, "01234567"), 8, 16)
		w.write(string([]byte{byte(n)}))
	case strings.IndexByte(`\'"?`, c) >= 0:
		w.write(string(c))
	default:
		w.write(`\` + string([]byte{c}))
	}
}
