package standin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// World is everything a function talks to, on loopback.
type World struct {
	Table   Table
	Secrets Secrets
	DOKU    DOKU
	Bus     Bus

	Connections atomic.Int64 // opened to any stand-in
	Handshakes  atomic.Int64 // of TLS, begun with any stand-in behind it
	Pause       atomic.Int64 // nanoseconds before each answer

	TableURL, SecretsURL, DOKUURL, BusURL string

	Authority string // file of the certificate that those behind TLS show; empty without TLS
	servers   []*httptest.Server
}

// Secure says who listens behind TLS.
type Secure int

// At AWS it is everybody; with DOKU alone, a handshake is one with DOKU.
const (
	Nobody Secure = iota
	DOKUAlone
	Everybody
)

// New starts the stand-ins; those behind TLS share a certificate. The caller must Close them.
func New(secure Secure) (*World, error) {
	w := &World{}
	var own *tls.Certificate
	if secure != Nobody {
		var err error
		if own, err = w.certify(); err != nil {
			w.Close()
			return nil, fmt.Errorf("making the certificate of the stand-ins: %w", err)
		}
	}
	ofAWS := own
	if secure != Everybody {
		ofAWS = nil
	}
	w.TableURL = w.serve(&w.Table, ofAWS)
	w.SecretsURL = w.serve(&w.Secrets, ofAWS)
	w.BusURL = w.serve(&w.Bus, ofAWS)
	w.DOKUURL = w.serve(&w.DOKU, own)
	return w, nil
}

// certify makes a certificate and writes it where a function can read it.
func (w *World) certify() (*tls.Certificate, error) {
	own, err := certificate()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "kasir-bench-")
	if err != nil {
		return nil, err
	}
	w.Authority = filepath.Join(dir, "authority.pem")
	return &own, os.WriteFile(w.Authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]}), 0o600)
}

// certificate is one for loopback, of a key that signs fast: the stand-ins' share of a handshake is to be small.
func certificate() (tls.Certificate, error) {
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
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, err
}

// serve starts a stand-in, behind TLS when there is a certificate.
func (w *World) serve(handler http.Handler, own *tls.Certificate) string {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if pause := w.Pause.Load(); pause > 0 {
			time.Sleep(time.Duration(pause))
		}
		handler.ServeHTTP(rw, r)
	}))
	w.servers = append(w.servers, server)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			w.Connections.Add(1)
		}
	}
	if own == nil {
		server.Start()
		return server.URL
	}
	server.TLS = &tls.Config{Certificates: []tls.Certificate{*own}, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		w.Handshakes.Add(1)
		return nil, nil
	}}
	server.StartTLS()
	return server.URL
}

// Env is what a function must be given to talk to the stand-ins; the keys come from Secrets Manager.
func (w *World) Env() map[string]string {
	env := map[string]string{
		"DOKU_ENVIRONMENT": w.DOKUURL,
		"DOKU_SECRET_ARN":  SecretARN, "AWS_ENDPOINT_URL_SECRETS_MANAGER": w.SecretsURL,
		"TABLE_NAME": TableName, "AWS_ENDPOINT_URL_DYNAMODB": w.TableURL, "CALLBACK_HOSTS": "localhost",
		"EVENT_BUS": BusName, "AWS_ENDPOINT_URL_EVENTBRIDGE": w.BusURL,
	}
	if w.Authority != "" {
		// Else the certificates of this machine would be read too, as many as it happens to have.
		env["SSL_CERT_FILE"], env["SSL_CERT_DIR"] = w.Authority, filepath.Join(filepath.Dir(w.Authority), "none")
	}
	return env
}

// PeerEnv is the same for those who take the keys from the environment.
func (w *World) PeerEnv() map[string]string {
	env := w.Env()
	delete(env, "DOKU_SECRET_ARN")
	env["DOKU_CLIENT_ID"], env["DOKU_SECRET_KEY"] = ClientID, SecretKey
	if w.Authority != "" {
		env["NODE_EXTRA_CA_CERTS"] = w.Authority
	}
	return env
}

// TableName is the name of the table, here and in dynalite.
const TableName = "kasir"

// Close ends the stand-ins.
func (w *World) Close() {
	for _, server := range w.servers {
		server.CloseClientConnections()
		server.Close()
	}
	if w.Authority != "" {
		os.RemoveAll(filepath.Dir(w.Authority))
	}
}
