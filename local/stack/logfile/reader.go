package logfile

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// pollEvery is how often a reader that follows looks for new lines.
const pollEvery = 200 * time.Millisecond

// Read calls each for every line, the oldest first. With follow it then waits for more until ctx is done, which is not
// an error. If there is no file and it does not follow, the error is fs.ErrNotExist.
func Read(ctx context.Context, path string, follow bool, each func(function string, object []byte) error) error {
	if err := readWhole(previous(path), each); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for {
		file, err := os.Open(path)
		switch {
		case err == nil:
			if err := readOpen(ctx, file, path, follow, each); err != nil || !follow {
				return err
			}
		case !follow || !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("reading the log: %w", err)
		}
		if !pause(ctx) {
			return nil
		}
	}
}

func readWhole(path string, each func(string, []byte) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return readOpen(context.Background(), file, path, false, each)
}

// readOpen reads a file to its end. With follow it reads until another file has replaced it and all lines were read.
func readOpen(ctx context.Context, file *os.File, path string, follow bool, each func(string, []byte) error) error {
	defer file.Close()
	lines, partial := bufio.NewReader(file), []byte(nil)
	for last := false; ; {
		text, err := lines.ReadBytes('\n')
		partial = append(partial, text...)
		switch {
		case err == nil:
			if function, object, ok := cut(partial); ok {
				if err := each(string(function), object); err != nil {
					return err
				}
			}
			partial = nil
		case !errors.Is(err, io.EOF):
			return fmt.Errorf("reading the log: %w", err)
		case !follow || last:
			return nil
		default: // a line may have been written before the file was replaced: one more round
			last = replaced(file, path)
			if !last && !pause(ctx) {
				return nil
			}
		}
	}
}

// replaced reports whether the path now has another file.
func replaced(file *os.File, path string) bool {
	mine, err := file.Stat()
	if err != nil {
		return true
	}
	now, err := os.Stat(path)
	return err == nil && !os.SameFile(mine, now)
}

// pause waits for pollEvery. It reports whether ctx is still not done.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pollEvery):
		return true
	}
}
