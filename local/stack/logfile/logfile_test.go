package logfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func read(t *testing.T, path string) []string {
	t.Helper()
	var all []string
	err := Read(t.Context(), path, false, func(function string, object []byte) error {
		all = append(all, function+" "+string(object))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The file contains the functions' log lines, and nothing that a process printed in another way.
func TestOnlyLinesOfTheLogAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "functions.log")
	w := New(path)
	fmt.Fprint(w, "notify | {\"n\":1}\nnotify | panic: 4761349999000039\nnotify | {\"n\":\n")
	fmt.Fprint(w, "{\"n\":2}\ncapture | {\"n\":3}\n")
	w.Close()
	w = New(path) // another start continues the same file
	fmt.Fprint(w, "refund | {\"n\":4}\n")
	w.Close()
	want := []string{`notify {"n":1}`, `capture {"n":3}`, `refund {"n":4}`}
	if got := read(t, path); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestTheFileIsBounded(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "functions.log")
	w := New(path)
	w.limit = 1000
	for i := range 500 {
		fmt.Fprintf(w, "notify | {\"n\":%d}\n", i)
	}
	w.Close()
	all := read(t, path)
	if last := all[len(all)-1]; last != `notify {"n":499}` || len(all) < 50 {
		t.Errorf("%d lines, the last %s", len(all), last)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Size() > 1000 {
			t.Errorf("%v %v", info, err)
		}
	}
}

// A reader that follows gets every line once, also when the file is replaced.
func TestFollowing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "functions.log")
	w := New(path)
	defer w.Close()
	w.limit = 60
	ctx, stop := context.WithTimeout(t.Context(), time.Minute) // ends the test if a line never comes
	defer stop()
	seen, done := make(chan string), make(chan error, 1)
	go func() {
		done <- Read(ctx, path, true, func(_ string, object []byte) error { seen <- string(object); return nil })
	}()
	for i := range 20 {
		fmt.Fprintf(w, "notify | {\"n\":%d}\n", i)
		select {
		case got := <-seen:
			if want := fmt.Sprintf(`{"n":%d}`, i); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		case <-ctx.Done():
			t.Fatalf("line %d never came", i)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWithoutAFile(t *testing.T) {
	if err := Read(t.Context(), filepath.Join(t.TempDir(), "x"), false, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
