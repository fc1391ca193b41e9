// Package sqs replaces AWS SQS on one machine, and the mappings by which Lambda reads its queues. It answers the calls
// that kasir makes over HTTP. It keeps the messages in files, so that they survive the end of the process. It shares no
// code with the functions.
//
// There are differences. The order of messages is that of their sending, while SQS promises none. A message is kept
// until it is deleted. There are no policies and no encryption.
package sqs

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// account is the account in ARNs and URLs. No account of AWS has this number.
const account = "000000000000"

// maxBody is SQS's limit of a message, 1 MiB.
const maxBody = 1 << 20

// maxHidden is the longest time for which SQS holds a message back.
const maxHidden = 12 * time.Hour

// Queue is one queue, and its mapping to a function.
type Queue struct {
	Name        string
	Visibility  time.Duration // for which a received message is hidden; 30 s unless set
	Letters     string        // name of the dead-letter queue; empty for none
	MaxReceives int           // after which a message becomes a dead letter; 0 never

	// Invoke invokes the function that reads the queue. If it is nil, nothing reads the queue.
	Invoke      func(ctx context.Context, event []byte) ([]byte, error)
	Batch       int // messages of an event, 10 unless set
	Concurrency int // events at the same time, 5 unless set
}

// Config configures a Server.
type Config struct {
	Queues []Queue
	Dir    string           // folder of the messages; empty keeps them in memory
	Now    func() time.Time // time.Now when nil
	// Again reports whether a message that was handled is delivered once more, as SQS sometimes does. Nil never does.
	Again func() bool
}

// Message is a message in a queue.
type Message struct {
	ID        string    `json:"id"`
	Body      string    `json:"body"`
	SentAt    time.Time `json:"sent_at"`
	VisibleAt time.Time `json:"visible_at"`
	Receives  int       `json:"receives"`
	Hidden    bool      `json:"hidden"` // by the function, and not because it was received

	receipt string // of the last receive; empty for none since the start
}

// Server holds the queues. It is an http.Handler. Its methods may be called concurrently.
type Server struct {
	cfg Config

	mu     sync.Mutex
	queues map[string]*queue
}

type queue struct {
	Queue
	files    folder
	messages []*Message // in the order of their sending
}

// New returns a server with the messages in the folder. Messages that a function had when the process ended can be
// received at once.
func New(cfg Config) (*Server, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Server{cfg: cfg, queues: map[string]*queue{}}
	for _, q := range cfg.Queues {
		q.Visibility, q.Batch = cmp.Or(q.Visibility, 30*time.Second), cmp.Or(q.Batch, 10)
		q.Concurrency = cmp.Or(q.Concurrency, 5)
		files, err := openFolder(cfg.Dir, q.Name)
		if err != nil {
			return nil, fmt.Errorf("sqs: queue %s: %w", q.Name, err)
		}
		kept, err := files.read()
		if err != nil {
			return nil, fmt.Errorf("sqs: queue %s: %w", q.Name, err)
		}
		for _, m := range kept {
			if !m.Hidden {
				m.VisibleAt = m.SentAt
			}
		}
		s.queues[q.Name] = &queue{Queue: q, files: files, messages: kept}
	}
	return s, nil
}

// URL returns the URL of a queue. The server finds the queue by its last part.
func URL(name string) string { return "http://127.0.0.1/" + account + "/" + name }

// ARN returns the ARN of a queue.
func ARN(name string) string { return "arn:aws:sqs:us-east-1:" + account + ":" + name }

// nameOf returns the name of a queue from its URL or ARN.
func nameOf(text string) string {
	return path.Base(text[strings.LastIndexByte(text, ':')+1:])
}

var (
	errNoQueue  = errors.New("the specified queue does not exist")
	errTooLarge = fmt.Errorf("a message may have %d bytes", maxBody)
)

// Send puts a message into a queue.
func (s *Server) Send(name, body string) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[name]
	switch {
	case q == nil:
		return "", errNoQueue
	case len(body) > maxBody:
		return "", errTooLarge
	}
	return q.add(body, s.cfg.Now())
}

func (q *queue) add(body string, now time.Time) (id string, err error) {
	m := &Message{ID: rand.Text(), Body: body, SentAt: now, VisibleAt: now}
	if err := q.files.write(m); err != nil {
		return "", err
	}
	q.messages = append(q.messages, m)
	return m.ID, nil
}

// Messages returns a copy of all messages of a queue, in the order of their sending.
func (s *Server) Messages(name string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Message
	if q := s.queues[name]; q != nil {
		for _, m := range q.messages {
			all = append(all, *m)
		}
	}
	return all
}

// receive hides up to a batch of messages and returns copies of them. Messages that were received too often become dead
// letters.
func (s *Server) receive(name string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, now := s.queues[name], s.cfg.Now()
	var batch []Message
	for _, m := range slices.Clone(q.messages) {
		if len(batch) == q.Batch {
			break
		}
		if m.VisibleAt.After(now) && m.VisibleAt.Sub(now) <= maxHidden { // later only if the clock went back
			continue
		}
		if letters := s.queues[q.Letters]; letters != nil && q.MaxReceives > 0 && m.Receives >= q.MaxReceives {
			if _, err := letters.add(m.Body, now); err == nil {
				q.remove(m)
			}
			continue
		}
		m.Receives++
		m.VisibleAt, m.Hidden, m.receipt = now.Add(q.Visibility), false, rand.Text()
		if q.files.write(m) == nil {
			batch = append(batch, *m)
		}
	}
	return batch
}

// done deletes a message that was received, unless it has been received again since.
func (s *Server) done(name string, received Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[name]
	m := q.find(received.receipt)
	if m == nil {
		return
	}
	if s.cfg.Again != nil && s.cfg.Again() {
		m.VisibleAt = s.cfg.Now()
		return
	}
	q.remove(m)
}

// find returns the message with a receipt, or nil.
func (q *queue) find(receipt string) *Message {
	i := slices.IndexFunc(q.messages, func(m *Message) bool { return m.receipt == receipt && receipt != "" })
	if i < 0 {
		return nil
	}
	return q.messages[i]
}

func (q *queue) remove(m *Message) {
	q.files.remove(m)
	q.messages = slices.DeleteFunc(q.messages, func(other *Message) bool { return other == m })
}

// Forget deletes all messages of all queues.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.queues {
		for len(q.messages) > 0 {
			q.remove(q.messages[0])
		}
	}
}

// Back is called when the clock goes back. Messages that are held back wait as long as before.
func (s *Server) Back(by time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.queues {
		for _, m := range q.messages {
			if m.VisibleAt.After(s.cfg.Now()) {
				m.VisibleAt = m.VisibleAt.Add(-by)
				_ = q.files.write(m) // after a failure the message comes later
			}
		}
	}
}
