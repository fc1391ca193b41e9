package golden

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheStoryHasEveryRequest(t *testing.T) {
	files, err := filepath.Glob("../*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no event files: %v", err)
	}
	for _, file := range files {
		file = filepath.Base(file)
		// S3 signs forms by the real time.
		bucket := file == "settle.json" || file == "settlements-upload.json"
		// The console writes nothing.
		others := []string{"publish", "deliver", "console"}
		apart := slices.ContainsFunc(others, func(name string) bool { return strings.HasPrefix(file, name) })
		if !apart && !bucket &&
			!slices.ContainsFunc(story, func(s step) bool { return s.file == file }) {
			t.Errorf("no step of the story is %s", file)
		}
	}
	for i, s := range story {
		if slices.ContainsFunc(story[:i], func(before step) bool { return before.name == s.name }) {
			t.Errorf("two steps are named %s", s.name)
		}
	}
	kept, err := filepath.Glob("testdata/*.json")
	if err != nil || len(kept) != len(story) {
		t.Errorf("%d golden files for %d steps", len(kept), len(story))
	}
}
