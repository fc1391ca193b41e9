package eventbridge

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// file keeps the events of a bus, one on each line. A nil file keeps nothing.
type file struct {
	name  string
	to    *os.File
	lines int
}

// Open returns a server that keeps its events in a file, also over a restart. An empty name keeps them in memory. The
// last line of a process that was killed may be cut. It is dropped, because its sender got no answer.
func Open(name string) (*Server, error) {
	s := &Server{}
	if name == "" {
		return s, nil
	}
	content, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the kept events: %w", err)
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	for i, line := range lines {
		var k Kept
		if !bytes.HasSuffix(line, []byte("\n")) { // the end, or a line that was cut
			break
		}
		if err := json.Unmarshal(line, &k); err != nil || k.Place <= s.last {
			return nil, fmt.Errorf("line %d of %s is not an event after those before it: remove the line, or the file "+
				"to forget all its events", i+1, name)
		}
		s.last = k.Place
		if k.Entry != (Entry{}) {
			s.kept = append(s.kept, k)
		}
	}
	s.kept = s.kept[max(0, len(s.kept)-Limit):]
	s.file = &file{name: name}
	return s, s.file.replace(s.kept, s.last)
}

// Close closes the file. Nothing can be put after it.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	return s.file.to.Close()
}

// add writes an event. A file that has grown to twice the limit is replaced by one with the kept events.
func (f *file) add(k Kept, kept []Kept) error {
	if f == nil {
		return nil
	}
	if f.lines >= 2*Limit {
		return f.replace(kept, k.Place)
	}
	line, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if _, err := f.to.Write(append(line, '\n')); err != nil {
		f.lines = 2 * Limit // the next event replaces the file, in which half a line may be
		return fmt.Errorf("keeping the event: %w", err)
	}
	f.lines++
	return nil
}

// replace replaces the file in one step, for its owner alone. Without events it keeps the place of the last one, so
// that later ones have later places also after a restart.
func (f *file) replace(kept []Kept, last int64) error {
	if f == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(f.name), 0o700); err != nil {
		return fmt.Errorf("keeping the events: %w", err)
	}
	draft, err := os.OpenFile(f.name+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keeping the events: %w", err)
	}
	to := bufio.NewWriter(draft)
	encoder := json.NewEncoder(to)
	lines := kept
	if len(kept) == 0 && last > 0 {
		lines = []Kept{{Place: last}}
	}
	for _, k := range lines {
		err = errors.Join(err, encoder.Encode(k))
	}
	if err := errors.Join(err, to.Flush(), os.Rename(draft.Name(), f.name)); err != nil {
		draft.Close()
		return fmt.Errorf("keeping the events: %w", err)
	}
	if f.to != nil {
		f.to.Close()
	}
	f.to, f.lines = draft, len(lines)
	return nil
}
