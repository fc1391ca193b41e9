// Command sam tests the output of make sam. It runs the commands that make sam prints, each under SAM CLI with a
// replacement of Docker's engine, and compares the answers with the expected ones. The script run in this folder starts
// it.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	p := &proof{dir: os.Args[1]}
	err := p.run(ctx)
	p.end()
	if err != nil {
		fmt.Println("FAIL:", err)
		os.Exit(1)
	}
	fmt.Printf("\n%d answers under SAM CLI and AWS's runtime interface emulator, all as expected\n", p.answers)
}

// proof is one run. dir is a folder for its files.
type proof struct {
	dir     string
	files   []string // event files, in the order of make sam's commands
	answers int
	started []*exec.Cmd
}

func (p *proof) run(ctx context.Context) error {
	data := "--data " + p.in("data")
	_, err := p.background(ctx, "kasir is running", ".", "make", "--no-print-directory", "run", "ARGS="+data)
	if err != nil {
		return err
	}
	said, err := p.output(ctx, "make", "--no-print-directory", "sam", "ARGS="+data+" --out "+p.in("sam"))
	if err != nil {
		return err
	}
	_, said, _ = strings.Cut(said, "building kasir\n")
	fmt.Println(said)
	var calls []string
	for line := range strings.Lines(said) {
		command, _, _ := strings.Cut(strings.TrimSpace(line), " #")
		switch {
		case strings.HasPrefix(command, "printf") && strings.Contains(command, "socat"):
			if _, err := p.background(ctx, "", p.dir, "bash", "-c", command); err != nil {
				return err
			}
		case strings.HasPrefix(command, "sam local invoke "):
			calls = append(calls, strings.TrimSpace(command))
		}
	}
	if err := p.invoke(ctx, calls); err != nil {
		return err
	}
	if err := p.startAPI(ctx); err != nil {
		return err
	}
	if err := p.checkContainers(); err != nil {
		return err
	}
	return p.checkStage(ctx)
}

// output runs a command to its end in the project's folder, and returns its output.
func (p *proof) output(ctx context.Context, name string, args ...string) (string, error) {
	fmt.Println("$", name, strings.Join(args, " "))
	c := exec.CommandContext(ctx, name, args...)
	c.Stderr = os.Stderr
	said, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", name, err, said)
	}
	return string(said), nil
}

// background starts a command that runs until the end of the proof, and returns its output up to a text.
func (p *proof) background(ctx context.Context, text, dir, name string, args ...string) (said string, err error) {
	fmt.Println("$", name, strings.Join(args, " "))
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.SysProcAttr = dir, &syscall.SysProcAttr{Setpgid: true}
	output, err := c.StdoutPipe()
	if err != nil {
		return "", err
	}
	c.Stderr = c.Stdout
	if err := c.Start(); err != nil {
		return "", err
	}
	p.started = append(p.started, c)
	if text == "" {
		return said, nil
	}
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		fmt.Println("   ", lines.Text())
		said += lines.Text() + "\n"
		if strings.Contains(lines.Text(), text) {
			go io.Copy(io.Discard, output)
			return said, nil
		}
	}
	return "", fmt.Errorf("%s ended before it printed %q", name, text)
}

// end kills every started command, including its children.
func (p *proof) end() {
	for _, c := range p.started {
		syscall.Kill(-c.Process.Pid, syscall.SIGTERM)
		c.Wait()
	}
}

func (p *proof) in(name string) string { return filepath.Join(p.dir, name) }

// token requests a token with every scope from the issuer of kasir local.
func token(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, stackAPI+"/dev/token", nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Accept", "text/plain")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	return string(content), err
}
