package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	localdb "kasir/local/aws/dynamodb"
	"kasir/local/stack"
	"kasir/shared/app"
	"kasir/shared/function"
	"kasir/shared/payment"
	"kasir/shared/settlement"
	"kasir/shared/store"
)

// deskFunction describes the access of an operator's commands. They use the orders and no key of DOKU.
var deskFunction = function.Function{Name: "kasir", TableActions: []string{function.GetItem, function.PutItem},
	Queries: function.Lists, Settles: true}

// desk is an operator's access to the orders.
type desk struct {
	*payment.Service
	place       string     // the table, the running kasir local or the folder that holds the orders
	stage       string     // the flag that leads a command to the same orders, such as " --stage production", or empty
	kept        *retention // of a deployment; nil on one machine
	orders      *store.DynamoDB
	environment map[string]string
	settlement  settlement.Options // the form of settlement reports
	close       func()
}

// openDesk opens the orders of the first place that is given: the stage of --stage, the deployment in the environment
// (TABLE_NAME and the functions' other settings), the running kasir local, or its kept data. A folder without data is
// an error, because DynamoDB would create an empty table there and the command would report no orders.
func openDesk(ctx context.Context, where place) (*desk, error) {
	d := &desk{close: func() {}}
	getenv, err := d.findSettings(ctx, where)
	if err != nil {
		return nil, err
	}
	return d.open(ctx, getenv)
}

// open opens the orders with their settings.
func (d *desk) open(ctx context.Context, getenv func(string) string) (*desk, error) {
	settings, err := app.Load(getenv, deskFunction)
	if err != nil {
		d.close()
		return nil, err
	}
	d.Service, err = app.New(ctx, settings, deskFunction, slog.New(slog.DiscardHandler))
	if err != nil {
		d.close()
		return nil, err
	}
	orders, ok := d.Store.(*store.DynamoDB)
	if !ok {
		d.close()
		return nil, errors.New("the orders are not in DynamoDB")
	}
	d.orders, d.settlement = orders, settings.Settlement
	return d, nil
}

// findSettings returns the settings with which to open the orders.
func (d *desk) findSettings(ctx context.Context, where place) (func(string) string, error) {
	switch {
	case where.stage != "":
		getenv, table, kept, err := stageEnvironment(where)
		d.place, d.stage, d.kept = table, " --stage "+where.stage, &kept
		if where.outputs != "" {
			d.stage += " --outputs " + where.outputs
		}
		return getenv, err
	case where.outputs != "":
		return nil, errOutputsAlone
	case os.Getenv("TABLE_NAME") != "":
		d.place, d.kept = "the table "+os.Getenv("TABLE_NAME")+" in "+os.Getenv("AWS_REGION"), &retention{}
		return os.Getenv, nil
	}
	cfg, err := where.config()
	if err != nil {
		return nil, err
	}
	environment, running := stack.Running(where.data)
	api, _ := stack.RunningAPI(where.data)
	d.place = "the running kasir local at " + api
	if !running {
		d.place = "the folder " + cfg.Data
		if err := checkData(cfg); err != nil {
			return nil, err
		}
		running, err := stack.Start(ctx, cfg)
		if err != nil {
			return nil, err
		}
		environment, d.close = running.Environment, running.Close
	}
	d.environment = environment
	return localEnvironment(environment), nil
}

// stageEnvironment returns the settings of a deployed stage, a description of its table, and its retention.
// Credentials, and the URL of a local DynamoDB, come from the environment.
func stageEnvironment(where place) (getenv func(string) string, table string, kept retention, err error) {
	d, err := readDeployment(where.outputsFile(), where.stage)
	if err != nil {
		return nil, "", kept, err
	}
	region, _, err := d.aws()
	settings := map[string]string{}
	if json.Unmarshal([]byte(d.Settings), &settings) != nil || d.Table == "" {
		return nil, "", kept, fmt.Errorf("kasir-%s has no output TableName or Settings: deploy it again", where.stage)
	}
	if err != nil {
		return nil, "", kept, err
	}
	if d.Retention != "" && json.Unmarshal([]byte(d.Retention), &kept) != nil {
		return nil, "", kept, fmt.Errorf("the output RetentionDays of kasir-%s is %q", where.stage, d.Retention)
	}
	settings["TABLE_NAME"], settings["AWS_REGION"] = d.Table, region
	credentials := []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
	for _, name := range append(credentials, "AWS_ENDPOINT_URL_DYNAMODB") {
		settings[name] = os.Getenv(name)
	}
	return func(name string) string { return settings[name] }, "the table " + d.Table + " in " + region, kept, nil
}

// checkData returns an error if kasir local has kept no orders in its data folder.
func checkData(cfg stack.Config) error {
	if cfg.Data == "" || localdb.HasData(cfg.Data) {
		return nil
	}
	return fmt.Errorf("there are no orders: no kasir local is running, and none has kept any in %s: "+
		"start it with make run or kasir local, name its folder with --data, "+
		"or for a deployment give --stage, or set TABLE_NAME and AWS_REGION", cfg.Data)
}

// localEnvironment returns the settings of kasir local's functions, with the variables that Lambda adds.
func localEnvironment(environment map[string]string) func(string) string {
	lambda := map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local",
	}
	return func(name string) string {
		if value, ok := environment[name]; ok {
			return value
		}
		return lambda[name]
	}
}
