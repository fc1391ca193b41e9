package gateway

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// connection records the deadlines set on it, as seconds from now.
type connection struct {
	*httptest.ResponseRecorder
	set []string
}

func (c *connection) note(what string, at time.Time) error {
	if at.IsZero() {
		c.set = append(c.set, what+" no longer limited")
	} else {
		c.set = append(c.set, what+" within "+time.Until(at).String())
	}
	return nil
}

func (c *connection) SetReadDeadline(at time.Time) error  { return c.note("read", at) }
func (c *connection) SetWriteDeadline(at time.Time) error { return c.note("write", at) }

// The clock of this test is virtual and stands still.
func TestSlowClientsAreNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &connection{ResponseRecorder: httptest.NewRecorder()}
		api(t, Config{Invoke: func(context.Context, string, []byte) ([]byte, error) {
			c.set = append(c.set, "invoked")
			return []byte(`"ok"`), nil
		}}).ServeHTTP(c, httptest.NewRequest("POST", "/do/it", strings.NewReader("{}")))
		if diff := cmp.Diff([]string{
			"read within 30s", "read no longer limited", "invoked", "write within 30s", "write no longer limited",
		}, c.set); diff != "" {
			t.Errorf("deadlines (-want +got):\n%s", diff)
		}
	})
}
