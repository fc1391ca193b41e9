package simulation

import "time"

// event is an act at a time.
type event struct {
	at  time.Time
	seq int
	act func()
}

func (e event) before(o event) bool {
	return e.at.Before(o.at) || (e.at.Equal(o.at) && e.seq < o.seq)
}

// queue holds the events to come, earliest first. Events of one instant keep the order in which they were put in.
type queue struct {
	heap []event
	seq  int
}

func (q *queue) put(at time.Time, act func()) {
	q.seq++
	q.heap = append(q.heap, event{at, q.seq, act})
	i := len(q.heap) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !q.heap[i].before(q.heap[parent]) {
			return
		}
		q.heap[i], q.heap[parent] = q.heap[parent], q.heap[i]
		i = parent
	}
}

func (q *queue) pop() (event, bool) {
	if len(q.heap) == 0 {
		return event{}, false
	}
	first := q.heap[0]
	last := len(q.heap) - 1
	q.heap[0] = q.heap[last]
	q.heap[last] = event{}
	q.heap = q.heap[:last]
	q.sink()
	return first, true
}

func (q *queue) sink() {
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(q.heap); child++ {
			if q.heap[child].before(q.heap[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		q.heap[i], q.heap[least] = q.heap[least], q.heap[i]
		i = least
	}
}
