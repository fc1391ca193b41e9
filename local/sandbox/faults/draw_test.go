package faults

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plannedFaults returns the faults of 200 calls and 200 notifications, planned in an order.
func plannedFaults(seed uint64, order []int) []string {
	i := NewInjector(Every(0.5, seed))
	out := make([]string, len(order))
	for _, k := range order {
		dropped := false
		for made := range 3 {
			f := i.PlanCall(Call{Endpoint: Capture, Identity: fmt.Sprint("c", k)})
			g := i.PlanAttempt(fmt.Sprint("n", k), "", made, &dropped)
			out[k] += fmt.Sprint(f, g, ";")
		}
	}
	return out
}

// The seed decides the faults. The order of the calls does not.
func TestASeedReplays(t *testing.T) {
	order := make([]int, 200)
	for k := range order {
		order[k] = k
	}
	first := plannedFaults(7, order)
	slices.Reverse(order)
	if diff := cmp.Diff(first, plannedFaults(7, order)); diff != "" {
		t.Errorf("in another order:\n%s", diff)
	}
	if cmp.Equal(first, plannedFaults(8, order)) {
		t.Error("another seed gives the same faults")
	}
}

// Each fault has its probability at endpoints that can have it, and never occurs elsewhere.
func TestProbabilitiesAreKept(t *testing.T) {
	const calls = 15000
	for _, endpoint := range []string{CreatePage, Refund, Status} {
		for _, repeat := range []bool{false, true} {
			i := NewInjector(Every(0.9, 1))
			for k := range calls {
				i.PlanCall(Call{Endpoint: endpoint, Identity: fmt.Sprint(k / 4), Repeat: repeat})
			}
			for _, c := range i.Faults.CallFaults.chances() {
				want := c.p
				if !canHave(endpoint, c.fault) || needsRepeat(c.fault) && !repeat {
					want = 0
				}
				if got := float64(i.Suffered[endpoint][c.fault]) / calls; got < want*0.8 || got > want*1.2 {
					t.Errorf("%s of %s, repeat %t: %.4f of calls, want about %.4f", c.fault, endpoint, repeat, got,
						want)
				}
			}
		}
	}
}

func TestProbabilitiesOfNotificationsAreKept(t *testing.T) {
	const attempts = 15000
	i := NewInjector(Every(0.9, 1))
	for k := range attempts {
		dropped := false
		i.IsLate(fmt.Sprint(k), "")
		i.PlanAttempt(fmt.Sprint(k), "", 0, &dropped)
	}
	f := i.Faults.Notifications
	rest := 1 - f.Drop
	for _, c := range append(f.chances(), chance{Drop, f.Drop / rest}, chance{Late, f.Late / rest}) {
		if got := float64(i.Suffered[Notifications][c.fault]) / attempts; got < c.p*rest*0.8 || got > c.p*rest*1.2 {
			t.Errorf("%s: %.4f of attempts, want about %.4f", c.fault, got, c.p*rest)
		}
	}
}

// A requested fault waits for a call that can have it, and leaves other calls alone.
func TestARequestedFaultWaitsForACallThatCanHaveIt(t *testing.T) {
	i := NewInjector(Faults{})
	i.Next = []RequestedFault{
		{Endpoint: Refund, Fault: RefuseRepeat, Form: "exceeds", Times: 1},
		{Endpoint: Refund, Fault: LoseAfter, Times: 1},
	}
	first := i.PlanCall(Call{Endpoint: Refund, Identity: "r"})
	second := i.PlanCall(Call{Endpoint: Refund, Identity: "r", Repeat: true})
	if first.Fault != LoseAfter || second.Fault != RefuseRepeat || second.Form != "exceeds" || len(i.Next) != 0 {
		t.Errorf("%+v, %+v, %+v", first, second, i.Next)
	}
	if i.Forms[Refund]["refuse_repeat exceeds"] != 1 {
		t.Errorf("%+v", i.Forms)
	}
}

// A drawn answer never denies a payment.
func TestDrawnNotFoundNeverDeniesAPayment(t *testing.T) {
	i := NewInjector(Faults{CallFaults: CallFaults{StatusNotFound: 1}})
	forms := map[bool]map[string]bool{true: {}, false: {}}
	for k := range 100 {
		for tried := range forms {
			forms[tried][i.PlanCall(Call{Endpoint: Status, Identity: fmt.Sprint(k), Tried: tried}).Form] = true
		}
	}
	want := map[bool]map[string]bool{true: {NoResource: true}, false: {NoResource: true, NoAttempt: true}}
	if diff := cmp.Diff(want, forms); diff != "" {
		t.Error(diff)
	}
}
