package sandbox

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// The log line of a refused call has the reason. Without it people would search DOKU's guide.
func TestTheLogHasTheReasonOfARefusal(t *testing.T) {
	var log bytes.Buffer
	b := newBench(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	request, err := http.NewRequest(http.MethodPost, b.url+"/credit-card/v1/payment-page", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if a := b.do(request); a.status != http.StatusBadRequest {
		t.Fatalf("%d %s", a.status, a.body)
	}
	b.create(simple("INV-1", 90000, ""))
	b.s.Close()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "status=400") ||
		!strings.Contains(lines[0], `code=invalid_header_request reason="Header Client-Id is required"`) {
		t.Errorf("%s", &log)
	}
	if strings.Contains(lines[1], "reason=") || strings.Contains(lines[1], "code=") {
		t.Errorf("a call that was not refused has a reason: %s", lines[1])
	}
}
