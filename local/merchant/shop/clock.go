package shop

import (
	"net/http"
	"time"
)

// clock serves the time that orders depend on to the pages. On a developer's machine it may be ahead of the browser's
// time.
type clock struct {
	now   func() time.Time
	words func() string
}

// ServeHTTP answers {"ahead": milliseconds before the real time, "words": the line to show, or empty}.
func (c clock) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	reply(w, http.StatusOK, struct {
		Ahead int64  `json:"ahead"`
		Words string `json:"words"`
	}{time.Until(c.now()).Round(time.Second).Milliseconds(), c.words()})
}
