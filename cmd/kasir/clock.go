package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"kasir/local/stack"
	"kasir/local/stack/clock"
)

func clockCommand() *cobra.Command {
	var where place
	var forget bool
	c := &cobra.Command{
		Use:   "clock [+<duration>|reset]",
		Short: "Show or move the clock of the running kasir local",
		Long: "Shows the time of the running kasir local, moves it forward, or sets it back to the real time.\n" +
			"DOKU's sandbox, the functions, the token issuer, the shop and the schedules share one clock. While\n" +
			"the clock moves, everything that falls due is done at its own time. The clock can be ten years ahead\n" +
			"at most. docs/clock.md has an example.\n\n" +
			"Once something has happened ahead of the real time, reset needs --forget. It deletes all orders and\n" +
			"the sandbox's pages, because in the present an expired page could be paid again.",
		Example: "  kasir clock\n  kasir clock +168h\n  kasir clock reset\n  kasir clock reset --forget",
		Args:    maxArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			body, err := clockRequest(args, forget)
			if err != nil {
				return err
			}
			if _, err := where.config(); err != nil {
				return err
			}
			endpoint, running := stack.ClockEndpoint(where.data)
			if !running {
				return fmt.Errorf("no kasir local is running with the data folder %s: start one, "+
					"or name its folder with --data", where.data)
			}
			s := screenOf(c)
			end := s.begin("asking the clock")
			defer end()
			watch := watchClock(c.Context(), s, endpoint, body != nil)
			answer, err := askClock(c.Context(), endpoint, body)
			watch()
			if err != nil {
				return err
			}
			end()
			return showClock(s, answer, body != nil)
		},
	}
	c.SetFlagErrorFunc(negativeDuration)
	c.ValidArgsFunction = completeWords("reset")
	dataFlag(c, &where.data, "data folder of the running kasir local")
	c.Flags().BoolVar(&forget, "forget", false, "with reset: delete all orders and the sandbox's pages")
	return c
}

// negativeDuration replaces the error about an unknown flag if it is a negative duration, such as -1h.
func negativeDuration(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && strings.ContainsAny(unknown.GetSpecifiedName(), "0123456789.") {
		return fmt.Errorf("-%s: the clock cannot be moved backwards; kasir clock reset puts it back to the real time",
			unknown.GetSpecifiedShortnames())
	}
	return flagError(c, err)
}

// clockRequest returns the body of the request. It is nil to read the clock without moving it.
func clockRequest(args []string, forget bool) ([]byte, error) {
	switch {
	case len(args) == 1 && args[0] == "reset":
		return json.Marshal(map[string]bool{"reset": true, "forget": forget})
	case forget:
		return nil, usagef("--forget goes with reset: kasir clock reset --forget")
	case len(args) == 0:
		return nil, nil
	}
	text, forward := strings.CutPrefix(args[0], "+")
	if by, err := time.ParseDuration(text); !forward || err != nil || by <= 0 || text[0] == '+' {
		return nil, usagef("%q: it takes + and a duration, such as +90m or +168h, or reset", args[0])
	}
	return json.Marshal(map[string]string{"advance": text})
}

// askClock sends a request to the clock. Its error is the detail of the clock's answer.
func askClock(ctx context.Context, endpoint string, body []byte) (clock.Answer, error) {
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, endpoint, bytes.NewReader(body))
	if err != nil {
		return clock.Answer{}, err
	}
	response, err := http.DefaultClient.Do(request)
	if ctx.Err() != nil {
		return clock.Answer{}, errors.New("interrupted: kasir clock shows how far the clock has come")
	}
	if err != nil {
		return clock.Answer{}, fmt.Errorf("asking the clock: %w", err)
	}
	defer response.Body.Close()
	var answer struct {
		clock.Answer
		Detail string `json:"detail"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 64<<10)).Decode(&answer); err != nil {
		return clock.Answer{}, fmt.Errorf("reading the clock: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return clock.Answer{}, errors.New(answer.Detail)
	}
	return answer.Answer, nil
}

// showClock prints the time. If the clock was moved, it also prints a hint about tokens.
func showClock(s *screen, answer clock.Answer, moved bool) error {
	ahead, err := time.ParseDuration(answer.Ahead)
	if err != nil {
		return err
	}
	if f := answer.Forgotten; f != nil {
		fmt.Fprintf(s.text, "orders deleted: %d; pages of the sandbox: %d\n", f.Orders, f.Pages)
	}
	fmt.Fprintln(s.text, clock.Line(answer.Now, ahead))
	if moved {
		fmt.Fprintln(s.text, "Earlier tokens may have expired, or not be valid yet: kasir token makes another.")
	}
	return s.document(answer)
}

// watchClock shows every two seconds how far the clock has moved. The returned function ends it.
func watchClock(ctx context.Context, s *screen, endpoint string, moving bool) (end func()) {
	if !moving || s.silent {
		return func() {}
	}
	ctx, end = context.WithCancel(ctx)
	go func() {
		for sleep(ctx, 2*time.Second) == nil {
			if at, err := askClock(ctx, endpoint, nil); err == nil {
				s.update("moving the clock: %s", clock.Time(at.Now))
			}
		}
	}()
	return end
}

// clockTime returns the time of a clock that is ahead by the value of KASIR_CLOCK_AHEAD.
func clockTime(ahead string) time.Time {
	by, _ := time.ParseDuration(ahead) // 0 if it is empty
	return time.Now().Add(by)
}
