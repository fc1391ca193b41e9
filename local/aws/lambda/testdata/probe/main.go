// Command probe is a function that follows its event's instructions, for the tests of its runtime.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type event struct {
	Do   string `json:"do"`
	Addr string `json:"addr"`
	Text string `json:"text"`
	Size int    `json:"size"`
}

// lifeline is closed only by the end of the process.
var lifeline net.Conn

func main() {
	if addr := os.Getenv("LIFELINE"); addr != "" {
		lifeline = dial(addr)
	}
	switch os.Getenv("INIT") {
	case "exit":
		fmt.Println("settings: TABLE_NAME is not set")
		os.Exit(7)
	case "panic":
		panic("no settings")
	case "report":
		report()
	case "hang":
		fmt.Println("waiting for the table")
		time.Sleep(time.Hour)
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
	}
	lambda.Start(handle)
}

func handle(ctx context.Context, e event) (any, error) {
	switch e.Do {
	case "echo":
		return map[string]any{"text": e.Text, "pid": os.Getpid()}, nil
	case "env":
		return os.Environ(), nil
	case "context":
		lc, _ := lambdacontext.FromContext(ctx)
		deadline, _ := ctx.Deadline()
		dir, err := os.Getwd()
		return map[string]any{
			"id": lc.AwsRequestID, "arn": lc.InvokedFunctionArn, "deadline": deadline.UnixMilli(),
			"trace": os.Getenv("_X_AMZN_TRACE_ID"), "dir": dir,
		}, err
	case "wait": // report to the test, then wait for its permission; the deadline is ignored
		conn := dial(e.Addr)
		io.ReadFull(conn, make([]byte, 1))
		conn.Close()
		return map[string]any{"text": e.Text, "pid": os.Getpid()}, nil
	case "print":
		for n := range e.Size {
			fmt.Fprintf(os.Stdout, "%s %d ", e.Text, n) // a line in two writes
			fmt.Fprintln(os.Stdout, strings.Repeat(e.Text, 100))
		}
		return nil, nil
	case "mutter":
		fmt.Fprint(os.Stderr, e.Text)
		return nil, nil
	case "big":
		return strings.Repeat("x", e.Size), nil
	case "error":
		return nil, errors.New("the table is gone")
	case "panic":
		panic("a bug")
	case "exit":
		fmt.Println("leaving")
		os.Exit(3)
	}
	return nil, fmt.Errorf("unknown: %q", e.Do)
}

// dial connects to the test and sends it the process's id.
func dial(addr string) net.Conn {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(conn, os.Getpid())
	return conn
}

// report posts the reason why it cannot start, as the runtimes of other languages do, and stays until it is stopped.
func report() {
	url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
	body, _ := json.Marshal(map[string]string{
		"errorMessage": "no such module", "errorType": "Runtime.ImportModuleError",
	})
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	resp.Body.Close()
	time.Sleep(time.Hour)
}
