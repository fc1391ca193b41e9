package local

import (
	"fmt"
	"net"

	"kasir/local/eventbridge"
)

const eventBus = "kasir-local"

// startEvents starts a stand-in for EventBridge, which keeps what is put on the bus.
func (s *Stack) startEvents() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening for events: %w", err)
	}
	s.closers = append(s.closers, func() { listener.Close() })
	s.Events = &eventbridge.Server{}
	answering := server(s.Events)
	s.closers = append(s.closers, func() { answering.Close() })
	go answering.Serve(listener)
	s.eventsURL = "http://" + listener.Addr().String()
	return nil
}
