// Command infra is the CDK app. It describes kasir on AWS, with one stack for each stage.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/aws/jsii-runtime-go"

	_ "kasir/infra/quiet"
)

func main() { os.Exit(run(os.Args[1:])) }

// run returns the exit status. jsii has unpacked its runtime into TMPDIR before main begins. Close removes it, also
// after an error, a panic of the CDK or Ctrl-C.
func run(args []string) int {
	defer closeQuietly()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		closeQuietly()
		os.Exit(130)
	}()
	if err := perform(args); err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		return 1
	}
	return 0
}

// closeQuietly ends jsii. Two of its goroutines wait for its one child, and the later one reports that there is none.
func closeQuietly() {
	stderr := os.Stderr
	os.Stderr, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	jsii.Close()
	os.Stderr = stderr
}

// perform answers a question of the Makefile, or writes the templates of the stage in STAGE or of all stages.
func perform(args []string) error {
	if len(args) > 0 {
		return answer(args)
	}
	stages, err := selectStages(os.Getenv("STAGE"))
	if err == nil {
		stages, err = overrideLists(stages, os.Getenv("LISTS"))
	}
	if err == nil {
		stages, err = overrideCanary(stages, os.Getenv("CANARY"))
	}
	if err != nil {
		return err
	}
	app, err := New(stages, "dist", os.Getenv("ARCH"), "")
	if err != nil {
		return err
	}
	app.Synth(nil)
	return nil
}

// answer prints values for the Makefile. facts <stage> and deployable <stage> print the stage's facts, deployable only
// if the stage may be deployed. architectures [stage] prints the architectures to build for, and stages the names of
// all stages.
func answer(args []string) error {
	switch {
	case args[0] == "architectures" && len(args) <= 2:
		stages, err := selectStages(append(args, "")[1])
		if err == nil {
			stages, err = overrideArchitecture(stages, os.Getenv("ARCH"))
		}
		if err == nil {
			fmt.Println(architectures(stages))
		}
		return err
	case args[0] == "stages" && len(args) == 1:
		for _, stage := range Stages {
			fmt.Println(stage.Name)
		}
		return nil
	case len(args) != 2:
		return errors.New("usage: infra [stages | architectures [stage] | facts <stage> | deployable <stage>]")
	case args[0] == "deployable":
		return printFacts(deployable(args[1]))
	case args[0] == "facts":
		return printFacts(findStage(args[1]))
	}
	return fmt.Errorf("infra has no command %q", args[0])
}

// printFacts prints the facts of a stage, as CANARY changes it.
func printFacts(stage Stage, err error) error {
	if err != nil {
		return err
	}
	stages, err := overrideCanary([]Stage{stage}, os.Getenv("CANARY"))
	if err == nil {
		fmt.Println(stages[0].facts())
	}
	return err
}
