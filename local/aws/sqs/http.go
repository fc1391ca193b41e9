package sqs

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// request holds the members of all calls.
type request struct {
	QueueURL          string `json:"QueueUrl"`
	MessageBody       string
	ReceiptHandle     string
	VisibilityTimeout int
	SourceARN         string `json:"SourceArn"`
	DestinationARN    string `json:"DestinationArn"`
}

var (
	errReceipt    = errors.New("the receipt handle is not that of a message that is being handled")
	errVisibility = errors.New("VisibilityTimeout must be from 0 to 43200")
	errNoSource   = errors.New("a move task needs SourceArn and DestinationArn of two queues")
)

// codes are the names of errors in AWS's JSON protocol.
var codes = map[error]string{
	errNoQueue: "QueueDoesNotExist", errReceipt: "MessageNotInflight", errVisibility: "InvalidParameterValue",
	errTooLarge: "InvalidParameterValue", errNoSource: "InvalidParameterValue",
}

// ServeHTTP answers SendMessage, ChangeMessageVisibility, GetQueueAttributes and StartMessageMoveTask, in AWS's
// JSON 1.0.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	var in request
	action, ours := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS.")
	if !ours || json.NewDecoder(http.MaxBytesReader(w, r.Body, 2*maxBody)).Decode(&in) != nil {
		refuse(w, "InvalidAction", "only SQS's JSON protocol is known here")
		return
	}
	answer, err := s.answer(action, in)
	switch {
	case err != nil && codes[err] != "":
		refuse(w, codes[err], err.Error())
	case err != nil:
		w.WriteHeader(http.StatusInternalServerError)
		json.NewEncoder(w).Encode(map[string]string{"__type": "InternalError", "message": err.Error()})
	case answer == nil:
		refuse(w, "UnsupportedOperation", action+" is not known here")
	default:
		json.NewEncoder(w).Encode(answer)
	}
}

func refuse(w http.ResponseWriter, code, message string) {
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(map[string]string{"__type": "com.amazonaws.sqs#" + code, "message": message})
}

// answer carries out a call. It returns nil for one that it does not know.
func (s *Server) answer(action string, in request) (any, error) {
	name := nameOf(in.QueueURL)
	switch action {
	case "SendMessage":
		id, err := s.Send(name, in.MessageBody)
		sum := md5.Sum([]byte(in.MessageBody)) // the SDK checks it
		return map[string]string{"MessageId": id, "MD5OfMessageBody": hex.EncodeToString(sum[:])}, err
	case "ChangeMessageVisibility":
		return struct{}{}, s.hide(name, in.ReceiptHandle, time.Duration(in.VisibilityTimeout)*time.Second)
	case "GetQueueAttributes":
		return s.attributes(name)
	case "StartMessageMoveTask":
		return map[string]string{"TaskHandle": "done"}, s.move(nameOf(in.SourceARN), nameOf(in.DestinationARN))
	}
	return nil, nil
}

// hide holds a message back for a time.
func (s *Server) hide(name, receipt string, pause time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[name]
	if q == nil {
		return errNoQueue
	}
	m := q.find(receipt)
	switch {
	case m == nil:
		return errReceipt
	case pause < 0 || pause > maxHidden:
		return errVisibility
	}
	m.VisibleAt, m.Hidden = s.cfg.Now().Add(pause), true
	return q.files.write(m)
}

// attributes returns how many messages of a queue can be received, and how many are held back.
func (s *Server) attributes(name string) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[name]
	if q == nil {
		return nil, errNoQueue
	}
	visible := 0
	for _, m := range q.messages {
		if !m.VisibleAt.After(s.cfg.Now()) {
			visible++
		}
	}
	return map[string]map[string]string{"Attributes": {
		"QueueArn": ARN(name), "ApproximateNumberOfMessages": strconv.Itoa(visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(len(q.messages) - visible),
	}}, nil
}

// move moves all messages of a queue to another, as new messages.
func (s *Server) move(from, to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	source, destination := s.queues[from], s.queues[to]
	if source == nil || destination == nil || source == destination {
		return errNoSource
	}
	for len(source.messages) > 0 {
		m := source.messages[0]
		if _, err := destination.add(m.Body, s.cfg.Now()); err != nil {
			return err
		}
		source.remove(m)
	}
	return nil
}
