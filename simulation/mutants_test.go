package simulation_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	mutants     = flag.Bool("mutants", false, "TestMutants: run them")
	mutantSeeds = flag.Int("mutant-seeds", 1000, "TestMutants: within how many seeds each must be caught")
	mutantNames = flag.String("mutant", "", "TestMutants: only mutants whose name contains this")
)

// TestMutants is R4. Each file in mutants is one deliberate fault in the real code. A simulation that does not notice
// it is too weak. Some rules show in no schedule; for them the tests of the rules run.
func TestMutants(t *testing.T) {
	patches, err := filepath.Glob("mutants/*.patch")
	if err != nil || len(patches) < 50 {
		t.Fatalf("%d mutants: %v", len(patches), err)
	}
	if !*mutants {
		return // running them takes minutes, see make mutants; TestMutantsApply needs no run
	}
	todo := make(chan string)
	var mu sync.Mutex
	caught, tried := 0, 0
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		tree := t.TempDir()
		workers.Go(func() {
			for patch := range todo {
				name := strings.TrimSuffix(filepath.Base(patch), ".patch")
				verdict, dead := tryMutant(tree, patch)
				mu.Lock()
				tried++
				if dead {
					caught++
				} else {
					t.Errorf("%s lives", name)
				}
				fmt.Printf("%-46s %s\n", name, verdict)
				mu.Unlock()
			}
		})
	}
	for _, patch := range patches {
		if strings.Contains(patch, *mutantNames) {
			todo <- patch
		}
	}
	close(todo)
	workers.Wait()
	t.Logf("R4: %d of %d mutants caught within %d seeds", caught, tried, *mutantSeeds)
}

// TestMutantsApply fails if the code has changed under a mutant. Then the patch must be made again.
func TestMutantsApply(t *testing.T) {
	patches, err := filepath.Glob("mutants/*.patch")
	if err != nil {
		t.Fatal(err)
	}
	for _, patch := range patches {
		if out, err := in("..", "git", "apply", "--check", filepath.Join("simulation", patch)); err != nil {
			t.Errorf("%s: %s", patch, out)
		}
	}
}

var (
	failedTest = regexp.MustCompile(`(?m)^--- FAIL: (\w+)`)
	failedSeed = regexp.MustCompile(`(?m)seed (\d+)$`)
	violated   = regexp.MustCompile(`(?m)^ *violated (I\d+): (.*)$`)
)

// tryMutant applies a mutant to a copy of the code and runs the simulation on it.
func tryMutant(tree, patch string) (verdict string, dead bool) {
	if err := copyCode(tree); err != nil {
		return err.Error(), false
	}
	file, err := filepath.Abs(patch)
	if err != nil {
		return err.Error(), false
	}
	if out, err := in(tree, "git", "apply", file); err != nil {
		return "DOES NOT APPLY: " + out, false
	}
	build := []string{"test", "-trimpath", "-ldflags=-s -w", "-c", "-o", "simulation.test", "./simulation"}
	if out, err := in(tree, "go", build...); err != nil {
		return "DOES NOT COMPILE: " + out, false
	}
	const tests = "^(TestMoneyBeforePages|TestBurst|TestOneClass|TestOneFault|TestSchedules)$"
	seeds := strconv.Itoa(*mutantSeeds)
	out, err := in(tree, "./simulation.test", "-test.failfast", "-test.run", tests, "-schedules", seeds,
		"-per-class", "100")
	if err == nil {
		return tryDirected(tree)
	}
	seed, what := failedSeed.FindStringSubmatch(out), violated.FindStringSubmatch(out)
	if seed == nil || what == nil {
		return "FAILED OTHERWISE: " + strings.TrimSpace(out[:min(len(out), 300)]), false
	}
	by := failedTest.FindStringSubmatch(out)
	return fmt.Sprintf("caught by %s, seed %-4s %-3s %s", by[1], seed[1], what[1], what[2]), true
}

// tryDirected runs the tests of the rules on a mutant that the simulation did not notice.
func tryDirected(tree string) (verdict string, dead bool) {
	out, err := in(tree, "go", "test", "-failfast", "-trimpath", "./shared/doku", "./shared/order", "./shared/payment",
		"./shared/event", "./shared/edge")
	if err == nil {
		return fmt.Sprintf("LIVES: no violation in %d seeds", *mutantSeeds), false
	}
	by := failedTest.FindStringSubmatch(out)
	if by == nil {
		return "FAILED OTHERWISE: " + strings.TrimSpace(out[:min(len(out), 300)]), false
	}
	return "caught by " + by[1] + ", not by the simulation", true
}

func copyCode(tree string) error {
	for _, part := range []string{"shared", "simulation"} {
		if err := os.RemoveAll(filepath.Join(tree, part)); err != nil {
			return err
		}
		if err := os.CopyFS(filepath.Join(tree, part), os.DirFS(filepath.Join("..", part))); err != nil {
			return err
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(tree, file), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// in runs a command in a folder and stops it after ten minutes, since a mutant may never end.
func in(dir, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	return out.String(), err
}
