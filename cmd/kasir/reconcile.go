package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/spf13/cobra"

	"kasir/local/stack"
)

func reconcileCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "reconcile",
		Short: "Finish open work now, without waiting for the next minute",
		Long: "Invokes the reconcile function once and prints what it did. kasir local and a deployment invoke it\n" +
			"every minute.\n\n" +
			"With --stage it invokes the deployed function. The credentials are in AWS_ACCESS_KEY_ID,\n" +
			"AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. They must allow lambda:InvokeFunction.",
		Example: "  kasir reconcile\n  kasir reconcile --stage production --json",
		Args:    exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error {
			s := screenOf(c)
			end := s.begin("running reconcile")
			defer end()
			answer, err := reconcile(c.Context(), where)
			if err != nil {
				return err
			}
			end()
			if s.json {
				return s.answer(answer)
			}
			_, err = fmt.Fprintln(s.text, counts(answer))
			return err
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	return c
}

// reconcile invokes the function reconcile of the given place once.
func reconcile(ctx context.Context, where place) ([]byte, error) {
	if where.stage != "" {
		return invokeDeployed(ctx, where, "ReconcileFunction", stack.ScheduledEvent)
	}
	if where.outputs != "" {
		return nil, errOutputsAlone
	}
	cfg, err := where.config()
	if err != nil {
		return nil, err
	}
	if _, running := stack.Running(where.data); !running {
		if err := checkData(cfg); err != nil {
			return nil, err
		}
	}
	return invoke(ctx, cfg, where, "reconcile", stack.ScheduledEvent, io.Discard)
}

// invokeDeployed invokes the deployed function that an output of the stage names. It never asks twice: a run that takes
// longer than the caller waits continues, and a second run would only find less to do.
func invokeDeployed(ctx context.Context, where place, output string, event []byte) ([]byte, error) {
	d, err := readDeployment(where.outputsFile(), where.stage)
	if err != nil {
		return nil, err
	}
	name := map[string]string{"ReconcileFunction": d.Reconcile, "RefreshFunction": d.Refresh}[output]
	if name == "" {
		return nil, fmt.Errorf("kasir-%s has no output %s: deploy it again", where.stage, output)
	}
	region, credentials, err := d.aws()
	if err != nil {
		return nil, err
	}
	options := lambda.Options{Region: region, Credentials: credentials, Retryer: aws.NopRetryer{}}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL_LAMBDA"); endpoint != "" {
		options.BaseEndpoint = &endpoint
	}
	input := &lambda.InvokeInput{FunctionName: &name, Payload: event}
	answer, err := lambda.New(options).Invoke(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", name, err)
	}
	if answer.FunctionError != nil {
		return nil, fmt.Errorf("%s failed; kasir logs --stage %s shows why", name, where.stage)
	}
	return answer.Payload, nil
}

// counts returns the counts of a run of reconcile as a line. It returns an answer that holds anything else unchanged.
func counts(answer []byte) string {
	var all map[string]int
	if json.Unmarshal(answer, &all) != nil {
		return string(answer)
	}
	names := []string{"looked", "settled", "parked", "paid", "expiring", "failed", "left", "unanswered"}
	for name := range all {
		if !slices.Contains(names, name) {
			return string(answer)
		}
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %d", name, all[name])
	}
	return strings.Join(parts, ", ")
}
