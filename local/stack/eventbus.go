package stack

import (
	"kasir/local/aws/eventbridge"
)

const eventBus = "kasir-local"

// startEvents starts a replacement of EventBridge, which keeps the events of the bus.
func (s *Stack) startEvents() (err error) {
	s.Events = &eventbridge.Server{}
	s.eventsURL, err = s.standIn("events", s.Events)
	return err
}
