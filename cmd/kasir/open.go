package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"kasir/local"
	localdb "kasir/local/dynamodb"
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
	where       string // the table, the running kasir local or the folder that the orders are in
	orders      *store.DynamoDB
	environment map[string]string
	close       func()
}

// openDesk opens the orders of the deployment that the environment names (TABLE_NAME and the functions' other settings), else of the
// running kasir local, else of its kept data. A folder without data is an error: an empty table would be made there, and say that all is well.
func openDesk(ctx context.Context, where place) (*desk, error) {
	d := &desk{close: func() {}, where: "the table " + os.Getenv("TABLE_NAME") + " in " + os.Getenv("AWS_REGION")}
	getenv := os.Getenv
	if os.Getenv("TABLE_NAME") == "" {
		cfg, err := where.config()
		if err != nil {
			return nil, err
		}
		environment, running := local.Running(where.data)
		api, _ := local.RunningAPI(where.data)
		d.where = "the running kasir local at " + api
		if !running {
			d.where = "the folder " + cfg.Data
			if err := hasData(cfg); err != nil {
				return nil, err
			}
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

// hasData wants a folder in which kasir local has kept orders.
func hasData(cfg local.Config) error {
	if cfg.Data == "" || localdb.HasData(cfg.Data) {
		return nil
	}
	return fmt.Errorf("there are no orders: no kasir local is running, and none has kept any in %s: start it with make run, name its folder with --data, "+
		"or for a deployment set TABLE_NAME and AWS_REGION", cfg.Data)
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
