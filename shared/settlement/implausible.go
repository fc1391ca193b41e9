package settlement

import (
	"fmt"
	"slices"
	"time"

	"kasir/shared/order"
)

// latestPayout is how long after the report's reading a pay-out may be.
const latestPayout = 31 * 24 * time.Hour

// implausible returns a sentence about a row that cannot be as the report has it, or "". Such a sale is not booked.
func (r *run) implausible(o order.Order, row Row) string {
	if row.Kind == Sale {
		switch {
		case row.Fee < 0:
			return fmt.Sprintf("The fee of the sale is negative, %d.", row.Fee)
		case row.Discount < 0:
			return fmt.Sprintf("The discount of the sale is negative, %d.", row.Discount)
		case row.Fee+row.Discount > row.Amount:
			return fmt.Sprintf("Fee %d and discount %d are more than the amount %d.", row.Fee, row.Discount, row.Amount)
		}
	}
	switch {
	case row.Kind != Unknown && row.PaidOut.Before(row.TransactionDate):
		return "The pay-out is before the transaction."
	case row.Kind != Unknown && row.PaidOut.Add(48*time.Hour).Before(o.CreatedAt): // a day may be of another zone
		return "The pay-out is before the order was created."
	case row.Kind != Unknown && r.tooLate(row.PaidOut):
		return fmt.Sprintf("The pay-out is on %s, more than 31 days after the report was read.",
			row.PaidOut.Format(time.DateOnly))
	}
	return ""
}

func (r *run) tooLate(day time.Time) bool { return day.After(r.today.Add(latestPayout)) }

// promo reports whether the discount of a row is that of a promo of the order. DOKU takes off one of them at most.
func (r Row) promo(o order.Order) bool { return slices.Contains(o.Discounts, r.Discount) }

// paid returns the amounts that the customer may have paid. DOKU does not document whether the amount of a sale with a
// promo is that before the discount or after it.
func (r Row) paid(o order.Order) []int64 {
	if r.promo(o) {
		return []int64{r.Amount, r.Amount - r.Discount}
	}
	return []int64{r.Amount}
}
