package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"kasir/bench/host"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// Budget P1.
const (
	mostStart  = 1.8 // times hello
	mostMemory = 14 << 20
	mostZip    = 4_000_000
)

// start is a program that is started many times.
type start struct {
	what   string
	args   []string
	env    map[string]string
	ready  []float64 // µs, in the order of the rounds
	memory int64     // the most
}

// startup starts every function many times, in turns with hello, against stand-ins that answer at once. Only DOKU's is
// behind TLS, and its certificate is the only one to trust. createpage and notify start a second time in each round, as
// at AWS: all stand-ins are behind TLS, and all the certificates that this machine has are to be trusted.
func (b *bench) startup(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	secure, err := standin.New(standin.Everybody)
	if err != nil {
		return err
	}
	defer secure.Close()
	env, certificates, err := b.trustingEnv(secure)
	if err != nil {
		return err
	}
	here := b.commands(append(function.Names(), hello)...)
	all := []*start{{what: "start of hello, exec to first next", args: here[hello]}}
	for _, name := range function.Names() {
		all = append(all, &start{what: "start of " + name + " to hello's; memory", args: here[name], env: world.Env()})
	}
	for _, name := range compared {
		what := fmt.Sprintf("start of %s to hello's, everybody behind TLS, %d certificates; memory", name, certificates)
		all = append(all, &start{what: what, args: here[name], env: env})
	}
	rounds := b.count(80, 5)
	for round := range rounds + 1 { // the first warms the file cache
		for _, s := range all {
			if err := s.measure(ctx, round > 0); err != nil {
				return err
			}
		}
		if round%20 == 0 && round > 0 {
			progress("      %d of %d rounds", round, rounds)
		}
	}
	for i, s := range all {
		ratio := median(ratios(s.ready, all[0].ready))
		r := row{what: s.what, measured: millis(median(s.ready)) + "; " + mebibytes(s.memory), ratio: times(ratio)}
		if i > 0 && i <= len(function.Names()) {
			size, zipped, err := programSizes(filepath.Join(b.built, "arm64", function.Names()[i-1]))
			if err != nil {
				return err
			}
			r.budget, r.what = "P1", r.what+"; binary for arm64, zipped"
			r.measured += fmt.Sprintf("; %s, %s", megabytes(size), megabytes(zipped))
			r.limit = fmt.Sprintf("%s; %s; zipped %s", times(mostStart), mebibytes(mostMemory), megabytes(mostZip))
			r.held = ratio <= mostStart && s.memory <= mostMemory && zipped <= mostZip
		}
		b.report.add(r)
	}
	return nil
}

// measure starts the program once more. The figures of a round that does not count are dropped.
func (s *start) measure(ctx context.Context, counts bool) error {
	process, err := host.Start(ctx, s.args, s.env, nil)
	if err != nil {
		return err
	}
	defer process.Stop()
	memory, err := process.Memory()
	if counts {
		s.ready, s.memory = append(s.ready, us(process.Ready)), max(s.memory, memory)
	}
	return err
}

// trustingEnv returns an environment in which a function trusts the stand-ins and everybody that this machine trusts,
// and the number of certificates.
func (b *bench) trustingEnv(world *standin.World) (env map[string]string, certificates int, err error) {
	content, err := os.ReadFile(world.Authority)
	if err != nil {
		return nil, 0, err
	}
	bundle, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt") // Debian's; it may be missing
	content = append(content, bundle...)
	env = world.Env()
	env["SSL_CERT_FILE"] = filepath.Join(b.built, "bundle.pem")
	return env, bytes.Count(content, []byte("BEGIN CERTIFICATE")), os.WriteFile(env["SSL_CERT_FILE"], content, 0o600)
}
