package soak

import (
	"time"

	"kasir/local/sandbox"
)

// resendAfter is longer than a lease, which lasts 35 seconds: nothing is sent again before its end, for any
// RESEND_AFTER.
const resendAfter = 36 * time.Second

// settings shorten the waits. An open page is checked a minute and a half after it was created, and an operation in
// doubt is parked a minute and a half after it could first be sent again. If DOKU's memory is shorter, each operation
// in doubt is sent again after DOKU has forgotten it.
func (c Config) settings() map[string]string {
	again := max(resendAfter, c.Memory+10*time.Second)
	return map[string]string{
		"PAGE_LIFETIME": "20s", "DOKU_TIMEOUT": "5s",
		"RESEND_AFTER": again.String(), "TRUST_WINDOW": (again + 90*time.Second).String(),
	}
}

// faults returns every kind of fault that the sandbox has. A delayed call may arrive after the next attempt.
func (c Config) faults() sandbox.Faults {
	f := sandbox.EveryFault(c.Faults, c.Seed)
	// Money is lost between two faults: an effect whose answer is unknown, and an answer that is wrongly believed.
	f.LoseAfter, f.ForeignBefore, f.ForeignAfter = c.Faults/8, c.Faults/8, c.Faults/8
	f.RefuseRepeat, f.IdempotentRequest = c.Faults/4, c.Faults/4
	f.DelayRange = sandbox.DelayRange{
		DelayMin: sandbox.Duration(50 * time.Millisecond), DelayMax: sandbox.Duration(resendAfter + 4*time.Second),
	}
	asked := f.CallFaults.At("status")
	asked.Lag = sandbox.Duration(30 * time.Second)
	asked.StatusLag, asked.StatusNotFound, asked.StatusOtherOrder = c.Faults/4, c.Faults/4, c.Faults/8
	f.Calls = map[string]sandbox.CallFaults{"status": asked}
	f.PendingFor = sandbox.Duration(5 * time.Second)
	f.Notifications.Drop = max(f.Notifications.Drop, c.Faults/3)
	f.Notifications.LateBy = sandbox.Duration(30 * time.Second)
	f.Behaviour = c.behaviour()
	return f
}

// behaviour returns the behaviour that stays when faults end: this DOKU always acts like that.
func (c Config) behaviour() sandbox.Behaviour {
	b := sandbox.Behaviour{ForgetAfter: sandbox.Duration(c.Memory), PageLifetime: sandbox.Duration(10 * time.Minute)}
	switch c.Unsigned {
	case "success":
		b.UnsignedAnswers.Success = true
	case "refusal":
		b.UnsignedAnswers.Refusal = true
	case "get":
		b.UnsignedAnswers.GET = true
	case "mixed":
		b.UnsignedAnswers = sandbox.UnsignedAnswers{Success: true, Refusal: true, GET: true, Share: 0.25}
	}
	return b
}
