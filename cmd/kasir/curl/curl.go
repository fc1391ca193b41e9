// Package curl reads HTTP messages in the forms that engineers paste: curl commands, and headers from logs.
package curl

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
)

// Message is one HTTP message, read from a curl command or from written headers.
type Message struct {
	Method  string // empty if it is unknown
	Address string // path or URL; empty if it is unknown
	Header  http.Header
	Body    []byte // raw bytes
}

// Options of curl that change nothing in the signed parts of a message. switches stand alone, skippedOptions have a
// value to skip, shortOptions are the long forms of single letters.
var (
	switches = strings.Fields("--silent --show-error --include --insecure --location --verbose --compressed --fail " +
		"--fail-with-body --globoff --http1.0 --http1.1 --http2 --http2-prior-knowledge --http3 --ipv4 --ipv6 " +
		"--no-buffer --no-keepalive --progress-bar --path-as-is --tlsv1.2 --tlsv1.3 --remote-name --no-progress-meter")
	skippedOptions = strings.Fields("--output --user-agent --cookie --cookie-jar --referer --max-time " +
		"--connect-timeout --proxy --cacert --cert --key --write-out --retry --retry-delay --resolve --connect-to " +
		"--dump-header --limit-rate --trace --trace-ascii --interface --stderr --ciphers")
	shortOptions = map[byte]string{
		's': "--silent", 'S': "--show-error", 'i': "--include", 'k': "--insecure", 'L': "--location", 'v': "--verbose",
		'f': "--fail", 'g': "--globoff", '0': "--http1.0", '4': "--ipv4", '6': "--ipv6", 'N': "--no-buffer",
		'#': "--progress-bar", 'O': "--remote-name", 'o': "--output", 'A': "--user-agent", 'b': "--cookie",
		'c': "--cookie-jar", 'e': "--referer", 'm': "--max-time", 'x': "--proxy", 'E': "--cert", 'w': "--write-out",
		'D': "--dump-header", 'H': "--header", 'd': "--data", 'X': "--request", 'I': "--head",
	}
)

// command is the request of a curl command, built up word by word.
type command struct {
	Message
	data    [][]byte
	hasData bool // an option for data was given; the data may be empty
	read    func(name string) ([]byte, error)
}

// Parse reads a pasted curl command. read opens the files that --data @file names.
func Parse(text string, read func(name string) ([]byte, error)) (Message, error) {
	all, err := shellWords(strings.TrimPrefix(strings.TrimSpace(text), "$ "))
	if err != nil {
		return Message{}, err
	}
	if len(all) == 0 || path.Base(all[0]) != "curl" {
		return Message{}, errors.New("it does not begin with curl")
	}
	c := command{Message: Message{Header: http.Header{}}, read: read}
	all = all[1:]
	for len(all) > 0 {
		var used int
		if used, err = c.option(all); err != nil {
			return Message{}, err
		}
		all = all[used:]
	}
	if c.Address == "" {
		return Message{}, errors.New("it has no URL")
	}
	c.Body = bytes.Join(c.data, []byte("&")) // curl joins several options for data so
	if c.Method == "" {
		c.Method = http.MethodGet
		if c.hasData {
			c.Method = http.MethodPost
		}
	}
	return c.Message, nil
}

// option reads one option and its value, if it has one. It returns the number of words it used.
func (c *command) option(all []string) (int, error) {
	word := all[0]
	switch {
	case word == "--":
		return 1, nil
	case !strings.HasPrefix(word, "-") || word == "-":
		return 1, c.setURL(word)
	case strings.HasPrefix(word, "--"):
		if slices.Contains(switches, word) {
			return 1, nil
		}
		if word == "--head" {
			c.Method = http.MethodHead
			return 1, nil
		}
		if len(all) < 2 {
			return 0, fmt.Errorf("%s is not followed by a value, or not known here", printable(word))
		}
		return 2, c.optionWithValue(word, all[1])
	}
	for i := 1; i < len(word); i++ { // several letters in one word, such as -sSi or -XPOST
		long := shortOptions[word[i]]
		switch {
		case long == "":
			return 0, unknownOption("-" + printable(word[i:i+1]))
		case slices.Contains(switches, long):
		case long == "--head":
			c.Method = http.MethodHead
		case i+1 < len(word):
			return 1, c.optionWithValue(long, word[i+1:])
		case len(all) < 2:
			return 0, fmt.Errorf("-%s is not followed by a value", word[i:])
		default:
			return 2, c.optionWithValue(long, all[1])
		}
	}
	return 1, nil
}

func (c *command) optionWithValue(option, value string) error {
	switch option {
	case "--url":
		return c.setURL(value)
	case "--request":
		c.Method = value
	case "--header":
		return c.addHeader(value)
	case "--json":
		return c.addData(option, value, false)
	case "--data", "--data-ascii":
		return c.addData(option, value, true)
	case "--data-binary":
		return c.addData(option, value, false)
	case "--data-raw":
		c.data, c.hasData = append(c.data, []byte(value)), true
	default:
		if !slices.Contains(skippedOptions, option) {
			return unknownOption(printable(option))
		}
	}
	return nil
}

func unknownOption(name string) error {
	return fmt.Errorf("the option %s is not known here: leave it out if it changes neither headers nor body", name)
}

func (c *command) setURL(address string) error {
	if c.Address != "" {
		return errors.New("it has two URLs, or a value that is not in quotes")
	}
	c.Address = address
	return nil
}
