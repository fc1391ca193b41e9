package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"kasir/local/customer"
	"kasir/local/merchant"
	"kasir/local/test/harness"
)

// program is the kasir command itself: the test binary, run again under another name. The tested command is then a
// process of its own.
const program = "KASIR_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(program) != "" {
		main()
		return
	}
	harness.Main(m)
}

func kasir(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), self, args...)
	c.Dir = harness.Root()
	c.Env = append(os.Environ(), program+"=1")
	c.WaitDelay = 10 * time.Second
	return c
}

// output runs a command to its end.
func output(t *testing.T, c *exec.Cmd) (stdout, stderr string, err error) {
	t.Helper()
	var out, problems bytes.Buffer
	c.Stdout, c.Stderr = &out, &problems
	err = c.Run()
	return out.String(), problems.String(), err
}

// freePort returns the first of three consecutive free ports.
func freePort(t *testing.T) string {
	t.Helper()
	start := 18080 + 7*rand.IntN(1500) // another run of the tests may look for ports at the same time
	for port := start; port < 32000; port += 7 {
		free := true
		for i := range 3 {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+i))
			if err != nil {
				free = false
				break
			}
			defer l.Close()
		}
		if free {
			return fmt.Sprint(port)
		}
	}
	t.Fatal("no three free ports in a row")
	return ""
}

// running is a `kasir local` with the HTTP API's address it printed.
type running struct {
	*exec.Cmd
	merchant.API
	said, tokens string // what it printed up to the line about tokens, and that line
	rest         *bytes.Buffer
	done         chan struct{}
}

func startLocal(t *testing.T, data, port string, more ...string) *running {
	t.Helper()
	c := kasir(t, append([]string{"local", "--port", port, "--data", data, "--functions", harness.Functions()},
		more...)...)
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{Cmd: c, rest: &bytes.Buffer{}, done: make(chan struct{})}
	c.Stderr = r.rest
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	api := regexp.MustCompile(`HTTP API\s+(http://\S+)`)
	var said []string
	for r.tokens == "" && lines.Scan() {
		said = append(said, lines.Text())
		if strings.HasPrefix(lines.Text(), "  tokens ") {
			r.tokens = lines.Text()
		}
		if found := api.FindStringSubmatch(lines.Text()); found != nil {
			r.API = merchant.API{URL: found[1], Client: &http.Client{}}
		}
	}
	r.said = strings.Join(said, "\n")
	if r.URL == "" {
		c.Wait()
		t.Fatalf("kasir local printed no HTTP API: %q, %s", said, r.rest)
	}
	go func() {
		defer close(r.done)
		for lines.Scan() {
		}
	}()
	r.Token = tokenOf(t, r.URL)
	return r
}

// tokenOf asks the issuer of a kasir local for a token, with the printed command's URL.
func tokenOf(t *testing.T, api string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api+"/dev/token", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	token, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s %v", response.Status, token, err)
	}
	return string(token)
}

func (r *running) end(t *testing.T, signal os.Signal) error {
	t.Helper()
	r.Process.Signal(signal)
	<-r.done
	return r.Wait()
}

func (r *running) pay(t *testing.T, invoice string) {
	t.Helper()
	body := fmt.Sprintf(`{"order":{"invoice_number":%q,"amount":90000},"customer":{"email":"budi@example.com"}}`,
		invoice)
	page, err := r.CreatePage(t.Context(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := customer.Pay(t.Context(), http.DefaultClient, page.CreditCardPaymentPage.URL, customer.Visa); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Await(t.Context(), invoice, "PAID"); err != nil {
		t.Fatal(err)
	}
}

func TestAKilledKasirKeepsTheOrdersAndLeavesNothingBehind(t *testing.T) {
	data, port := t.TempDir(), freePort(t)
	first := startLocal(t, data, port)
	first.pay(t, "KILL-1")
	first.end(t, syscall.SIGKILL)

	second := startLocal(t, data, port) // the same ports and data folder, which are free again
	if !strings.Contains(second.said, "an order of an earlier run can be read, not paid or refunded") {
		t.Errorf("it does not say that the sandbox forgets:\n%s", second.said)
	}
	if p, err := second.Payment(t.Context(), "KILL-1"); err != nil || p.Status != "PAID" ||
		p.Card.Masked != "476134******0039" {
		t.Errorf("after the kill: %+v, %v", p, err)
	}
	if err := second.end(t, os.Interrupt); err != nil {
		t.Errorf("Ctrl-C must end it cleanly: %v, %s", err, second.rest)
	}
	if _, err := os.Stat(filepath.Join(data, "running.json")); err == nil {
		t.Error("running.json is left behind after a clean end")
	}
}

func TestABusyPortAndABusyDataFolderAreOneClearLine(t *testing.T) {
	data, port := t.TempDir(), freePort(t)
	r := startLocal(t, data, port)
	defer r.end(t, os.Interrupt)
	for want, args := range map[string][]string{
		"port " + port + `, for the HTTP API, is in use: stop the program that uses it, or choose another port with --port (make run ARGS="--port 9000")`: {"local", "--memory", "--port", port, "--data", t.TempDir()},
		"port " + port + ", for the HTTP API, is in use, and kasir local is running already, its HTTP API at " + r.URL +
			": use that one": {"local", "--data", data, "--port", port},
		"the data folder " + filepath.Join(data, "dynamodb") +
			" is in use": {"local", "--data", data, "--port", freePort(t)},
		"port " + port + " is in use: end what uses it": {"sandbox", "--port", port},
	} {
		if args[0] == "local" {
			args = append(args, "--functions", harness.Functions())
		}
		stdout, stderr, err := output(t, kasir(t, args...))
		if err == nil || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("kasir %s: %v\n%s%s", strings.Join(args, " "), err, stdout, stderr)
		}
	}
}

func TestErrorsAreOneClearLine(t *testing.T) {
	for want, args := range map[string][]string{
		"run make functions": {"local", "--memory", "--functions", t.TempDir(), "--port",
			freePort(t)},
		"set DOKU_CLIENT_ID and DOKU_SECRET_KEY": {"local", "--memory", "--doku", "sandbox", "--functions",
			harness.Functions(), "--port", freePort(t)},
		"--pay needs --probe": {"doctor", "--pay"},
		"is not a port":       {"local", "--port", "99999"},
		`--origin "https://shop.example.com": it must be an origin of this machine`: {"local", "--memory", "--origin",
			"https://shop.example.com"},
		`--origin "127.0.0.1:3000": it must have a browser's form`: {"local", "--memory", "--origin",
			"http://127.0.0.1:3000,127.0.0.1:3000"},
		"there is no function \"refun\"": {"invoke", "refun", "-e", "events/notify.json", "--memory", "--functions",
			harness.Functions()},
		"no such file":  {"invoke", "notify", "-e", "events/nothing.json"},
		"is not JSON":   {"invoke", "notify", "-e", "Makefile"},
		"--retries has": {"sandbox", "--retries", "soon"},
		`unknown command "nosuch" for "kasir"; kasir --help lists`:               {"nosuch"},
		`unknown command "wirte" for "kasir events"; kasir events --help`:        {"events", "wirte"},
		`unknown command "tcsh" for "kasir completion"; kasir completion --help`: {"completion", "tcsh"},
		"unknown command":                                                {"refund"},
		"unknown flag":                                                   {"local", "--prot", "1"},
		"--data Makefile: it is not a folder":                            {"local", "--data", "Makefile"},
		"--event is missing: kasir invoke":                               {"invoke", "notify"},
		"--invoice is missing: kasir quote":                              {"quote", "--amount", "1"},
		"--amount -5: it must be above 0":                                {"quote", "--invoice", "A", "--amount", "-5"},
		"-1h: the clock cannot be moved backwards":                       {"clock", "-1h"},
		"unknown flag: --ahead":                                          {"clock", "--ahead"},
		"<function> is missing: kasir invoke <function> -e <event file>": {"invoke"},
		`unexpected argument "b": kasir orders show <invoice>`:           {"orders", "show", "a", "b"},
		"<invoice> is missing: kasir resolve <invoice> [<operation>]":    {"resolve"},
		"--outputs is the file of a stage: name it with --stage":         {"orders", "--outputs", "x.json"},
		`--amount "9.5": it takes a whole number`: {"quote", "--invoice", "INV-1", "--amount",
			"9.5"},
		"--amount \"99999999999999999999\": it has too many digits": {"quote", "--invoice", "INV-1", "--amount",
			"99999999999999999999"},
		`--ttl "soon": it takes a duration such as 90s or 1h`: {"token", "--ttl", "soon"},
	} {
		_, stderr, err := output(t, kasir(t, args...))
		if err == nil || !strings.Contains(stderr, want) || strings.Count(strings.TrimSpace(stderr), "\n") != 0 {
			t.Errorf("kasir %s: %v\n%s", strings.Join(args, " "), err, stderr)
		}
	}
}

// A function that cannot start reports its reason once, in the error, and not in its log too.
func TestAFunctionThatCannotStartSaysWhyOnce(t *testing.T) {
	for name, c := range map[string]struct {
		env, want string
		args      []string
	}{
		"kasir local": {"DOKU_SECRET_KEY=doku_key_of_the_other_family", "of the family doku_",
			[]string{"local", "--doku", "sandbox", "--memory", "--port", freePort(t)}},
		"kasir invoke": {"AUTO_CAPTURE_BEFORE=1m", "AUTO_CAPTURE_BEFORE must be between 1h",
			[]string{"invoke", "createpage", "-e", "events/createpage.json", "--memory"}},
		"kasir demo": {"AUTO_CAPTURE_BEFORE=1m", "AUTO_CAPTURE_BEFORE must be between 1h", []string{"demo"}},
	} {
		run := kasir(t, append(c.args, "--functions", harness.Functions())...)
		run.Env = append(run.Env, "DOKU_CLIENT_ID=MCH-1", c.env)
		stdout, stderr, err := output(t, run)
		if err == nil || strings.Count(stdout+stderr, c.want) != 1 || !strings.HasPrefix(stderr, "kasir: function ") ||
			strings.Contains(stderr, `"level"`) {
			t.Errorf("%s: %v\n%s%s", name, err, stdout, stderr)
		}
	}
}

// The demo pays an order, and ends with the books of a month in which DOKU paid out too much.
func TestDemoEndsPaid(t *testing.T) {
	stdout, stderr, err := output(t, kasir(t, "demo", "--functions", harness.Functions()))
	if err != nil || !strings.Contains(stdout, "\nanswer    200 PAID with card 476134******0039") ||
		strings.Count(stdout, "\nstored ") != 3 ||
		!strings.Contains(stdout, `refused   POST /payments without a token: 401 {"message":"Unauthorized"}`) ||
		!strings.Contains(stdout, "\ntook      a token of http://127.0.0.1:") ||
		!strings.Contains(stdout, "; 40,000 can still be refunded\n") ||
		!strings.Contains(stdout, ", who decides who is right: elsewhere, settlement\n") ||
		!strings.Contains(stdout, ": + taken 90,000 - refunded 50,000 - fees 5,017 = settled 35,983 + diff") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}

func TestLoadCountsPaidOrders(t *testing.T) {
	stdout, stderr, err := output(t,
		kasir(t, "load", "--payments", "20", "--parallel", "8", "--functions", harness.Functions()))
	if err != nil || !strings.Contains(stdout, "20 payments, 8 at a time: 20 PAID, 0 not, 0 answers of 5xx") {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}

// Three invocations on kept data work on the same order, with and without a running kasir local.
func TestInvokeTellsOneStory(t *testing.T) {
	data := t.TempDir()
	invoke := func(function, event, want string) {
		t.Helper()
		args := []string{"invoke", function, "-e", "events/" + event, "--data", data, "--functions",
			harness.Functions()}
		stdout, stderr, err := output(t, kasir(t, args...))
		if err != nil || !strings.Contains(stdout, want) {
			t.Errorf("%s: %v\n%s%s", event, err, stdout, stderr)
		}
		if !strings.Contains(stderr, function+" | ") {
			t.Errorf("%s: its log is not on standard error: %s", event, stderr)
		}
	}
	invoke("createpage", "createpage.json", `"statusCode":201`)
	invoke("notify", "notify.json", `"statusCode":200`)
	invoke("getpayment", "getpayment.json", `\"status\":\"PAID\"`)
	r := startLocal(t, data, freePort(t))
	defer r.end(t, os.Interrupt)
	invoke("getpayment", "getpayment.json", `\"status\":\"PAID\"`)
	invoke("createpage", "createpage-base64.json", `"statusCode":201`)
	if p, err := r.Payment(t.Context(), "INV-EVENT-0002"); err != nil || p.Status != "PENDING" {
		t.Errorf("the invocation beside kasir local: %+v, %v", p, err)
	}
}

func TestInvokeReadsStandardInput(t *testing.T) {
	c := kasir(t, "invoke", "getpayment", "-e", "-", "--memory", "--functions", harness.Functions())
	event, err := os.Open(filepath.Join(harness.Root(), "events", "getpayment-unknown.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer event.Close()
	c.Stdin = event
	if stdout, stderr, err := output(t, c); err != nil || !strings.Contains(stdout, `"statusCode":404`) {
		t.Errorf("%v\n%s%s", err, stdout, stderr)
	}
}
