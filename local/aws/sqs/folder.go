package sqs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// folder keeps the messages of one queue, a file for each. The empty folder keeps nothing.
type folder string

const suffix = ".json"

func openFolder(dir, queue string) (folder, error) {
	if dir == "" {
		return "", nil
	}
	name := filepath.Join(dir, queue)
	return folder(name), os.MkdirAll(name, 0o700)
}

// read returns the messages in the order of their sending.
func (f folder) read() ([]*Message, error) {
	if f == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return nil, err
	}
	var all []*Message
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), suffix) { // a file that was not written to its end
			continue
		}
		file := filepath.Join(string(f), entry.Name())
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var m Message
		err = json.Unmarshal(content, &m)
		if err == nil && m.ID+suffix != entry.Name() {
			err = errors.New("it is not the message of its name")
		}
		if err != nil {
			return nil, fmt.Errorf("%s is damaged (%w): move it out of its folder; its message is then not delivered",
				file, err)
		}
		all = append(all, &m)
	}
	slices.SortStableFunc(all, func(a, b *Message) int { return a.SentAt.Compare(b.SentAt) })
	return all, nil
}

// write writes a message whole or not at all.
func (f folder) write(m *Message) error {
	if f == "" {
		return nil
	}
	content, err := json.Marshal(m)
	if err != nil {
		return err
	}
	part := filepath.Join(string(f), m.ID+".part")
	if err := os.WriteFile(part, content, 0o600); err != nil {
		return err
	}
	return os.Rename(part, filepath.Join(string(f), m.ID+suffix))
}

// remove removes a message. If it fails, the message is delivered again after the next start.
func (f folder) remove(m *Message) error {
	if f == "" {
		return nil
	}
	err := os.Remove(filepath.Join(string(f), m.ID+suffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
