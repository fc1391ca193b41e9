package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"kasir/local/loopback"
)

// proxy stands for the network around the functions. It takes the connections that programs open through HTTPS_PROXY
// to any host, with a certificate that it makes, and gives the requests to a handler. The file of its certificate
// authority is trusted by SSL_CERT_FILE. The functions therefore use the addresses that they use at AWS.
type proxy struct {
	handler http.Handler // finds the host in Request.Host
	key     *ecdsa.PrivateKey
	root    *x509.Certificate

	mu     sync.Mutex
	leaves map[string]*tls.Certificate
}

// newProxy makes a certificate authority, and writes its certificate into a file.
func newProxy(handler http.Handler, file string) (*proxy, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	p := &proxy{handler: handler, key: key, leaves: map[string]*tls.Certificate{}}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "kasir's rehearsal"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	content, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	if p.root, err = x509.ParseCertificate(content); err != nil {
		return nil, err
	}
	return p, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: content}), 0o600)
}

// certificate returns the certificate of a host.
func (p *proxy) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if leaf := p.leaves[hello.ServerName]; leaf != nil {
		return leaf, nil
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(p.leaves)) + 2), DNSNames: []string{hello.ServerName},
		NotBefore: p.root.NotBefore, NotAfter: p.root.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	content, err := x509.CreateCertificate(rand.Reader, template, p.root, &p.key.PublicKey, p.key)
	if err != nil {
		return nil, err
	}
	p.leaves[hello.ServerName] = &tls.Certificate{Certificate: [][]byte{content}, PrivateKey: p.key}
	return p.leaves[hello.ServerName], nil
}

// client returns a client of the proxy at an address.
func (p *proxy) client(address string) *http.Client {
	to, err := url.Parse(address)
	if err != nil {
		panic(err) // it is the address of a listener
	}
	roots := x509.NewCertPool()
	roots.AddCert(p.root)
	trusted := &tls.Config{RootCAs: roots}
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(to), TLSClientConfig: trusted}}
}

// ServeHTTP answers CONNECT, and serves the requests of the connection.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		http.Error(w, "this proxy is for https", http.StatusBadRequest)
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	ended := make(chan struct{})
	server := &http.Server{Handler: p.handler, ReadHeaderTimeout: time.Minute}
	server.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed || s == http.StateHijacked {
			close(ended)
		}
	}
	server.Serve(&oneConn{conn: tls.Server(conn, &tls.Config{GetCertificate: p.certificate}), ended: ended})
}

// oneConn is a listener with one connection.
type oneConn struct {
	conn  net.Conn
	ended chan struct{}
	given bool
}

func (l *oneConn) Accept() (net.Conn, error) {
	if !l.given {
		l.given = true
		return l.conn, nil
	}
	<-l.ended
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error   { return nil }
func (l *oneConn) Addr() net.Addr { return l.conn.LocalAddr() }

// listen serves a handler on a free port of this machine. A request CONNECT has no path and names another host.
func listen(handler http.Handler) (address string, end func(), err error) {
	listener, err := loopback.Listen(0)
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go listener.Serve(server, loopback.Guard{Open: []string{""}})
	return listener.URL(), func() { server.Close() }, nil
}

// bodyOf reads the body of a request, and leaves it to be read again.
func bodyOf(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}
