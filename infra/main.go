// Command infra is the CDK app: it describes kasir on AWS, one stack a stage.
package main

import (
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	_ "kasir/infra/quiet"
)

func main() {
	defer jsii.Close()
	app, err := New(Stages, "dist", os.Getenv("ARCH"), "")
	if err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		os.Exit(1)
	}
	app.Synth(nil)
}
