package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/spf13/cobra"

	"kasir/local/stack"
	"kasir/shared/edge"
	"kasir/shared/route"
)

func refreshCommand() *cobra.Command {
	var where place
	c := &cobra.Command{
		Use:   "refresh <invoice>",
		Short: "Ask DOKU about an order now",
		Long: "Invokes the refresh function, which asks DOKU's check status about an order, and prints the order's\n" +
			"new state. DOKU is asked about an order at most every 10 seconds.\n\n" +
			"With --stage it invokes the deployed function. The credentials are in AWS_ACCESS_KEY_ID,\n" +
			"AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. They must allow lambda:InvokeFunction.",
		Example: "  kasir refresh INV-1\n  kasir refresh INV-1 --stage production --json | jq .status",
		Args:    exactArgs("<invoice>"),
		RunE: func(c *cobra.Command, args []string) error {
			s := screenOf(c)
			end := s.begin("asking DOKU")
			defer end()
			answer, err := refresh(c.Context(), where, args[0])
			if err != nil {
				return err
			}
			view, err := refreshed(answer, args[0])
			if err != nil {
				return err
			}
			end()
			return showState(s, view)
		},
	}
	where.flags(c, false)
	where.stageFlags(c)
	return c
}

// refresh invokes the function refresh of the given place.
func refresh(ctx context.Context, where place, invoice string) ([]byte, error) {
	if where.stage != "" {
		getenv, _, _, err := stageEnvironment(where)
		if err != nil {
			return nil, err
		}
		return invokeDeployed(ctx, where, "RefreshFunction", refreshEvent(invoice, getenv("SCOPE_PREFIX")))
	}
	if where.outputs != "" {
		return nil, errOutputsAlone
	}
	cfg, err := where.config()
	if err != nil {
		return nil, err
	}
	environment, running := stack.Running(where.data)
	prefix := environment["SCOPE_PREFIX"]
	if !running {
		prefix = cfg.Settings["SCOPE_PREFIX"]
		if err := checkData(cfg); err != nil {
			return nil, err
		}
	}
	return invoke(ctx, cfg, where, "refresh", refreshEvent(invoice, prefix), io.Discard)
}

// refreshEvent returns the event by which an operator asks about an order.
func refreshEvent(invoice, prefix string) []byte {
	const key = "POST /payments/{invoice_number}/refresh"
	scopes := prefix + string(route.PaymentsRead) + " " + prefix + string(route.PaymentsReadAll)
	event := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: key, PathParameters: map[string]string{"invoice_number": invoice},
	}
	event.RequestContext.RouteKey = key
	event.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{
		JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{
			Claims: map[string]string{"sub": "kasir refresh", "scope": scopes},
		},
	}
	content, err := json.Marshal(event)
	if err != nil {
		panic(err) // texts always encode
	}
	return content
}

// refreshed reads the function's answer. The error is the detail of a refusal.
func refreshed(answer []byte, invoice string) (edge.Payment, error) {
	var got events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &got); err != nil || got.StatusCode == 0 {
		return edge.Payment{}, fmt.Errorf("refresh answered with something else than an HTTP answer: %s", answer)
	}
	if wait := got.Headers["retry-after"]; got.StatusCode == http.StatusTooManyRequests {
		return edge.Payment{}, fmt.Errorf("DOKU was asked about %s a moment ago: ask again in %s s", invoice, wait)
	}
	if got.StatusCode != http.StatusOK {
		var problem edge.Problem
		if err := json.Unmarshal([]byte(got.Body), &problem); err != nil {
			return edge.Payment{}, fmt.Errorf("refresh answered %d: %w", got.StatusCode, err)
		}
		return edge.Payment{}, errors.New(strings.TrimSuffix(problem.Detail, "."))
	}
	var view edge.Payment
	if err := json.Unmarshal([]byte(got.Body), &view); err != nil {
		return edge.Payment{}, fmt.Errorf("reading refresh's answer: %w", err)
	}
	return view, nil
}
