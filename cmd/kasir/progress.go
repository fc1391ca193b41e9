package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	progressAfter = time.Second      // nothing is shown before
	progressLive  = time.Second      // between updates of the line in a terminal
	progressEvery = 10 * time.Second // between lines elsewhere
	progressWidth = 79               // columns; a longer line would wrap and could not be erased
)

// progress shows the present activity of a command on standard error. In a terminal it rewrites one line, elsewhere it
// writes a new line from time to time. With --json and --quiet it is silent.
type progress struct {
	out          io.Writer
	live, silent bool

	mu    sync.Mutex
	now   string
	shown bool // the line is on the terminal
}

// begin starts to show the next activity of the command. The returned function removes the line.
func (p *progress) begin(format string, args ...any) (end func()) {
	p.update(format, args...)
	if p.silent {
		return func() {}
	}
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		p.tick(ended)
	}()
	return sync.OnceFunc(func() {
		close(ended)
		<-gone
		p.mu.Lock()
		defer p.mu.Unlock()
		p.erase()
	})
}

// update changes the text of the line.
func (p *progress) update(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = fmt.Sprintf(format, args...)
}

// tick writes the line until ended is closed.
func (p *progress) tick(ended <-chan struct{}) {
	begin, wait := time.Now(), progressEvery
	if p.live {
		wait = progressAfter
	}
	for {
		select {
		case <-ended:
			return
		case <-time.After(wait):
			p.write(time.Since(begin))
		}
		if p.live {
			wait = progressLive
		}
	}
}

func (p *progress) write(since time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := []rune(fmt.Sprintf("%4.0f s  %s", since.Seconds(), p.now))
	if !p.live {
		fmt.Fprintln(p.out, string(line))
		return
	}
	fmt.Fprintf(p.out, "\r\x1b[K%s", string(line[:min(len(line), progressWidth)]))
	p.shown = true
}

// erase removes the line from the terminal. The caller holds mu.
func (p *progress) erase() {
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.shown = false
	}
}

// aboveProgress is a stream whose text appears above the progress line.
type aboveProgress struct {
	io.Writer
	p *progress
}

func (a aboveProgress) Write(text []byte) (int, error) {
	a.p.mu.Lock()
	defer a.p.mu.Unlock()
	a.p.erase()
	if _, err := a.Writer.Write(printable(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}
