package settlement

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSettingsOfTheFormAreRead(t *testing.T) {
	columns, err := ParseColumns(" AMOUNT = Gross Amount ,total refund_=,PAY TO MERCHANT=Net,")
	if diff := cmp.Diff(Columns{ColumnAmount: " Gross Amount ", TotalRefunds: "", ColumnPayout: "Net"},
		columns); err != nil ||
		diff != "" {
		t.Error(err, diff)
	}
	if columns.name(ColumnAmount) != "gross amount" || columns.name(ColumnFee) != "fee" {
		t.Error(columns)
	}
	words, err := ParseWords("Pengembalian Dana=refund, VOID_PAYMENT =void,Purchase=unknown")
	if err != nil || words.kind(" pengembalian  dana") != Refund || words.kind("Void_Payment") != Void ||
		words.kind("purchase") != Unknown || words.kind("Chargeback") != Chargeback || words.kind("") != Unknown {
		t.Error(words, err)
	}
	names, err := ParseNames(" Toko A, ,Toko B")
	if diff := cmp.Diff([]string{"Toko A", "Toko B"}, names); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, wrong := range []string{"AMOUNT", "GROSS=AMOUNT", "AMOUNT=", "Batch ID_=", "=x"} {
		if _, err := ParseColumns(wrong); err == nil {
			t.Errorf("the columns %q are accepted", wrong)
		}
	}
	for _, wrong := range []string{"Refund", "Refund=back", "=refund", "Refund="} {
		if _, err := ParseWords(wrong); err == nil {
			t.Errorf("the words %q are accepted", wrong)
		}
	}
}

func TestAFeeIsComputedToTheRupiah(t *testing.T) {
	for text, fees := range map[string]map[int64]int64{
		"2.8%+2000+11%":  {100_000: 5328, 1: 2220, 99_999: 5328},
		"4500+11%":       {1: 4995, 1_000_000: 4995},
		"1.5%":           {100_000: 1500, 33: 0, 34: 1, 1_000_000_000_000: 15_000_000_000},
		"0.7% + 0 + 11%": {103_272: 802},
		"2000":           {5: 2000},
	} {
		fee, err := ParseFee(text)
		if err != nil {
			t.Fatal(text, err)
		}
		for amount, want := range fees {
			got := fee.of(amount)
			if got != want || !fee.fits(amount, want) || fee.fits(amount, want+2) || fee.fits(amount, want-2) {
				t.Errorf("%s of %d is %d, want %d", text, amount, got, want)
			}
		}
	}
	if fee, err := ParseFee(" "); fee != nil || err != nil {
		t.Error(fee, err)
	}
	for _, wrong := range []string{"2,8%", "free", "-1%", "2.8%+2000+11%+5", "1e3", "200%", "2.8 2000", "2.8%+11%"} {
		if fee, err := ParseFee(wrong); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%q is %v, %v", wrong, fee, err)
		}
	}
}
