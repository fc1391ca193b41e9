package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// check refuses what cannot be meant. The message names the field as JSON does.
func (f Faults) check() error {
	if err := f.CallFaults.check(""); err != nil {
		return err
	}
	for _, endpoint := range slices.Sorted(maps.Keys(f.Calls)) {
		if !slices.Contains(Endpoints, endpoint) {
			return fmt.Errorf("calls.%s is no endpoint: they are %s", endpoint, strings.Join(Endpoints, ", "))
		}
		if f.Calls[endpoint].Refuse > 0 && !refusable(endpoint) {
			return fmt.Errorf("calls.%s.refuse: only capture and refund can be refused", endpoint)
		}
		if err := f.Calls[endpoint].check("calls." + endpoint + "."); err != nil {
			return err
		}
	}
	if f.ForgetAfter < 0 {
		return fmt.Errorf("forget_after must not be negative")
	}
	return f.Notifications.check("notifications.")
}

func (f CallFaults) check(prefix string) error {
	if err := checkChances(prefix, f.chances()); err != nil {
		return err
	}
	return f.DelayRange.check(prefix)
}

func (f NotificationFaults) check(prefix string) error {
	if err := checkChances(prefix, []chance{{drop, f.Drop}}); err != nil {
		return err
	}
	if f.DropFirst < 0 {
		return fmt.Errorf("%sdrop_first must not be negative", prefix)
	}
	if err := checkChances(prefix, f.chances()); err != nil {
		return err
	}
	return f.DelayRange.check(prefix)
}

func checkChances(prefix string, chances []chance) error {
	var sum float64
	for _, c := range chances {
		if !(c.p >= 0 && c.p <= 1) { // a NaN is neither
			return fmt.Errorf("%s%s must be from 0 to 1", prefix, c.fault)
		}
		sum += c.p
	}
	if sum > 1+1e-9 { // ten times 0.1 is a little more than 1
		return fmt.Errorf("%s%s and the others add up to %.3g: only one of them happens at a time, so at most 1",
			prefix, chances[0].fault, sum)
	}
	return nil
}

func (d DelayRange) check(prefix string) error {
	for name, v := range map[string]Duration{"delay_min": d.DelayMin, "delay_max": d.DelayMax} {
		if v < 0 || time.Duration(v) > longestDelay {
			return fmt.Errorf("%s%s must be from 0s to %s", prefix, name, longestDelay)
		}
	}
	if d.DelayMax != 0 && d.DelayMin > d.DelayMax {
		return fmt.Errorf("%sdelay_min is more than delay_max", prefix)
	}
	return nil
}
