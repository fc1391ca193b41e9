package main

import (
	"kasir/shared/app/queue"
	"kasir/shared/webhook"
)

func handler(courier *webhook.Courier) queue.Handler { return courier.Deliver }
