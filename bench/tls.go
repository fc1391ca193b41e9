package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"os"

	"kasir/bench/event"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// mostLater is the memory of P1 after many calls, in MiB.
const mostLater = 22

// tls asks for pages one after the other, and reports a payment of each: budgets P5 and the memory of P1 after many
// calls. INIT opens the one connection to DOKU.
func (b *bench) tls(ctx context.Context) error {
	world, err := standin.New(standin.Everybody)
	if err != nil {
		return err
	}
	defer world.Close()
	env := world.Env()
	maps.Copy(env, function.Environment)
	if env["SSL_CERT_FILE"], _, _, err = b.bundle(world); err != nil {
		return err
	}
	running, err := b.startAll(ctx, env, compared...)
	defer running.stop()
	asked := b.count(3000, 300)
	for n := 0; n < asked*len(compared) && err == nil; n++ {
		name, invoice := compared[n%len(compared)], fmt.Sprintf("BENCH-ROW-%d", n/len(compared))
		_, err = running.invoke(ctx, event.Step{Case: name, Invoice: invoice}, n)
	}
	if err != nil {
		return err
	}
	b.report.atMost("P5", fmt.Sprintf("%d calls of DOKU by one process and its INIT", world.DOKU.Calls.Load()),
		"%.0f TLS handshakes", float64(world.ToDOKU.Load()), 1) // one for each connection
	for _, name := range compared {
		memory, err := running.byName[name].Memory()
		if err != nil {
			return err
		}
		b.report.atMost("P1", fmt.Sprintf("%s, memory after %d calls", name, asked), "%.1f MiB", memory, mostLater)
	}
	return nil
}

// bundle writes the stand-ins' certificate and all those that this machine trusts, into one file, and each into a file
// of a folder, as Amazon Linux 2023 has them. It counts them.
func (b *bench) bundle(world *standin.World) (file, folder string, certificates int, err error) {
	content, err := os.ReadFile(world.Authority)
	machine, _ := os.ReadFile("/etc/ssl/certs/ca-certificates.crt") // Debian's; it may be missing
	content = append(content, machine...)
	file, folder = b.built+"/bundle.pem", b.built+"/certificates"
	err = errors.Join(err, os.WriteFile(file, content, 0o600), os.MkdirAll(folder, 0o700))
	for block, rest := pem.Decode(content); block != nil && err == nil; block, rest = pem.Decode(rest) {
		certificates++
		err = os.WriteFile(fmt.Sprintf("%s/%d.pem", folder, certificates), pem.EncodeToMemory(block), 0o600)
	}
	return file, folder, certificates, err
}
