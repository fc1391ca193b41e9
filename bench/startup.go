package main

import (
	"context"
	"fmt"

	"kasir/bench/host"
	"kasir/bench/standin"
)

// Budget P1.
const (
	mostStart  = 1.8 // times hello
	mostMemory = 14 << 20
	mostZip    = 4_000_000
)

// started is what many starts of one program showed, in the order of the rounds.
type started struct {
	ready  []float64 // µs
	memory int64     // the most
}

// startup starts every function many times, in turns with hello, against AWS and DOKU that answer at once.
func (b *bench) startup(ctx context.Context) error {
	world, err := standin.New(standin.DOKUAlone)
	if err != nil {
		return err
	}
	defer world.Close()
	programs := map[string]host.Command{hello: {Args: b.here(hello)}}
	order := []string{hello}
	for _, name := range functions() {
		programs[name] = host.Command{Args: b.here(name), Env: world.Env()}
		order = append(order, name)
	}
	all, err := starts(ctx, b.count(80, 5), order, programs)
	if err != nil {
		return err
	}
	b.report.add(row{what: "start of hello, exec to first next", measured: millis(median(all[hello].ready).Center), ratio: times(1)})
	for _, name := range functions() {
		if err := b.judgeStart(name, all[name], all[hello]); err != nil {
			return err
		}
	}
	return b.startTrusting(ctx)
}

func (b *bench) judgeStart(name string, of, to started) error {
	ratio := median(ratios(of.ready, to.ready)).Center
	size, zipped, err := b.packed(name)
	if err != nil {
		return err
	}
	b.report.add(row{
		"P1", "start of " + name + " to hello's; memory; binary for arm64, zipped",
		fmt.Sprintf("%s; %.1f MiB; %s, %s", millis(median(of.ready).Center), float64(of.memory)/(1<<20), megabytes(size), megabytes(zipped)), times(ratio),
		fmt.Sprintf("%s; %d MiB; zipped %s", times(mostStart), mostMemory>>20, megabytes(mostZip)),
		ratio <= mostStart && of.memory <= mostMemory && zipped <= mostZip,
	})
	return nil
}

// starts starts programs in turns; the first round warms the file cache and is dropped.
func starts(ctx context.Context, rounds int, order []string, programs map[string]host.Command) (map[string]started, error) {
	all := map[string]started{}
	for round := range rounds + 1 {
		for _, name := range order {
			process, err := host.Start(ctx, programs[name])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			memory, err := process.Memory()
			process.Stop()
			if err != nil {
				return nil, err
			}
			if round == 0 {
				continue
			}
			s := all[name]
			s.ready, s.memory = append(s.ready, us(process.Ready)), max(s.memory, memory)
			all[name] = s
		}
		if round%20 == 0 && round > 0 {
			tell("      %d of %d rounds", round, rounds)
		}
	}
	return all, nil
}
