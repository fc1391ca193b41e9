package stack

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"kasir/local/aws/lambda"
	"kasir/shared/function"
)

// Functions returns the names of all functions.
func Functions() []string { return function.Names() }

// Invoke runs one function's binary once, in an environment such as Stack.Environment, and returns its answer.
func Invoke(
	ctx context.Context, functions, name string, environment map[string]string, event []byte, log io.Writer,
) ([]byte, error) {
	if !slices.Contains(Functions(), name) {
		return nil, fmt.Errorf("there is no function %q: there are %s", name, strings.Join(Functions(), ", "))
	}
	kept := newHeldLog(log)
	runtime, err := lambda.New(lambda.Config{
		Functions: []lambda.Function{{
			Name: name, Binary: Bootstrap(functions, name), Env: environmentOf(name, environment),
		}},
		Log: kept,
	})
	if err != nil {
		return nil, err
	}
	defer runtime.Close()
	answer, err := runtime.Invoke(ctx, name, event)
	if problem := startError(err); problem != nil {
		return nil, problem
	}
	kept.release()
	return answer, err
}

// Bootstrap returns the path of a function's binary in a folder of built functions.
func Bootstrap(functions, name string) string {
	binary := filepath.Join(functions, name, "bootstrap")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	return binary
}
