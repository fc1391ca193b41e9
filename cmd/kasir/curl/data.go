package curl

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

func (c *command) addHeader(value string) error {
	if strings.HasPrefix(value, "@") {
		return errors.New("headers from a file (-H @file) are not read here: give the file with --headers")
	}
	name, content, ok := strings.Cut(value, ":")
	if !ok {
		name, _, ok = strings.Cut(value, ";") // curl's form of an empty header
		if !ok {
			return errors.New("a value of -H has no colon")
		}
	} else if strings.TrimSpace(content) == "" {
		return nil // curl sends no such header
	}
	c.Header.Add(strings.TrimSpace(name), strings.TrimSpace(content))
	return nil
}

// addData adds data to the body. With strip it removes line breaks from data that comes from a file, as --data does.
func (c *command) addData(option, value string, strip bool) error {
	c.hasData = true
	name, file := strings.CutPrefix(value, "@")
	if !file {
		c.data = append(c.data, []byte(value))
		return nil
	}
	content, err := c.read(name)
	if err != nil {
		return fmt.Errorf("%s @%s: %w", option, printable(name), err)
	}
	if strip {
		content = []byte(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(content)))
	}
	c.data = append(c.data, content)
	return nil
}

// ReadBelow reads a file of the working directory or below it. A pasted command must not reach other files.
func ReadBelow(name string) ([]byte, error) {
	if name == "-" {
		return nil, errors.New("standard input of the pasted command is not known here")
	}
	root, err := os.OpenRoot(".")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	content, err := root.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("only files in the working directory and below are read: %w", err)
	}
	return content, nil
}

// printable returns a word of the command in a form that fits into an error on one line.
func printable(word string) string {
	if len(word) > 40 {
		word = word[:40] + "…"
	}
	return strings.Trim(fmt.Sprintf("%q", word), `"`)
}
