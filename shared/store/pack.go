package store

import (
	"slices"
	"strconv"
	"strings"

	"kasir/shared/order"
)

// Every kilobyte of an order is another write unit for each of its writes, so frequent values have short forms.
//
// shortRefund is the stored kind of a refund whose ID begins with refundPrefix, as the IDs of package order do. The
// prefix is then left out.
const (
	shortRefund  = "r"
	refundPrefix = string(order.KindRefund) + "-"
)

// packKind returns the stored forms of an operation's ID and kind.
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

// unpackKind is the inverse of packKind.
func unpackKind(id, kind string) (string, string) {
	switch kind {
	case "":
		return id, id
	case shortRefund:
		return refundPrefix + id, string(order.KindRefund)
	}
	return id, kind
}

// packEntry returns a history entry as one string; a list of maps would take three times the space in DynamoDB. An
// entry about an operation names it by its index, for example "#0". If the detail is that operation's Request-Id, "#"
// stands for it. A value that begins with "#" gets another "#" in front.
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

// marker begins a short form.
const marker = "#"

// escape puts a marker before a string that begins with one.
func escape(text string) string {
	if strings.HasPrefix(text, marker) {
		return marker + text
	}
	return text
}

// unpackEntry is the inverse of packEntry.
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
