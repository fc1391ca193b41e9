package main

import (
	"time"

	"kasir/shared/route"
)

// Intervals of the tests of a deployment.
const (
	syntheticEvery     = 5 * time.Minute
	syntheticPageEvery = time.Hour
)

// synthetics returns the schedules that test the deployment: the notification URL in every stage, and a payment page
// where DOKU is the sandbox. They are reconcile's, which has all permissions that they need.
func (d *deployment) synthetics() []route.Schedule {
	notify := d.stack.ToJsonString(map[string]any{"synthetic": map[string]any{"notify": d.notificationURL()}}, nil)
	all := []route.Schedule{{Name: "synthetic", Function: "reconcile", Input: *notify, Every: syntheticEvery}}
	if d.stage.DOKU == "sandbox" {
		all = append(all, route.Schedule{Name: "syntheticPage", Function: "reconcile",
			Input: `{"synthetic":{"page":true}}`, Every: syntheticPageEvery})
	}
	return all
}
