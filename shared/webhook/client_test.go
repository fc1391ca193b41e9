package webhook

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// An endpoint that never ends the body of its answer has answered with its status.
func TestTheStatusAloneDecides(t *testing.T) {
	for code, delivered := range map[int]bool{200: true, 500: false} {
		over := make(chan struct{})
		w := newWorld(t, func(out http.ResponseWriter, _ *http.Request) {
			out.WriteHeader(code)
			out.(http.Flusher).Flush()
			<-over
		})
		w.Timeout = time.Hour // the test ends long before
		done := w.deliver(t, 1)
		close(over)
		if done != delivered || !strings.Contains(w.log.String(), fmt.Sprintf(`"http_status":%d`, code)) {
			t.Errorf("%d: %v %s", code, done, w.log)
		}
	}
}
