package sandbox

import (
	"fmt"
	"net/http"
)

// texts are all sentences of the hosted page in one language.
type texts struct {
	Language, Other string // "en" and "ID", or "id" and "EN"; Other is the language to switch to

	Sandbox, Title, Merchant, Secure, Order, Invoice, Item, Total, Each, ExpiresAt    string
	CardTitle, Number, Expiry, ExpiryShape, CVV, Name, Pay, TestCards, TestCardsHint  string
	NumberMissing, NumberWrong, NumberNotTest, ExpiryMissing, ExpiryWrong, ExpiryPast string
	CVVMissing, CVVWrong, NameMissing, NameWrong                                      string

	NumberNotAllowed, UseSaved, UseOther, SaveCard, SaveForced, DisclaimerMissing string
	Tenor, AtOnce, Months, TenorWrong, Acquirer, ChooseAcquirer, AcquirerMissing  string
	Promo, PromoText, Discount, Plan                                              string

	OTPTitle, OTPText, OTPHint, OTPField, Confirm, OtherCard, OTPWrong, OTPLast string
	Amount, Card, Approval, Date                                                string

	Success, Authorized, SuccessText, AuthorizedText, Return, Returning, CloseIt string
	Declined, DeclinedText, TryAgain, Fix                                        string
	PageExpired, PaidElsewhere, NoPage, BadForm                                  string

	Clock, Days, Hours, Minutes string // Days, Hours and Minutes have two forms: one|several

	Reasons map[string]string // by response_code; "3D" for an unconfirmed cardholder, "" for any other
	About   map[string]string // descriptions of test cards, by the same keys
}

var english = &texts{
	Language: "en", Other: "ID",
	Sandbox: "This is kasir's sandbox, not DOKU. No real card is charged.",
	Title:   "Card payment", Merchant: "Merchant", Secure: "Secure card payment",
	Order: "Order", Invoice: "Invoice", Item: "Item", Total: "Total", Each: "each",
	ExpiresAt: "This page can be paid until",
	CardTitle: "Pay by card", Number: "Card number", Expiry: "Expiry", ExpiryShape: "MM/YY", CVV: "CVV",
	Name: "Name on card", Pay: "Pay",
	TestCards: "Test cards", TestCardsHint: "Choose one to fill in the form.",
	NumberMissing: "Enter the card number.",
	NumberWrong:   "This is not a valid card number. Check the digits.",
	NumberNotTest: "The sandbox takes only the test cards listed below. Never enter a real card here.",
	ExpiryMissing: "Enter the expiry date.",
	ExpiryWrong:   "Write the date as MM/YY.",
	ExpiryPast:    "This card has expired.",
	CVVMissing:    "Enter the CVV.",
	CVVWrong:      "The CVV is the 3 digits on the back.",
	NameMissing:   "Enter the name on the card.",
	NameWrong:     "This name cannot be used.",

	NumberNotAllowed: "The merchant does not take this card for this order. Please use another one.",
	UseSaved:         "Use the saved card", UseOther: "Use another card",
	SaveCard:          "Save this card for next time",
	SaveForced:        "The merchant keeps this card for your next payment.",
	DisclaimerMissing: "Please agree before you pay.",
	Tenor:             "Installments", AtOnce: "Pay at once", Months: "%d months · %s a month",
	TenorWrong: "Choose one of the plans.",
	Acquirer:   "Installments of bank", ChooseAcquirer: "Choose a bank",
	AcquirerMissing: "Choose the bank of your card.",
	Promo:           "Promo", PromoText: "%s off with cards that begin with %s", Discount: "Discount", Plan: "Plan",

	OTPTitle: "Confirm it is you", OTPText: "Your bank asks for the one-time password it sent to your phone.",
	OTPHint: "In this sandbox it is", OTPField: "One-time password", Confirm: "Confirm", OtherCard: "Use another card",
	OTPWrong: "That password is not right. %d tries left.", OTPLast: "That password is not right. One try left.",
	Amount: "Amount", Card: "Card", Approval: "Approval code", Date: "Date",

	Success: "Payment successful", SuccessText: "Thank you. Your payment was received.",
	Authorized:     "Payment authorised",
	AuthorizedText: "The amount is reserved on your card. The merchant charges it later.",
	Return:         "Return to merchant", Returning: "You will be taken back to the merchant in a moment.",
	CloseIt:  "You can close this page.",
	Declined: "Payment declined", DeclinedText: "Nothing was charged.", TryAgain: "Try another card",
	Fix:           "Please check the marked fields.",
	PageExpired:   "This payment page has expired. Please go back to the merchant to pay again.",
	PaidElsewhere: "This order has been paid already. Nothing more will be charged.",
	NoPage: "There is no payment page at this address. The sandbox forgets its pages when it ends. " +
		"Please order again under another order number.",
	BadForm: "The form could not be read.",

	Clock: "Clock: %s, %s ahead", Days: "%d day|%d days", Hours: "%d hour|%d hours", Minutes: "%d minute|%d minutes",

	Reasons: map[string]string{
		"51": "There is not enough money on this card.",
		"54": "The bank says that this card has expired.",
		"05": "The bank did not approve this payment and gave no reason. The cardholder can ask the bank.",
		"3D": "The bank could not confirm that the cardholder is paying.",
		"":   "The bank did not approve this payment.",
	},
	About: map[string]string{
		"00": "is approved", "51": "insufficient funds", "54": "expired card", "05": "do not honour",
		"3D": "3-D Secure fails",
	},
}

var indonesian = &texts{
	Language: "id", Other: "EN",
	Sandbox: "Ini sandbox kasir, bukan DOKU. Kartu asli tidak ditagih.",
	Title:   "Pembayaran kartu", Merchant: "Merchant", Secure: "Pembayaran kartu yang aman",
	Order: "Pesanan", Invoice: "Nomor tagihan", Item: "Barang", Total: "Total", Each: "per buah",
	ExpiresAt: "Halaman ini dapat dibayar sampai",
	CardTitle: "Bayar dengan kartu", Number: "Nomor kartu", Expiry: "Masa berlaku", ExpiryShape: "BB/TT", CVV: "CVV",
	Name: "Nama di kartu",
	Pay:  "Bayar", TestCards: "Kartu uji", TestCardsHint: "Pilih salah satu untuk mengisi formulir.",
	NumberMissing: "Isi nomor kartu.",
	NumberWrong:   "Nomor kartu tidak valid. Periksa angkanya.",
	NumberNotTest: "Sandbox hanya menerima kartu uji di bawah ini. Jangan pernah memasukkan kartu asli.",
	ExpiryMissing: "Isi masa berlaku kartu.",
	ExpiryWrong:   "Tulis tanggal sebagai BB/TT.",
	ExpiryPast:    "Masa berlaku kartu ini sudah habis.",
	CVVMissing:    "Isi CVV.",
	CVVWrong:      "CVV adalah 3 angka di belakang kartu.",
	NameMissing:   "Isi nama di kartu.",
	NameWrong:     "Nama ini tidak dapat dipakai.",

	NumberNotAllowed: "Merchant tidak menerima kartu ini untuk pesanan ini. Silakan pakai kartu lain.",
	UseSaved:         "Pakai kartu tersimpan", UseOther: "Pakai kartu lain",
	SaveCard:          "Simpan kartu ini untuk pembayaran berikutnya",
	SaveForced:        "Merchant menyimpan kartu ini untuk pembayaran Anda berikutnya.",
	DisclaimerMissing: "Setujui dulu sebelum membayar.",
	Tenor:             "Cicilan", AtOnce: "Bayar langsung", Months: "%d bulan · %s per bulan",
	TenorWrong: "Pilih salah satu cicilan.",
	Acquirer:   "Cicilan bank", ChooseAcquirer: "Pilih bank", AcquirerMissing: "Pilih bank kartu Anda.",
	Promo: "Promo", PromoText: "Potongan %s dengan kartu berawalan %s", Discount: "Potongan", Plan: "Cicilan",

	OTPTitle: "Konfirmasi bahwa ini Anda",
	OTPText:  "Bank Anda meminta kata sandi sekali pakai yang dikirim ke ponsel Anda.",
	OTPHint:  "Di sandbox ini kodenya", OTPField: "Kata sandi sekali pakai", Confirm: "Konfirmasi",
	OtherCard: "Pakai kartu lain",
	OTPWrong:  "Kode itu salah. Sisa %d percobaan.", OTPLast: "Kode itu salah. Sisa satu percobaan.",
	Amount: "Jumlah", Card: "Kartu", Approval: "Kode persetujuan", Date: "Tanggal",

	Success: "Pembayaran berhasil", SuccessText: "Terima kasih. Pembayaran Anda sudah diterima.",
	Authorized:     "Pembayaran diotorisasi",
	AuthorizedText: "Dana dicadangkan di kartu Anda. Merchant akan menagihnya nanti.",
	Return:         "Kembali ke merchant", Returning: "Anda akan segera dibawa kembali ke merchant.",
	CloseIt:  "Anda dapat menutup halaman ini.",
	Declined: "Pembayaran ditolak", DeclinedText: "Tidak ada yang ditagih.", TryAgain: "Coba kartu lain",
	Fix:           "Periksa kolom yang ditandai.",
	PageExpired:   "Halaman pembayaran ini sudah kedaluwarsa. Silakan kembali ke merchant untuk membayar lagi.",
	PaidElsewhere: "Pesanan ini sudah dibayar. Tidak ada tagihan lagi.",
	NoPage: "Tidak ada halaman pembayaran di alamat ini. Sandbox lupa semua halamannya saat berhenti. " +
		"Silakan pesan lagi dengan nomor pesanan lain.",
	BadForm: "Data yang dikirim tidak dapat dibaca.",

	Clock: "Jam: %s, dimajukan %s", Days: "%d hari|%d hari", Hours: "%d jam|%d jam", Minutes: "%d menit|%d menit",

	Reasons: map[string]string{
		"51": "Saldo kartu ini tidak mencukupi.",
		"54": "Menurut bank, masa berlaku kartu ini sudah habis.",
		"05": "Bank tidak menyetujui pembayaran ini dan tidak memberi alasan. Pemegang kartu dapat bertanya ke bank.",
		"3D": "Bank tidak dapat memastikan bahwa pemegang kartu yang membayar.",
		"":   "Bank tidak menyetujui pembayaran ini.",
	},
	About: map[string]string{
		"00": "disetujui", "51": "saldo tidak cukup", "54": "kartu kedaluwarsa", "05": "ditolak bank",
		"3D": "3-D Secure gagal",
	},
}

// textsFor returns the texts in the customer's language, else the merchant's default, else English ("Default: English
// EN").
func textsFor(r *http.Request, p *page) *texts {
	language := chosenLanguage(r)
	if language == "" && p != nil {
		language = p.body.Override.Themes.Language
	}
	if language == "ID" {
		return indonesian
	}
	return english
}

// chosenLanguage returns the language that the customer switched to, "" for none.
func chosenLanguage(r *http.Request) string {
	if l := r.FormValue("language"); l == "EN" || l == "ID" {
		return l
	}
	return ""
}

func (t *texts) otpWrong(left int) string {
	if left == 1 {
		return t.OTPLast
	}
	return fmt.Sprintf(t.OTPWrong, left)
}

func (t *texts) months(n int64, each string) string { return fmt.Sprintf(t.Months, n, each) }

func (t *texts) promo(discount, bin string) string { return fmt.Sprintf(t.PromoText, discount, bin) }

func (t *texts) declineReason(a *attempt) string {
	code := a.code
	if a.message == failed3D {
		code = "3D"
	}
	if reason, ok := t.Reasons[code]; ok {
		return reason
	}
	return t.Reasons[""]
}

// AboutCard returns the behaviour of a test card, in words.
func (t *texts) AboutCard(c TestCard) string {
	if c.Fails3D {
		return t.About["3D"]
	}
	return t.About[c.Code]
}
