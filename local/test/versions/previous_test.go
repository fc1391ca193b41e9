// Package versions runs the functions of the previous version together with those of this one, on one table.
package versions

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"kasir/local/test/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// besides are the functions that read or write orders because of a request, a notification or a schedule.
var besides = []string{"createpage", "getpayment", "capture", "refund", "notify", "reconcile"}

var building sync.Mutex

// previous returns the folder of the previous version's functions. They are built once per commit and kept in the
// user's cache folder.
func previous(t *testing.T) string {
	t.Helper()
	building.Lock()
	defer building.Unlock()
	commit := previousCommit(t)
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(cache, "kasir-test", commit)
	if _, err := os.Stat(built); err == nil {
		return built
	}
	t.Logf("building the functions of %s, once", commit)
	work, err := os.MkdirTemp("", "kasir-previous-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(work)
	source := filepath.Join(work, "source")
	unpack(t, commit, source)
	if err := os.MkdirAll(filepath.Dir(built), 0o755); err != nil {
		t.Fatal(err)
	}
	// renamed when complete, because another run may look at the same time
	fresh, err := os.MkdirTemp(filepath.Dir(built), "new-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(fresh)
	if err := harness.Build(source, fresh, besides...); err != nil {
		t.Fatalf("building the previous version, %s: %v", commit, err)
	}
	if err := os.Rename(fresh, built); err != nil && !isDir(built) {
		t.Fatal(err)
	}
	return built
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

var previousLine = regexp.MustCompile("(?m)^Previous version: `([0-9a-f]{7,40})`$")

// previousCommit returns the full id of the commit that docs/migrations.md names.
func previousCommit(t *testing.T) string {
	t.Helper()
	named := previousLine.FindStringSubmatch(migrations(t))
	if named == nil {
		t.Fatal("docs/migrations.md has no line \"Previous version: `<commit>`\"")
	}
	out, err := git("rev-parse", "--verify", "--quiet", named[1]+"^{commit}").Output()
	if err != nil {
		t.Fatalf("commit %s, the previous version in docs/migrations.md, is not in this clone: %s", named[1], remedy())
	}
	return strings.TrimSpace(string(out))
}

// remedy returns advice for a commit that is missing.
func remedy() string {
	shallow, err := git("rev-parse", "--is-shallow-repository").Output()
	switch {
	case err != nil:
		return "this is no git clone, and the test needs one with its whole history"
	case strings.TrimSpace(string(shallow)) == "true":
		return "the clone is shallow; run git fetch --unshallow (in a GitHub workflow: actions/checkout with " +
			"fetch-depth: 0)"
	}
	return "is the commit named rightly, and fetched?"
}

func unpack(t *testing.T, commit, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	archive, err := git("archive", "--format=tar", commit).Output()
	if err != nil {
		t.Fatalf("git archive %s: %v", commit, err)
	}
	tar := exec.Command("tar", "-x", "-C", dir)
	tar.Stdin = bytes.NewReader(archive)
	if out, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("unpacking %s: %v\n%s", commit, err, out)
	}
}

func git(args ...string) *exec.Cmd {
	c := exec.Command("git", args...)
	c.Dir = harness.Root()
	return c
}

func migrations(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(harness.Root(), "docs", "migrations.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// safeToLose returns the attributes that docs/migrations.md lists as new in this release, by their paths in an item.
func safeToLose(t *testing.T) map[string]bool {
	t.Helper()
	_, section, found := strings.Cut(migrations(t), "\n## What this release adds")
	section, _, _ = strings.Cut(section, "\n## ")
	if !found {
		t.Fatal("docs/migrations.md does not say what this release adds")
	}
	paths := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[^|]+)").FindAllStringSubmatch(section, -1) {
		for _, path := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			paths[path[1]] = true
		}
	}
	if len(paths) == 0 {
		t.Fatalf("no attribute in a row of %q", section)
	}
	return paths
}

// covers reports whether one of paths is that of an attribute, or of one that contains it.
func covers(paths map[string]bool, attribute string) bool {
	for path := range paths {
		rest, in := strings.CutPrefix(attribute, path)
		if in && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}
