package faults

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Check refuses settings that cannot work. The message names the field by its JSON name.
func (f Faults) Check() error {
	if err := f.CallFaults.check(""); err != nil {
		return err
	}
	for _, endpoint := range slices.Sorted(maps.Keys(f.Calls)) {
		if !slices.Contains(Endpoints, endpoint) {
			return fmt.Errorf("calls.%s is not an endpoint; the endpoints are %s",
				endpoint, strings.Join(Endpoints, ", "))
		}
		for _, c := range f.Calls[endpoint].chances() {
			if c.p > 0 && !canHave(endpoint, c.fault) {
				return fmt.Errorf("calls.%s.%s: only %s can have it",
					endpoint, c.fault, strings.Join(endpointsOf[c.fault], ", "))
			}
		}
		if err := f.Calls[endpoint].check("calls." + endpoint + "."); err != nil {
			return err
		}
	}
	if err := f.Behaviour.check(); err != nil {
		return err
	}
	return f.Notifications.check("notifications.")
}

func (f CallFaults) check(prefix string) error {
	if err := checkChances(prefix, f.chances()); err != nil {
		return err
	}
	if f.Lag < 0 || f.PendingFor < 0 {
		return fmt.Errorf("%slag and %spending_for must not be negative", prefix, prefix)
	}
	return f.DelayRange.check(prefix)
}

func (f NotificationFaults) check(prefix string) error {
	if err := checkChances(prefix, []chance{{Drop, f.Drop}, {Late, f.Late}}); err != nil {
		return err
	}
	if f.DropFirst < 0 || f.LateBy < 0 {
		return fmt.Errorf("%sdrop_first and %slate_by must not be negative", prefix, prefix)
	}
	if err := checkChances(prefix, f.chances()); err != nil {
		return err
	}
	return f.DelayRange.check(prefix)
}

func checkChances(prefix string, chances []chance) error {
	var sum float64
	for _, c := range chances {
		if !(c.p >= 0 && c.p <= 1) { // also refuses NaN
			return fmt.Errorf("%s%s must be between 0 and 1", prefix, c.fault)
		}
		sum += c.p
	}
	if sum > 1+1e-9 { // ten times 0.1 is a little more than 1
		return fmt.Errorf("%s%s and the others add up to %.3g; the sum must be at most 1: one fault at a time",
			prefix, chances[0].fault, sum)
	}
	return nil
}

func (d DelayRange) check(prefix string) error {
	for name, v := range map[string]Duration{"delay_min": d.DelayMin, "delay_max": d.DelayMax} {
		if v < 0 || time.Duration(v) > longestDelay {
			return fmt.Errorf("%s%s must be between 0s and %s", prefix, name, longestDelay)
		}
	}
	if d.DelayMax != 0 && d.DelayMin > d.DelayMax {
		return fmt.Errorf("%sdelay_min is more than delay_max", prefix)
	}
	return nil
}

// Check refuses a requested fault that can never happen.
func (s RequestedFault) Check() error {
	var names []string
	switch {
	case s.Endpoint == Notifications:
		names = Names(true)
	case !slices.Contains(Endpoints, s.Endpoint):
		return fmt.Errorf("endpoint must be one of %s, %s", strings.Join(Endpoints, ", "), Notifications)
	default:
		names = slices.DeleteFunc(Names(false), func(name string) bool { return !canHave(s.Endpoint, name) })
	}
	forms := Forms(s.Endpoint, s.Fault)
	switch {
	case !slices.Contains(names, s.Fault):
		return fmt.Errorf("fault of %s must be one of %s", s.Endpoint, strings.Join(names, ", "))
	case s.Form != "" && len(forms) == 0:
		return fmt.Errorf("%s has no forms", s.Fault)
	case s.Form != "" && !slices.Contains(forms, s.Form) && !(isForeign(s.Fault) && isStatus(s.Form)):
		return fmt.Errorf("form of %s must be one of %s", s.Fault, strings.Join(forms, ", "))
	case s.Times < 1:
		return fmt.Errorf("times must be at least 1")
	case s.Wait < 0 || time.Duration(s.Wait) > longestDelay:
		return fmt.Errorf("wait must be between 0s and %s", longestDelay)
	}
	return nil
}

func isForeign(fault string) bool { return fault == ForeignBefore || fault == ForeignAfter }

// isStatus reports whether a form is a status from 300 to 599, which is answered without a body.
func isStatus(form string) bool {
	n, err := strconv.Atoi(form)
	return err == nil && n >= 300 && n <= 599
}
