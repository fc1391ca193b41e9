package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"time"

	"kasir/bench/event"
	"kasir/bench/host"
	"kasir/bench/standin"
	"kasir/shared/function"
)

// build builds everything for this machine, with the flags of `make build`.
func (b *bench) build(ctx context.Context) error {
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc",
		"-ldflags=-s -w -buildid=", "-o", b.built+"/", "./functions/...", "./bench/hello", "./bench/peers/...")
	build.Dir, build.Env = b.root, append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, out)
	}
	return nil
}

// program returns the file of a function, of hello or of a peer.
func (b *bench) program(name string) string { return b.built + "/" + name }

// processes holds one running process of each function.
type processes struct {
	byName map[string]*host.Process
	source event.Source
}

// source returns the source of events.
func (b *bench) source() event.Source { return event.Source(b.root + "/events") }

// startAll starts functions with one environment. The caller must stop them.
func (b *bench) startAll(ctx context.Context, env map[string]string, names ...string) (*processes, error) {
	c := &processes{map[string]*host.Process{}, b.source()}
	for _, name := range names {
		log, err := os.Create(b.logOf(name))
		if err != nil {
			return c, err
		}
		p, err := host.Start(ctx, b.program(name), env, log)
		log.Close() // the process has its own
		if err != nil {
			return c, err
		}
		c.byName[name] = p
	}
	return c, nil
}

// logOf returns the file of a function's log.
func (b *bench) logOf(name string) string { return b.program(name) + ".log" }

// ofLine is the bytes that CloudWatch Logs adds to a line. The deployment turns Lambda's own lines off.
const ofLine = 26

// bytesLogged returns the bytes that CloudWatch bills for a function's log.
func (b *bench) bytesLogged(name string) (int, error) {
	log, err := os.ReadFile(b.logOf(name))
	return len(log) + ofLine*bytes.Count(log, []byte("\n")), err
}

// measured returns the names of the functions that are measured: all but the console's, which only serves files.
func measured() []string {
	return slices.DeleteFunc(function.Names(), func(name string) bool { return name == "console" })
}

func (c *processes) stop() {
	for _, process := range c.byName {
		process.Stop()
	}
}

// invoke sends the event of a step to its function and returns the time until the answer. It returns an error unless
// the answer is a success.
func (c *processes) invoke(ctx context.Context, step event.Step, n int) (time.Duration, error) {
	payload, err := c.source.Make(step, n)
	if err != nil {
		return 0, err
	}
	reply, took, err := c.byName[step.Function()].Invoke(ctx, payload)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", step.Case, err)
	}
	return took, succeeded(step, reply)
}

// succeeded returns an error unless the answer to a step is a success. 202 is an unknown outcome.
func succeeded(step event.Step, reply []byte) error {
	var answer struct {
		StatusCode        int
		BatchItemFailures []struct{}
	}
	err := json.Unmarshal(reply, &answer)
	if code := answer.StatusCode; err != nil || code == 202 || code >= 300 || len(answer.BatchItemFailures) > 0 {
		return fmt.Errorf("%s of %q answered %s", step.Case, step.Invoice, reply)
	}
	return nil
}

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

// warm measures the answers after the first. The processes run on, as environments do, and answer in turns, many
// events at a time: a turn then has its share of garbage collection.
func (b *bench) warm(ctx context.Context, all []*contender) error {
	for _, c := range all {
		c.running = &processes{map[string]*host.Process{}, b.source()}
		defer c.running.stop()
		for _, name := range compared {
			p, err := host.Start(ctx, b.program(cmp.Or(c.program, name)), c.envOf(name), nil)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			c.running.byName[name] = p
		}
	}
	for turn := range b.count(40, 3) + 1 { // the first warms everybody
		for _, i := range rand.Perm(len(all)) {
			for _, name := range compared {
				if err := all[i].answer(ctx, name, turn); err != nil {
					return fmt.Errorf("%s: %w", all[i].name, err)
				}
			}
		}
	}
	return nil
}

// answer takes one turn.
func (c *contender) answer(ctx context.Context, name string, turn int) error {
	before, err := c.running.byName[name].CPU()
	var total time.Duration
	for n := 0; n < warmCalls && err == nil; n++ {
		step := event.Step{Case: name, Invoice: fmt.Sprintf("WARM-%02d-%04d-%02d", c.number, turn, n)}
		var took time.Duration
		took, err = c.running.invoke(ctx, step, turn*warmCalls+n)
		total += took
	}
	after, unread := c.running.byName[name].CPU()
	if turn > 0 {
		c.add(name+warm, ms(total)/warmCalls)
		c.add(name+warmCPU, ms(after-before)/warmCalls)
	}
	return errors.Join(err, unread)
}

// add adds a figure of a round.
func (c *contender) add(figure string, value float64) {
	c.figures[figure] = append(c.figures[figure], value)
}

// envOf returns the environment for a case, which a peer that does both must know.
func (c *contender) envOf(name string) map[string]string {
	env := maps.Clone(c.env)
	env["BENCH_CASE"] = name
	return env
}
