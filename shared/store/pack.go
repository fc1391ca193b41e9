package store

import (
	"slices"
	"strconv"
	"strings"

	"kasir/shared/order"
)

// What is written again and again is written short: a kilobyte more is another write unit for every write of the order.

// shortRefund stands for the kind of a refund whose id begins with it, as all do that order makes; the id goes without.
const (
	shortRefund  = "r"
	refundPrefix = string(order.KindRefund) + "-"
)

func packKind(id, kind string) (string, string) {
	rest, prefixed := strings.CutPrefix(id, refundPrefix)
	switch {
	case kind == id:
		return id, ""
	case prefixed && kind == string(order.KindRefund):
		return rest, shortRefund
	}
	return id, kind
}

func unpackKind(id, kind string) (string, string) {
	switch kind {
	case "":
		return id, id
	case shortRefund:
		return refundPrefix + id, string(order.KindRefund)
	}
	return id, kind
}

// packEvent writes an event as one text; in DynamoDB a list of maps would be three times as large. Most events are of an
// operation, which is named by its place, "#0", and the Request-Id of an operation's intent is already in it, so that "#" stands for
// it. What begins with that sign itself gets another.
func packEntry(e order.HistoryEntry, operations []order.Operation) string {
	clean := strings.NewReplacer("|", "/")
	of, detail := escape(clean.Replace(e.Of)), escape(e.Detail)
	if i := slices.IndexFunc(operations, func(op order.Operation) bool { return op.ID == e.Of }); i >= 0 {
		of = marker + strconv.Itoa(i)
		if e.Detail != "" && e.Detail == operations[i].RequestID {
			detail = marker
		}
	}
	return strconv.FormatInt(millis(e.At), 36) + "|" + clean.Replace(e.What) + "|" + of + "|" + detail
}

const marker = "#"

func escape(text string) string {
	if strings.HasPrefix(text, marker) {
		return marker + text
	}
	return text
}

func unpackEntry(text string, operations []order.Operation) order.HistoryEntry {
	part := strings.SplitN(text, "|", 4)
	for len(part) < 4 {
		part = append(part, "")
	}
	at, _ := strconv.ParseInt(part[0], 36, 64)
	e := order.HistoryEntry{At: instant(at), What: part[1], Of: part[2], Detail: part[3]}
	place, short := strings.CutPrefix(e.Of, marker)
	i, err := strconv.Atoi(place)
	switch {
	case !short:
	case err == nil && i >= 0 && i < len(operations):
		e.Of = operations[i].ID
		if e.Detail == marker {
			e.Detail = operations[i].RequestID
			return e
		}
	default:
		e.Of = place
	}
	e.Detail = strings.TrimPrefix(e.Detail, marker)
	return e
}
