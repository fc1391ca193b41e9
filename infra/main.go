// Command infra is the CDK app: it describes kasir on AWS, one stack a stage.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	_ "kasir/infra/quiet"
)

func main() {
	if len(os.Args) > 1 {
		if err := tell(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	app, err := New(Stages, "dist", os.Getenv("ARCH"), "")
	if err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		os.Exit(1)
	}
	app.Synth(nil)
	// Two goroutines of jsii wait for its one child, and the later reports that there is none. Nothing of ours is printed any more.
	os.Stderr, _ = os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	jsii.Close()
}

// tell answers what the Makefile asks before and after a deployment: deployable <stage> prints its region and how many
// executions it reserves, region <stage> its region, sam-env <stage> the file
// for sam local.
func tell(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: infra [deployable <stage> | region <stage> | sam-env <stage>]")
	}
	switch args[0] {
	case "deployable":
		stage, err := deployable(args[1])
		if err == nil {
			fmt.Println(stage.Region, stage.reserved())
		}
		return err
	case "region":
		stage, err := find(args[1])
		if err == nil {
			fmt.Println(stage.Region)
		}
		return err
	case "sam-env":
		content, err := samEnvironment(args[1], "cdk-outputs."+args[1]+".json")
		if err == nil {
			fmt.Println(string(content))
		}
		return err
	}
	return fmt.Errorf("infra knows no %q", args[0])
}
