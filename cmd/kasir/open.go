package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"kasir/local"
	"kasir/shared/app"
	"kasir/shared/function"
	"kasir/shared/payment"
	"kasir/shared/store"
)

// deskWork is what an operator needs: the orders, and no key of DOKU.
var deskWork = function.Function{Name: "kasir", Table: []string{function.GetItem, function.PutItem}}

// desk is an operator's access to the orders.
type desk struct {
	*payment.Service
	orders      *store.DynamoDB
	environment map[string]string
	close       func()
}

// openDesk opens the orders of the deployment that the environment names (TABLE_NAME and the functions' other settings), else of the
// running kasir local, else of its kept data.
func openDesk(ctx context.Context, where place) (*desk, error) {
	d := &desk{close: func() {}}
	getenv := os.Getenv
	if os.Getenv("TABLE_NAME") == "" {
		cfg, err := where.config()
		if err != nil {
			return nil, err
		}
		environment, running := local.Running(where.data)
		if !running {
			stack, err := local.Start(ctx, cfg)
			if err != nil {
				return nil, err
			}
			environment, d.close = stack.Environment, stack.Close
		}
		d.environment = environment
		getenv = localEnvironment(environment)
	}
	settings, err := app.Load(getenv, deskWork)
	if err != nil {
		d.close()
		return nil, err
	}
	d.Service, err = app.New(ctx, settings, deskWork, slog.New(slog.DiscardHandler))
	if err != nil {
		d.close()
		return nil, err
	}
	orders, ok := d.Store.(*store.DynamoDB)
	if !ok {
		d.close()
		return nil, errors.New("the orders are not in DynamoDB")
	}
	d.orders = orders
	return d, nil
}

// localEnvironment adds what Lambda sets for the functions of kasir local.
func localEnvironment(environment map[string]string) func(string) string {
	lambda := map[string]string{"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
	return func(name string) string {
		if value, ok := environment[name]; ok {
			return value
		}
		return lambda[name]
	}
}
