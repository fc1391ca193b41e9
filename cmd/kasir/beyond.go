package main

import (
	"cmp"
	"strconv"
)

// retention is the number of days for which a deployment keeps its logs and events. 0 means that it is not known.
type retention struct {
	Logs    int `json:"logs"`
	Archive int `json:"archive"` // of events
}

// beyondDesk is a copy of a customer's data that kasir forget cannot erase.
type beyondDesk struct {
	What  string `json:"what"`
	Until string `json:"until"` // when it ends, or who can erase it
}

// beyond lists what kasir forget cannot reach from the desk.
func (d *desk) beyond() []beyondDesk {
	all := []beyondDesk{
		{"events sent", "they are with the receivers of webhooks and of the bus, with the masked card at most"},
		{"DOKU's records", "payment, customer and saved cards: ask DOKU, which has its own duties to keep them"},
		{"your own copies", "orders, mails, spreadsheets and exports"},
	}
	if d.kept == nil {
		return append(all, beyondDesk{"this machine", "the data folder's log and last events, until you delete it"})
	}
	days := func(n int, setting string) string { return cmp.Or(dayCount(n), setting+" of the stage") }
	return append(all,
		beyondDesk{"the table's backups", "they end 35 days after the data; an export or a copy of the table stays"},
		beyondDesk{"the archive of events", "an event ends after " + days(d.kept.Archive, "ArchiveDays")},
		beyondDesk{"the logs", "a line ends after " + days(d.kept.Logs, "LogDays") +
			"; lines name invoice numbers and no customer"},
		beyondDesk{"settlement reports", "a report, with the customers' names, ends after 90 days in its bucket"},
	)
}

func dayCount(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n) + " days"
}
