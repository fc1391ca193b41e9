package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"kasir/local/aws/dynamodb"
	"kasir/local/aws/gateway"
	"kasir/local/aws/lambda"
	"kasir/local/merchant"
	"kasir/local/merchant/issuer"
	"kasir/local/sandbox"
	"kasir/shared/doku"
)

// stage is a deployed stage, with its functions running.
type stage struct {
	*cloud
	name      string
	functions map[string]deployed
	runtime   *lambda.Runtime
	table     string // its name
	store     *dynamodb.Server
	api       merchant.API
	doku      string       // the sandbox's address on this machine
	customer  *http.Client // of a browser in the network
	ends      []func()

	mu      sync.Mutex
	logs    map[string][]string // by the functions' names at AWS
	invoked map[string]bool     // by the functions' names and the routes' keys
}

// network is what programs need to reach the stage through the proxy.
type network struct{ proxy, authority string }

// environment returns the variables of a program in the network.
func (n network) environment() map[string]string {
	return map[string]string{"HTTPS_PROXY": n.proxy, "SSL_CERT_FILE": n.authority, "SSL_CERT_DIR": os.DevNull}
}

// open starts the stage's functions with the template's variables. Their network is a proxy of their own.
func (w *world) open(ctx context.Context, name string, t template, j *judge) (_ *stage, n network, err error) {
	s := &stage{name: name, functions: t.functions(), logs: map[string][]string{}, invoked: map[string]bool{}}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.store, err = dynamodb.Start(ctx, dynamodb.Config{Root: w.root}); err != nil {
		return nil, n, err
	}
	s.ends = append(s.ends, s.store.Close)
	s.table = s.functions["notify"].Environment.Variables["TABLE_NAME"]
	if err := dynamodb.CreateTable(ctx, dynamodb.Client(s.store.URL), s.table); err != nil {
		return nil, n, err
	}
	s.cloud = &cloud{
		place: t.place(), template: t, judge: j, moto: forward(w.moto, true), dynalite: forward(s.store.URL, false),
	}
	hosts := &hosts{aws: s.cloud, moto: s.moto}
	n.authority = filepath.Join(w.scratch, name+".pem")
	inside, err := newProxy(hosts, n.authority)
	if err != nil {
		return nil, n, err
	}
	if n.proxy, err = s.serve(inside); err != nil {
		return nil, n, err
	}
	s.customer = inside.client(n.proxy)
	if err := s.startFunctions(ctx, w, n); err != nil {
		return nil, n, err
	}
	return s, n, s.startWorld(hosts)
}

// hosts sends the requests of the functions and of people to what stands for their hosts.
type hosts struct {
	aws, moto http.Handler
	doku, api http.Handler // set before the first request
}

func (h *hosts) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch host := r.Host; {
	case strings.Contains(r.Header.Get("Authorization"), "Credential="+operator+"/"):
		h.moto.ServeHTTP(w, r)
	case "https://"+host == doku.Sandbox || "https://"+host == doku.Production:
		h.doku.ServeHTTP(w, r)
	case strings.Contains(host, ".execute-api."):
		h.api.ServeHTTP(w, r)
	case strings.HasSuffix(host, ".amazonaws.com"):
		h.aws.ServeHTTP(w, r)
	default:
		http.Error(w, "nothing stands for "+host, http.StatusBadGateway)
	}
}

// serve serves a handler until the stage is closed.
func (s *stage) serve(handler http.Handler) (address string, err error) {
	address, end, err := listen(handler)
	if err == nil {
		s.ends = append(s.ends, end)
	}
	return address, err
}

// startFunctions starts the binaries in the zips that were deployed.
func (s *stage) startFunctions(ctx context.Context, w *world, n network) error {
	var all []lambda.Function
	for _, name := range slices.Sorted(maps.Keys(s.functions)) {
		f := s.functions[name]
		binary := filepath.Join(w.scratch, f.physical, "bootstrap")
		if err := unzip(ctx, w.moto+"/"+f.Code.S3Bucket+"/"+f.Code.S3Key, binary); err != nil {
			return fmt.Errorf("the zip of %s: %w", name, err)
		}
		env := n.environment()
		maps.Copy(env, f.Environment.Variables)
		maps.Copy(env, map[string]string{
			"AWS_REGION": s.region, "AWS_DEFAULT_REGION": s.region, "AWS_ACCESS_KEY_ID": f.Role,
		})
		if endpoints := env["WEBHOOKS"]; endpoints != "" {
			env["WEBHOOKS"] = nowhere(endpoints)
		}
		all = append(all, lambda.Function{Name: f.physical, Binary: binary, Env: env,
			Timeout: time.Duration(f.Timeout) * time.Second, MemoryMB: f.MemorySize})
	}
	runtime, err := lambda.New(lambda.Config{Functions: all, Log: s})
	if err != nil {
		return err
	}
	s.runtime, s.ends = runtime, append(s.ends, func() { runtime.Close() })
	return nil
}

// nowhere changes the URL of each endpoint to one that does not exist. A rehearsal must send nothing to a merchant.
func nowhere(endpoints string) string {
	var all []map[string]any
	if err := json.Unmarshal([]byte(endpoints), &all); err != nil {
		return endpoints // the function will report it
	}
	for _, endpoint := range all {
		endpoint["url"] = "https://rehearsal.invalid/" + fmt.Sprint(endpoint["name"])
	}
	text, _ := json.Marshal(all)
	return string(text)
}

// Write keeps a line of a function's log.
func (s *stage) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, text, _ := strings.Cut(strings.TrimSpace(string(line)), " | ")
	s.logs[name] = append(s.logs[name], text)
	return len(line), nil
}

// failures returns lines of the functions' logs about errors, at most 20.
func (s *stage) failures() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, lines := range s.logs {
		for _, line := range lines {
			if strings.Contains(line, `"level":"ERROR"`) && len(all) < 20 {
				all = append(all, name+": "+line)
			}
		}
	}
	return all
}

// startWorld starts what the functions are called by and call: DOKU's sandbox, an issuer and the HTTP API.
func (s *stage) startWorld(h *hosts) error {
	routes, prefix, err := s.template.routes()
	if err != nil {
		return err
	}
	var later struct{ doku, api, issuer swap }
	address := map[*swap]string{}
	for _, part := range []*swap{&later.doku, &later.api, &later.issuer} {
		if address[part], err = s.serve(part); err != nil {
			return err
		}
	}
	target := s.functions["notify"].Environment.Variables["NOTIFICATION_TARGET"]
	server, err := sandbox.New(sandbox.Config{
		ClientID: sandbox.DefaultClientID, SecretKey: sandbox.DefaultSecretKey, PublicURL: doku.Sandbox,
		NotificationURL: address[&later.api] + target, RetryDelays: []time.Duration{time.Second, 3 * time.Second},
	})
	if err != nil {
		return err
	}
	s.ends = append(s.ends, server.Close)
	tokens, err := issuer.New(issuer.Config{
		URL: address[&later.issuer] + "/dev", Audience: "kasir", ScopePrefix: prefix,
	})
	if err != nil {
		return err
	}
	api, err := gateway.New(gateway.Config{
		Routes: routes, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Authorizer: &gateway.Authorizer{Issuer: tokens.URL, Audience: []string{"kasir"}, ScopePrefix: prefix},
		Invoke:     s.invokeRoute,
	})
	if err != nil {
		return err
	}
	later.doku.set(server)
	later.api.set(api)
	later.issuer.set(tokens)
	h.doku, h.api, s.doku = server, api, address[&later.doku]
	token, err := tokens.Token(issuer.Request{Client: "back-end", Scopes: issuer.Scopes(), Lifetime: issuer.MaxTTL})
	s.api = merchant.API{URL: address[&later.api], Client: http.DefaultClient, Token: token}
	return err
}

func (s *stage) close() {
	for _, end := range slices.Backward(s.ends) {
		end()
	}
}

// swap is a handler that is set later.
type swap struct {
	mu      sync.Mutex
	handler http.Handler
}

func (s *swap) set(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handler = h
}

func (s *swap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	handler := s.handler
	s.mu.Unlock()
	handler.ServeHTTP(w, r)
}

// unzip gets a zip and writes the bootstrap in it into a file.
func unzip(ctx context.Context, address, file string) error {
	content, err := object(ctx, address)
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	packed, err := archive.Open("bootstrap")
	if err != nil {
		return err
	}
	defer packed.Close()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o700)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, packed); err != nil {
		return err
	}
	return out.Close()
}
