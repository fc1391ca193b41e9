package s3

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"
)

type object = map[string]any

// tell calls the functions that a new object is for.
func (s *Server) tell(how string, o Object) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.notify {
		if strings.HasPrefix(o.Key, n.prefix) {
			n.call(s.event(how, o))
		}
	}
}

// event returns S3's event of a new object. Keys are encoded as in a query.
func (s *Server) event(how string, o Object) []byte {
	event, err := json.Marshal(object{"Records": []object{{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventName": how,
		"eventTime": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"s3": object{
			"s3SchemaVersion": "1.0", "configurationId": "reports",
			"bucket": object{"name": s.bucket, "arn": "arn:aws:s3:::" + s.bucket},
			"object": object{
				"key": url.QueryEscape(o.Key), "size": o.Size, "eTag": o.ETag, "sequencer": "0055AED6DCD90281E5",
			},
		},
	}}})
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return event
}
