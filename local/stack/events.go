package stack

import (
	"kasir/local/aws/eventbridge"
	"kasir/local/loopback"
)

const eventBus = "kasir-local"

// startEvents starts a stand-in for EventBridge, which keeps what is put on the bus.
func (s *Stack) startEvents() error {
	listener, err := s.take(0, "events")
	if err != nil {
		return err
	}
	s.Events = &eventbridge.Server{}
	s.eventsURL = s.serve(listener, server(s.Events), loopback.Guard{})
	return nil
}
