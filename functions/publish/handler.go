package main

import (
	"context"
	"log/slog"

	"kasir/shared/app/stream"
	"kasir/shared/event"
)

func handler(bus event.Bus, log *slog.Logger) stream.Handler {
	return func(ctx context.Context, changes []event.Record) (string, error) {
		published, failed, err := event.Publish(ctx, bus, changes)
		if err != nil {
			log.Error("publish", "changes", len(changes), "events", published, "again_from", failed,
				"error", err.Error())
			return failed, err
		}
		log.Info("publish", "changes", len(changes), "events", published)
		return "", nil
	}
}
