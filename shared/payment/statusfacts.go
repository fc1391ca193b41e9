package payment

import (
	"strings"

	"kasir/shared/doku"
	"kasir/shared/order"
)

// statusFacts returns the facts in an answer of check status about an order. Captured and refunded money is reported
// differently there than in a notification.
func (s *Service) statusFacts(st doku.Status, o order.Order) order.Facts {
	contradicts := func(kind order.ConflictKind, detail string) order.Facts {
		return order.Facts{Conflicts: []order.Conflict{order.NewConflict(kind, detail, detail, order.Facts{})}}
	}
	if st.InvoiceNumber != o.Invoice {
		return contradicts(order.ConflictInvoice, "DOKU answered for another invoice")
	}
	n := doku.Notification{
		InvoiceNumber: st.InvoiceNumber, Amount: st.Amount, Type: st.Type, Status: st.TransactionStatus, Date: st.Date,
		AuthorizeID: st.AuthorizeID, ApprovalCode: st.ApprovalCode, ResponseCode: st.ResponseCode,
		ResponseMessage: st.ResponseMessage, Acquirer: st.Acquirer, Card: st.Card,
		OriginalRequestID: st.OriginalRequestID, Channel: st.Channel, Refund: st.Refund,
	}
	if n.Date.IsZero() && strings.EqualFold(n.Type, string(doku.Authorize)) {
		n.Date = o.CreatedAt // the earliest possible time: the deadline must not come out too late
		if a := o.Facts.Authorized; a != nil && a.ID == n.AuthorizeID {
			n.Date = a.At
		}
	}
	news, _ := s.translateReport(n, o, true)
	r := report{Notification: n, o: o, at: order.Stamp(n.Date), learned: order.Stamp(s.Now()), fromStatus: true}
	known := o.Captured() > 0 || news.Paid != nil || news.Captured != nil // the same answer may report the payment
	if strings.EqualFold(st.TransactionStatus, "SUCCESS") && r.namesRefund() && known {
		news.Movements = append(news.Movements, r.refunded(order.MovedRefund, 0).Movements...)
	}
	return news
}
