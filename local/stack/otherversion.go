package stack

import (
	"context"
	"os"

	"kasir/local/aws/gateway"
	"kasir/local/aws/lambda"
)

// OtherVersion is another version of the functions that runs together with this one, on the same table and against the
// same DOKU, as during a deployment. It is for tests. The zero value is no other version.
type OtherVersion struct {
	Functions string                     // folder of its built functions; a missing function runs in this version only
	Takes     func(function string) bool // reports whether the other version gets the next invocation of a function
}

// name returns the name of the other version's function in the lambda runtime.
func (b OtherVersion) name(function string) string { return function + "-beside" }

func (b OtherVersion) has(function string) bool {
	if b.Functions == "" {
		return false
	}
	_, err := os.Stat(Bootstrap(b.Functions, function))
	return err == nil
}

// add appends the functions of the other version to those of this one.
func (b OtherVersion) add(functions []lambda.Function) []lambda.Function {
	all := functions
	for _, f := range functions {
		if b.has(f.Name) {
			all = append(all, lambda.Function{Name: b.name(f.Name), Binary: Bootstrap(b.Functions, f.Name), Env: f.Env})
		}
	}
	return all
}

// share returns an invoker that sends each invocation to one of the two versions.
func (b OtherVersion) share(invoke gateway.Invoker) gateway.Invoker {
	if b.Functions == "" {
		return invoke
	}
	return func(ctx context.Context, function string, event []byte) ([]byte, error) {
		if b.has(function) && b.Takes(function) {
			function = b.name(function)
		}
		return invoke(ctx, function, event)
	}
}
