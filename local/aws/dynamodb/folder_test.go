package dynamodb

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"kasir/shared/order"
)

// kept makes a data folder with one order in it.
func kept(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dynamodb")
	server, s := open(t, dir)
	if _, err := s.Create(t.Context(), order.Order{Invoice: "KEPT-1", Amount: 5}, nil); err != nil {
		t.Fatal(err)
	}
	server.Close()
	return dir
}

// Of two servers that start at the same moment, one gets the folder and the other an error that it is in use.
func TestOfTwoStartsAtOnceOneHearsThatTheFolderIsInUse(t *testing.T) {
	for range 3 {
		dir := t.TempDir()
		var problems [2]error
		var both sync.WaitGroup
		for i := range problems {
			both.Go(func() {
				server, err := Start(t.Context(), Config{Root: root, Dir: dir})
				if err == nil {
					t.Cleanup(server.Close)
					err = CreateTable(t.Context(), Client(server.URL), table)
				}
				problems[i] = err
			})
		}
		both.Wait()
		refused := problems[0]
		if refused == nil {
			refused = problems[1]
		}
		if (problems[0] == nil) == (problems[1] == nil) ||
			!strings.Contains(refused.Error(), dir+" is in use by another kasir local") {
			t.Errorf("%v\n%v", problems[0], problems[1])
		}
	}
}

// The error about damage names the folder and a remedy, and the remaining files are not touched. LevelDB alone would
// start a new database if CURRENT is missing, and remove the other files.
func TestADamagedFolderNamesItselfAndTheRemedy(t *testing.T) {
	only := func(t *testing.T, dir, pattern string) string {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		return found[0]
	}
	for name, damage := range map[string]func(t *testing.T, dir string) error{
		"CURRENT is missing": func(t *testing.T,
			dir string) error {
			return os.Remove(filepath.Join(dir, "CURRENT"))
		},
		"CURRENT is empty": func(t *testing.T,
			dir string) error {
			return os.WriteFile(filepath.Join(dir, "CURRENT"), nil, 0o600)
		},
		"the manifest is lost": func(t *testing.T, dir string) error { return os.Remove(only(t, dir, "MANIFEST-*")) },
		"the manifest is wrong": func(t *testing.T, dir string) error {
			return os.WriteFile(only(t, dir, "MANIFEST-*"), make([]byte, 64), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := kept(t)
			if err := damage(t, dir); err != nil {
				t.Fatal(err)
			}
			before, _ := filepath.Glob(filepath.Join(dir, "*.log"))
			server, err := Start(t.Context(), Config{Root: root, Dir: dir})
			if err == nil {
				server.Close()
				t.Fatal("it starts, as if nothing had ever been there")
			}
			if text := err.Error(); !strings.Contains(text, "the data folder "+dir+" is damaged") ||
				!strings.Contains(text, "mv "+dir+" "+dir+".damaged") {
				t.Error(err)
			}
			after, _ := filepath.Glob(filepath.Join(dir, "*.log"))
			if len(before) == 0 || len(after) < len(before) {
				t.Errorf("of %v is left %v", before, after)
			}
		})
	}
}

// Only the owner may read the orders, also in a folder of an earlier version.
func TestDataIsForItsOwnerAlone(t *testing.T) {
	dir := kept(t)
	modes := func(when string) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err == nil && info.Mode()&0o077 != 0 {
				t.Errorf("%s, %s: %v", when, filepath.Base(path), info.Mode())
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	modes("made here")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, s := open(t, dir)
	modes("of an earlier version")
	if o, err := s.Get(t.Context(), "KEPT-1"); err != nil || o.Amount != 5 {
		t.Errorf("%+v, %v", o, err)
	}
}

// dynalite lets every web page read its answers. A page that finds the port must get none.
func TestNoWebPageReachesTheDatabase(t *testing.T) {
	server, _ := open(t, "")
	for name, c := range map[string]struct {
		host, origin, method string
		status               int
	}{
		"a program":                          {"", "", http.MethodPost, http.StatusOK},
		"a program, by the other name":       {"localhost:8000", "", http.MethodPost, http.StatusOK},
		"a program in a container":           {"host.docker.internal:8000", "", http.MethodPost, http.StatusOK},
		"a foreign page":                     {"", "https://evil.example", http.MethodPost, http.StatusForbidden},
		"a foreign page asks first":          {"", "https://evil.example", http.MethodOptions, http.StatusForbidden},
		"a page without an origin":           {"", "null", http.MethodPost, http.StatusForbidden},
		"a page under a name that points":    {"evil.example", "", http.MethodPost, http.StatusForbidden},
		"a page under a name that looks so":  {"127.0.0.1.evil.example", "", http.MethodPost, http.StatusForbidden},
		"a page under another name, and GET": {"evil.example", "", http.MethodGet, http.StatusForbidden},
	} {
		request, err := http.NewRequestWithContext(t.Context(), c.method, server.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Host = c.host
		request.Header.Set("X-Amz-Target", "DynamoDB_20120810.ListTables")
		request.Header.Set("Content-Type", "application/x-amz-json-1.0")
		request.Header.Set("X-Amz-Date", "20200101T000000Z")
		request.Header.Set("Authorization",
			"AWS4-HMAC-SHA256 Credential=a/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x")
		if c.origin != "" {
			request.Header.Set("Origin", c.origin)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != c.status || response.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %s %v", name, response.Status, response.Header)
		}
	}
}
