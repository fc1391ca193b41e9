// Package clock is the clock of everything that runs on one machine. It stores how far it is ahead of the real time.
package clock

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// MaxAhead is how far the clock can be ahead. Sums of times then stay far from overflowing.
const MaxAhead = 10 * 365 * 24 * time.Hour

// Clock is safe for concurrent use.
type Clock struct {
	file  string
	ahead atomic.Int64
}

// fileContent is the content of a clock's file.
type fileContent struct {
	Ahead string `json:"ahead"`
}

// Open returns the clock that a file keeps, or the real one if there is no file. A clock without a file name is not
// kept.
func Open(file string) (*Clock, error) {
	c := &Clock{file: file}
	if file == "" {
		return c, nil
	}
	content, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the clock: %w", err)
	}
	var k fileContent
	err = json.Unmarshal(content, &k)
	ahead, wrong := time.ParseDuration(k.Ahead)
	if err != nil || wrong != nil || ahead < 0 || ahead > MaxAhead {
		return nil, fmt.Errorf(
			`%s does not hold how far the clock is ahead: write {"ahead":"168h"} into it, or remove it for the real time`,
			file)
	}
	c.ahead.Store(int64(ahead))
	return c, nil
}

// Now returns the time of this clock.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Ahead()) }

// Ahead returns how far this clock is ahead of the real one.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

// Set keeps the clock's new time ahead in its file, and then sets it. 0 is the real time.
func (c *Clock) Set(ahead time.Duration) error {
	if err := c.keep(ahead); err != nil {
		return fmt.Errorf("keeping the clock: %w", err)
	}
	c.ahead.Store(int64(ahead))
	return nil
}

// keep replaces the file in one step, so that a process that is killed leaves no partial file.
func (c *Clock) keep(ahead time.Duration) error {
	if c.file == "" {
		return nil
	}
	if ahead == 0 {
		if err := os.Remove(c.file); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	content, err := json.Marshal(fileContent{ahead.String()})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(c.file), 0o700); err != nil {
		return err
	}
	draft := c.file + ".new"
	if err := os.WriteFile(draft, append(content, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(draft, c.file)
}
