package order

import (
	"testing"
	"time"
)

// begun returns a refund of 30000 of 90000 after some attempts, the first of which, clean in number, had no effect.
func begun(t *testing.T, attempts, clean int) (Order, Operation) {
	t.Helper()
	o, verdict, err := learned(t, paid(90000)).Refund(policy, RefundID("k"), 30000, -1, t0)
	if err != nil || verdict != Call {
		t.Fatal(verdict, err)
	}
	op, _ := o.Operation(RefundID("k"))
	for n := 1; n < attempts; n++ {
		o = o.Settle(policy, op.ID, 1, Outcome{State: Open, Attempt: n, NoEffect: n <= clean, At: t0})
		op, _ = o.Operation(op.ID)
		o = o.beginAgain(policy, op, op.LeaseUntil)
		op, _ = o.Operation(op.ID)
	}
	return o, op
}

// The table has every end of an attempt after every past: the refund's state, and whether its amount stays reserved.
func TestWhatAnAnswerProves(t *testing.T) {
	const halted = State("halted")
	believing := policy
	believing.BelieveUnsigned = true
	refused := Refusal{Code: "X", Message: "no"}
	for _, test := range []struct {
		name            string
		policy          Policy
		attempts, clean int
		out             Outcome
		want            State
	}{
		{"success", policy, 1, 0, Outcome{State: Done, Signed: true}, Done},
		{"unsigned success", policy, 1, 0, Outcome{State: Done}, Done},
		{"signed refusal", policy, 1, 0, Outcome{State: Refused, Signed: true}, Refused},
		{"unsigned refusal", policy, 1, 0, Outcome{State: Refused}, Open},
		{"unsigned refusal, believed with check status", believing, 1, 0, Outcome{State: Refused}, halted},
		{"no answer", policy, 1, 0, Outcome{State: Open}, Open},
		{"not sent", policy, 1, 0, Outcome{State: Open, NoEffect: true}, Open},
		{"turned away", policy, 1, 0, Outcome{State: Refused, NoEffect: true}, Open},
		{"void of a part", policy, 1, 0, Outcome{State: Open, Halt: true}, halted},

		{"after doubt: success", policy, 2, 0, Outcome{State: Done, Signed: true}, Done},
		{"after doubt: unsigned success", policy, 2, 0, Outcome{State: Done}, Open},
		{"after doubt: signed refusal", policy, 2, 0, Outcome{State: Refused, Signed: true}, halted},
		{"after doubt: unsigned refusal", policy, 2, 0, Outcome{State: Refused}, halted},
		{"after doubt: unsigned refusal, under either policy", believing, 2, 0, Outcome{State: Refused}, halted},
		{"after doubt: the first refusal again", policy, 2, 0,
			Outcome{State: Refused, Signed: true, Replayed: true}, Refused},
		{"after doubt: the first refusal again, unsigned", policy, 2, 0,
			Outcome{State: Refused, Replayed: true}, halted},
		{"after doubt: not sent", policy, 2, 0, Outcome{State: Open, NoEffect: true}, Open},

		{"after an attempt without effect: signed refusal", policy, 2, 1,
			Outcome{State: Refused, Signed: true}, Refused},
		{"after an attempt without effect: unsigned success", policy, 2, 1, Outcome{State: Done}, Done},
		{"after doubt and then one without effect: signed refusal", policy, 3, 0,
			Outcome{State: Refused, Signed: true}, halted},
	} {
		t.Run(test.name, func(t *testing.T) {
			o, op := begun(t, test.attempts, test.clean)
			test.out.Attempt, test.out.At, test.out.Refusal = op.Attempts, t0, refused
			after, _ := o.Settle(test.policy, op.ID, 1, test.out).Operation(op.ID)
			got := after.State
			if !after.HaltedAt.IsZero() {
				got = halted
			}
			if got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
			reserved := o.Settle(test.policy, op.ID, 1, test.out).Refundable() == 60000
			if reserved == (test.want == Refused) {
				t.Errorf("%s: reserved is %t", test.want, reserved)
			}
		})
	}
}

// The outcome of an attempt is recorded once, even if it is written again. A store may report its own success as a lost
// race.
func TestAnAttemptWithoutEffectCountsOnce(t *testing.T) {
	o, op := begun(t, 2, 0)
	out := Outcome{State: Open, Attempt: 2, NoEffect: true, At: t0}
	for range 3 {
		o = o.Settle(policy, op.ID, 1, out)
	}
	if after, _ := o.Operation(op.ID); !after.InDoubt() || after.Clean != 0 {
		t.Errorf("%+v: the first attempt is still in doubt", after)
	}
	o, op = begun(t, 1, 0)
	out.Attempt = 1
	for range 3 {
		o = o.Settle(policy, op.ID, 1, out)
	}
	if after, _ := o.Operation(op.ID); after.InDoubt() || after.Clean != 1 {
		t.Errorf("%+v: nothing was sent", after)
	}
}

// An item of an earlier version does not record which attempts had no effect. They count as in doubt.
func TestAnOperationOfAnEarlierVersionIsInDoubt(t *testing.T) {
	o, op := begun(t, 2, 1)
	op.Clean = 0
	o = o.withOperation(op).Settle(policy, op.ID, 1, Outcome{State: Refused, Attempt: 2, Signed: true, At: t0})
	if after, _ := o.Operation(op.ID); after.State != Open || after.HaltedAt.IsZero() {
		t.Errorf("%+v", after)
	}
}

func TestAHaltedOperationIsAskedAboutTwiceAndThenParked(t *testing.T) {
	o, op := begun(t, 2, 0)
	o = o.Settle(policy, op.ID, 1, Outcome{State: Refused, Attempt: 2, Signed: true, At: t0,
		Refusal: Refusal{Code: "X"}})
	if _, verdict, _ := o.Refund(policy, op.ID, 30000, -1, t0.Add(time.Hour)); verdict != Halted {
		t.Errorf("a repeat: %v: it must not be sent", verdict)
	}
	if _, verdict := o.Resume(policy, op.ID, t0.Add(time.Hour)); verdict != Halted {
		t.Errorf("reconciliation: %v: it must not be sent", verdict)
	}
	for i, want := range []time.Duration{time.Minute, 10 * time.Minute} {
		due := o.Schedule(policy).DueAt
		if !due.Equal(t0.Add(want)) || !o.Schedule(policy).DueMoney {
			t.Fatalf("look %d is due at %s", i+1, due)
		}
		o = o.RecordLook(policy, op.ID, nil, true, due)
	}
	after, _ := o.Operation(op.ID)
	if after.State != Parked || after.ParkedFor() != ReasonRefusedInDoubt || after.Refusal.Code != "X" ||
		o.Refundable() != 60000 {
		t.Errorf("%+v, refundable %d", after, o.Refundable())
	}
}

// An unsigned refusal of a first attempt is believed if the policy allows it and check status shows that nothing moved.
func TestAnUnsignedRefusalIsBelievedAfterCheckStatus(t *testing.T) {
	believing := policy
	believing.BelieveUnsigned = true
	for _, answered := range []bool{true, false} {
		o, op := begun(t, 1, 0)
		o = o.Settle(believing, op.ID, 1, Outcome{State: Refused, Attempt: 1, At: t0, Refusal: Refusal{Code: "X"}})
		for range 2 {
			o = o.RecordLook(believing, op.ID, nil, answered, o.Schedule(believing).DueAt)
		}
		after, _ := o.Operation(op.ID)
		if want := map[bool]State{true: Refused, false: Parked}[answered]; after.State != want {
			t.Errorf("check status answered %t: %s, want %s", answered, after.State, want)
		}
	}
}

// At the end of the trust window an operation in doubt is parked, and one that is not is refused.
func TestTheEndOfTheTrustWindow(t *testing.T) {
	end := t0.Add(policy.TrustWindow)
	o, op := begun(t, 1, 0)
	o = o.Settle(policy, op.ID, 1, Outcome{State: Open, Attempt: 1, NoEffect: true, At: t0})
	if next, changed := o.Park(policy, op.ID, end); !changed || next.Refundable() != 90000 ||
		next.Operations[1].Refusal.Code != NotCarriedOut {
		t.Errorf("nothing was ever sent: %+v", next.Operations[1])
	}
	next, verdict, err := o.Refund(policy, op.ID, 30000, -1, end)
	if again, _ := next.Operation(op.ID); verdict != Call || err != nil || again.Generation != 2 ||
		again.RequestID == op.RequestID {
		t.Errorf("its key again: %v, %v, %+v", verdict, err, again)
	}
	o, op = begun(t, 2, 0)
	o = o.Settle(policy, op.ID, 1, Outcome{State: Open, Attempt: 2, At: t0})
	if next, changed := o.Park(policy, op.ID, end); !changed || next.Operations[1].State != Parked ||
		next.Refundable() != 60000 {
		t.Errorf("in doubt: %+v", next.Operations[1])
	}
	never := policy
	never.TrustWindow = 0
	if _, verdict, _ := o.Refund(never, op.ID, 30000, -1, t0.Add(time.Hour)); verdict != InReview {
		t.Errorf("a window of 0: %v: it sends nothing again", verdict)
	}
}

// The first repeat comes after RESEND_AFTER, the others every five minutes.
func TestRepeatsOfAnOperationInDoubt(t *testing.T) {
	o, op := begun(t, 1, 0)
	var sent []time.Duration
	for now := t0; now.Before(t0.Add(policy.TrustWindow)); now = now.Add(time.Second) {
		next, verdict, _ := o.Refund(policy, op.ID, 30000, -1, now)
		if verdict != Call {
			continue
		}
		sent = append(sent, now.Sub(t0))
		op, _ = next.Operation(op.ID)
		o = next.Settle(policy, op.ID, 1, Outcome{State: Open, Attempt: op.Attempts, At: now})
	}
	if len(sent) != 12 || sent[0] != DefaultResendAfter || sent[1]-sent[0] != 5*time.Minute ||
		sent[11]-sent[10] != 5*time.Minute {
		t.Errorf("repeated at %v", sent)
	}
}
