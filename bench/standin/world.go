package standin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
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

// New starts the stand-ins. The caller must Close them.
func New(secure Secure) (*World, error) {
	dir, err := os.MkdirTemp("", "kasir-bench-")
	if err != nil {
		return nil, err
	}
	w := &World{Authority: filepath.Join(dir, "authority.pem")}
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
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, errors.Join(err, os.WriteFile(file, text, 0o600))
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
