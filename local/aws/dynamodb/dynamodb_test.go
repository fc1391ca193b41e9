package dynamodb

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"kasir/shared/order"
	"kasir/shared/payment"
	"kasir/shared/store"
	"kasir/shared/store/storetest"
)

const root, table = "../../..", "kasir"

// open starts dynalite on dir, or in memory, and returns the store on it.
func open(t *testing.T, dir string) (*Server, *store.DynamoDB) {
	t.Helper()
	server, err := Start(t.Context(), Config{Root: root, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	client := Client(server.URL)
	if err := CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	return server, &store.DynamoDB{Client: client, Table: table, NewID: rand.Text}
}

func TestTheStoreKeepsItsContractOnDynamoDB(t *testing.T) {
	_, s := open(t, "")
	storetest.Run(t, s, func(t *testing.T, invoice string, format int) { mark(t, s, invoice, fmt.Sprint(format)) })
	storetest.RunBatches(t, s)
}

// The SDK repeats a write whose answer is lost. The first success must not look like a lost race.
func TestAWriteWhoseAnswerIsLostIsRecognisedAsOurOwn(t *testing.T) {
	server, s := open(t, "")
	loser := &losingTransport{target: "DynamoDB_20120810.PutItem"}
	s.Client = dynamodb.New(Client(server.URL).Options(),
		func(o *dynamodb.Options) { o.HTTPClient = &http.Client{Transport: loser} })

	loser.lose.Store(1)
	if _, err := s.Create(t.Context(), order.Order{Invoice: "LOST-1", Amount: 5}, nil); err != nil {
		t.Errorf("Create: %v", err)
	}
	loser.lose.Store(1)
	if err := s.Update(t.Context(), order.Order{Invoice: "LOST-1", Amount: 6, Version: 1}); err != nil {
		t.Errorf("Update: %v", err)
	}
	if loser.lost.Load() != 2 {
		t.Fatalf("%d answers were lost, want 2", loser.lost.Load())
	}
	if err := s.Update(t.Context(),
		order.Order{Invoice: "LOST-1", Amount: 7, Version: 1}); !errors.Is(err, payment.ErrConflict) {
		t.Errorf("an update of a version that is gone: %v, want ErrConflict", err)
	}
}

// losingTransport sends requests and drops the next answers.
type losingTransport struct {
	target     string
	lose, lost atomic.Int32
}

func (l *losingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && r.Header.Get("X-Amz-Target") == l.target && l.lose.Add(-1) >= 0 {
		response.Body.Close()
		l.lost.Add(1)
		return nil, errors.New("connection reset by peer")
	}
	return response, err
}

func TestOrdersSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	server, s := open(t, dir)
	if _, err := s.Create(t.Context(), order.Order{Invoice: "KEEP-1", Amount: 5}, nil); err != nil {
		t.Fatal(err)
	}
	server.command.Process.Kill() // not Close: a clean exit must not be needed
	<-server.Exited()
	_, s = open(t, dir)
	if o, err := s.Get(t.Context(), "KEEP-1"); err != nil || o.Amount != 5 {
		t.Errorf("after the restart: %+v, %v", o, err)
	}
}

// A killed function resets its connection in the middle of a request. The next caller must still reach DynamoDB.
func TestACallerThatIsKilledInTheMiddleDoesNotEndDynamoDB(t *testing.T) {
	server, s := open(t, "")
	address := strings.TrimPrefix(server.URL, "http://")
	for range 50 {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: %s\r\nX-Amz-Target: DynamoDB_20120810.PutItem\r\nContent-Type: "+
			"application/x-amz-json-1.0\r\nContent-Length: 9999\r\n\r\n{", address)
		conn.(*net.TCPConn).SetLinger(0) // closing sends a reset
		conn.Close()
		if _, err := s.Get(t.Context(), "NOBODY"); !errors.Is(err, payment.ErrNotFound) {
			t.Fatalf("after a reset: %v", err)
		}
	}
}

func TestStartSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	inTheWay := t.TempDir()
	if err := os.Mkdir(filepath.Join(inTheWay, "LOCK"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		cfg  Config
		path string
		want string
	}{
		{"no packages", Config{Root: t.TempDir()}, os.Getenv("PATH"), "run make npm"},
		{"no node", Config{Root: root}, t.TempDir(), "install Node 20"},
		{"data folder in use", Config{Root: root, Dir: dir}, os.Getenv("PATH"),
			"in use by another kasir local: stop that one, or choose another folder with --data (make run ARGS="},
		{"folder that nobody may write to", Config{Root: root, Dir: "/sys/kernel"}, os.Getenv("PATH"),
			"cannot write to the data folder /sys/kernel or"},
		{"folder that nobody may make", Config{Root: root, Dir: "/sys/kasir"}, os.Getenv("PATH"),
			"cannot write to the data folder /sys/kasir or"},
		{"something in the way", Config{Root: root, Dir: inTheWay}, os.Getenv("PATH"), "LOCK: Is a directory"},
	} {
		t.Setenv("PATH", test.path)
		if _, err := Start(t.Context(), test.cfg); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestStartNamesAnOldNode(t *testing.T) {
	old := filepath.Join(t.TempDir(), "old.js")
	script := "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })"
	if err := os.WriteFile(old, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("NODE_OPTIONS", "--require "+old)
	_, err := Start(t.Context(), Config{Root: root})
	if err == nil || !strings.Contains(err.Error(), "node is v18.20.4: install Node 20 or newer") ||
		strings.Contains(err.Error(), "\n") {
		t.Error(err)
	}
}
