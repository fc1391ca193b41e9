package standin

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"kasir/shared/doku"
)

// World is everything that a function calls, on loopback.
type World struct {
	AWS  AWS
	DOKU DOKU

	Connections atomic.Int64 // opened to any stand-in
	ToDOKU      atomic.Int64 // of them to DOKU's
	Pause       atomic.Int64 // nanoseconds before each answer

	Authority string // file of the certificate that the stand-ins show
	servers   []*httptest.Server
}

// Secure selects the stand-ins that use TLS.
type Secure int

// At AWS everybody uses TLS.
const (
	Nobody Secure = iota
	DOKUAlone
	Everybody
)

// New starts the stand-ins. With indexes of the table, its requests are billed. The caller must Close them.
func New(secure Secure, indexes ...Index) (*World, error) {
	dir, err := os.MkdirTemp("", "kasir-bench-")
	if err != nil {
		return nil, err
	}
	w := &World{Authority: filepath.Join(dir, "authority.pem"), AWS: AWS{indexes: indexes}}
	shown, err := makeCertificate(w.Authority)
	w.serve(&w.DOKU, secure != Nobody, shown)
	for range 3 { // each service of AWS has its own address, so that connections are not shared
		w.serve(&w.AWS, secure == Everybody, shown)
	}
	return w, err
}

// makeCertificate makes a certificate and writes it to a file for the functions. Its key signs fast, to keep the
// stand-ins' share of a handshake small.
func makeCertificate(file string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	err = errors.Join(err, os.WriteFile(file, text, 0o600))
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, err
}

func (w *World) serve(handler http.Handler, secure bool, shown tls.Certificate) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(w.Pause.Load()))
		handler.ServeHTTP(rw, r)
	}))
	w.servers = append(w.servers, server)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			w.Connections.Add(1)
			if handler == http.Handler(&w.DOKU) {
				w.ToDOKU.Add(1)
			}
		}
	}
	if !secure {
		server.Start()
		return
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{shown}}
	server.StartTLS()
}

// Env returns the environment in which a function calls the stand-ins. The keys come from Secrets Manager.
func (w *World) Env() map[string]string {
	return map[string]string{
		"DOKU_ENVIRONMENT": w.servers[0].URL, "DOKU_SECRET_ARN": SecretARN, "CALLBACK_HOSTS": "localhost",
		"TABLE_NAME": TableName, "AWS_ENDPOINT_URL_DYNAMODB": w.servers[1].URL,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": w.servers[2].URL,
		"REPORTS_BUCKET":                   "kasir-reports", // no benchmark reads it
		"EVENT_BUS":                        "kasir", "AWS_ENDPOINT_URL_EVENTBRIDGE": w.servers[3].URL,
		// One certificate to trust, in place of this machine's.
		"SSL_CERT_FILE": w.Authority, "SSL_CERT_DIR": filepath.Join(filepath.Dir(w.Authority), "none"),
	}
}

// Close ends the stand-ins.
func (w *World) Close() {
	for _, server := range w.servers {
		server.CloseClientConnections()
		server.Close()
	}
	os.RemoveAll(filepath.Dir(w.Authority))
}

// DOKU stands for DOKU's card API. Its answers are signed and as long as those in the guide.
type DOKU struct {
	Calls atomic.Int64      // signed requests; a warm-up has no Request-Id and is not counted
	Seen  func(path string) // if set, is called with the path of each such request when it comes
	Wait  time.Duration     // before each answer to such a request
}

// ServeHTTP answers every call of kasir's client with success.
func (d *DOKU) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	requestID := r.Header.Get("Request-Id")
	if requestID == "" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	d.Calls.Add(1)
	if d.Seen != nil {
		d.Seen(r.URL.Path)
	}
	time.Sleep(d.Wait)
	body = []byte(answer(r.URL.Path, requestID, body))
	c := doku.Component{ClientID: ClientID, RequestID: requestID, Target: r.URL.Path, Digest: doku.Digest(body),
		Timestamp: r.Header.Get("Request-Timestamp"), Response: true} // its clock is the function's
	for name, value := range map[string]string{"Content-Type": "application/json", "Client-Id": c.ClientID,
		"Request-Id": c.RequestID, "Response-Timestamp": c.Timestamp, "Signature": doku.Sign(SecretKey, c)} {
		w.Header().Set(name, value)
	}
	w.Write(body)
}

// answers of successful calls, by the last part of the path, with the order's invoice number and the Request-Id. The
// page's address has the form and the length of the guide's.
var answers = map[string]string{
	"payment-page": `{"order":{"invoice_number":"%[1]s"},"credit_card_payment_page":{"url":"https://sandbox.doku.com/` +
		`wt-frontend-transaction/dynamic-payment-page?signature=OVVQVUZ6T3FKYzQ3YUp6RDlFU09UY1dnNlRNc2czbXFTUCtEblVP` +
		`OEVORT0=&clientId=` + ClientID + `&invoiceNumber=%[1]s&requestId=%[2]s"}}`,
	"refund": `{"order":{"invoice_number":"%[1]s"},"payment":{"status":"SUCCESS"},` +
		`"refund":{"amount":10000,"type":"PARTIAL_REFUND","status":"SUCCESS"}}`,
	"capture": `{"order":{"invoice_number":"%[1]s"},"payment":{"status":"SUCCESS"},"acquirer":{"id":"BANK_MANDIRI"}}`,
}

// answer returns the body of a successful call.
func answer(target, requestID string, body []byte) string {
	var in struct {
		Order struct {
			InvoiceNumber string `json:"invoice_number"`
		}
		Payment struct {
			AuthorizeID string `json:"authorize_id"` // the invoice number, see package event
		}
	}
	json.Unmarshal(body, &in) // a GET has no body
	last := path.Base(target)
	if format := answers[last]; format != "" {
		return fmt.Sprintf(format, cmp.Or(in.Order.InvoiceNumber, in.Payment.AuthorizeID), requestID)
	}
	if strings.Contains(target, "/status/") {
		return fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"transaction":{"status":"PENDING"}}`, last)
	}
	return `{"status":"SUCCESS","tokens":[]}`
}
