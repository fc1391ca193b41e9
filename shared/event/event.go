// Package event names what kasir tells other systems on the bus.
package event

// Source is the source of every event.
const Source = "kasir"
