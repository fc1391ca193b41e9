// Command rehearse deploys every stage to moto, which stands for AWS, with make deploy, and runs the deployed functions
// there. It judges every call of theirs by their roles' policies: a call that no statement allows fails, and so does a
// permission that no call needed. The script run in this folder starts it.
package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	w := &world{scratch: os.Args[1], python: os.Args[2], infra: os.Args[3]}
	err := w.rehearse(ctx)
	w.end()
	if err != nil {
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
}

// rehearse rehearses each stage in turn. In the first it also looks whether planted faults are found.
func (w *world) rehearse(ctx context.Context) (err error) {
	if w.root, err = os.Getwd(); err != nil {
		return err
	}
	stages, err := w.output(ctx, w.infra, "stages")
	if err != nil {
		return err
	}
	for n, name := range strings.Fields(stages) {
		if err := w.rehearseStage(ctx, name, n == 0); err != nil {
			return fmt.Errorf("kasir-%s: %w", name, err)
		}
	}
	return nil
}

// rehearseStage deploys a stage, uses it, and destroys it.
func (w *world) rehearseStage(ctx context.Context, name string, plant bool) error {
	if err := w.startMoto(ctx, name); err != nil {
		return err
	}
	if _, err := w.make(ctx, "bootstrap", name); err != nil {
		return err
	}
	said, err := w.make(ctx, "deploy", name, "REHEARSAL=1", "ARGS=--require-approval never --ci")
	if err != nil {
		return err
	}
	w.built = true
	if !strings.Contains(said, "fill the secret") {
		return fmt.Errorf("make deploy does not say that the secret is empty:\n%s", said)
	}
	t, err := readTemplate(w.scratch, "kasir-"+name)
	if err != nil {
		return err
	}
	if err := w.resources(t); err != nil {
		return err
	}
	if err := w.fillSecret(ctx, name, t); err != nil {
		return err
	}
	boundaries, err := w.boundaries(t)
	if err != nil {
		return err
	}
	j := newJudge(t.policies(), boundaries)
	err = w.use(ctx, name, t, j)
	list(j)
	if err := errors.Join(err, findings(j)); err != nil {
		return err
	}
	if plant {
		if err := w.plant(ctx, name, t); err != nil {
			return err
		}
	}
	return w.destroy(ctx, name, t)
}

// resources prints how many resources moto has made. One that it has not made needs a reason.
func (w *world) resources(t template) error {
	made := 0
	for _, id := range slices.Sorted(maps.Keys(t)) {
		switch r := t[id]; {
		case r.Made:
			made++
		case r.NotMade == "":
			return fmt.Errorf("moto did not make %s of the type %s: "+
				"local/test/rehearse/aws.py must make it, or say why not", id, r.Type)
		default:
			fmt.Printf("    not made: %s of the type %s: %s\n", id, r.Type, r.NotMade)
		}
	}
	fmt.Printf("    %d of %d resources are made\n", made, len(t))
	return nil
}

// use starts the stage's functions, asks kasir doctor, and plays the story.
func (w *world) use(ctx context.Context, name string, t template, j *judge) error {
	s, n, err := w.open(ctx, name, t, j)
	if err != nil {
		return err
	}
	defer s.close()
	if _, ok := t["WebhookSecret"]; ok {
		if err := w.rotate(ctx, name, n, s.functions["deliver"].Environment.Variables["WEBHOOKS"]); err != nil {
			return err
		}
	}
	if _, err := w.kasir(ctx, n, "doctor", "--stage", name); err != nil {
		return err
	}
	err = s.play(ctx)
	for _, problem := range s.errors {
		err = errors.Join(err, errors.New(problem))
	}
	if err != nil {
		fmt.Println(strings.Join(s.failures(), "\n"))
	}
	return err
}

// destroy reads the outputs again, and destroys the stack. What is protected or kept must still be there.
func (w *world) destroy(ctx context.Context, name string, t template) error {
	file := filepath.Join(w.root, "cdk-outputs."+name+".json")
	before, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := os.Remove(file); err != nil {
		return err
	}
	if _, err := w.make(ctx, "outputs", name); err != nil {
		return err
	}
	after, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !sameJSON(before, after) {
		return fmt.Errorf("make outputs wrote other outputs than make deploy:\n%s\n%s", before, after)
	}
	if _, err := w.make(ctx, "destroy", name, "CONFIRM="+name, "ARGS=--force --ci"); err != nil {
		return err
	}
	return w.kept(ctx, t)
}
