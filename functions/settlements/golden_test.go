package main

import (
	"testing"

	"kasir/events/golden"
	"kasir/shared/app"
	"kasir/shared/edge"
	"kasir/shared/payment"
)

func TestGolden(t *testing.T) {
	golden.Run(t, "settlements", func(payments *payment.Service) edge.Handler {
		return handler(payments, app.Settings{Region: "ap-southeast-3", Reports: "kasir-reports"})
	})
}
