package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"kasir/cmd/kasir/curl"
	"kasir/local/stack"
	"kasir/shared/doku"
	"kasir/shared/doku/diagnose"
)

// verification holds the flags of kasir verify.
type verification struct {
	headers, body, curl  string // files
	path, target, method string
	secret, previous     string // files
	clientID             string
	where                place // the running kasir local, or a stage
}

func verifyCommand() *cobra.Command {
	var v verification
	c := &cobra.Command{
		Use:   "verify",
		Short: "Say why a signature of DOKU's scheme does not match",
		Long: "Checks the signature of one message, a notification, a request or an answer, in DOKU's scheme for cards. When it is wrong, the\n" +
			"usual mistakes are tried, one and two at a time, and those named that make it match: the path, a body that was written again,\n" +
			"the key, headers, clock, digest. It ends with 0 when the signature is right and nothing else would have the message refused, and with 1\n" +
			"when not. Of the body it judges only whether it is a JSON object, not what it says.\n\n" +
			"The key comes from --secret-file, from the secret of --stage, or from DOKU_SECRET_KEY; else both keys are\n" +
			"those of the running kasir local. There is no flag for the key itself: it would stay in the shell's\n" +
			"history and in the list of processes. Neither keys nor signatures are printed.",
		Example: "  kasir verify --headers headers.txt --body body.json --path /notifications --secret-file key.txt\n" +
			"  kasir verify --curl request.txt\n" +
			"  kasir verify --headers headers.txt --body body.json --stage production\n" +
			"  pbpaste | kasir verify --curl -",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 { // not repeated: it may be a key
				return usagef("verify takes no argument: the message is in --curl or in --headers and --body, " +
					"the key in --secret-file")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			sample, err := v.sample(c.Context(), c.InOrStdin())
			if err != nil {
				return err
			}
			d, s := diagnose.Signature(sample), screenOf(c)
			fmt.Fprint(s.text, d)
			if err := s.document(diagnosisOf(d)); err != nil {
				return err
			}
			switch {
			case d.Right:
				return nil
			case d.Matches:
				return errors.New("the message would be refused")
			}
			return errors.New("the signature is wrong")
		},
	}
	f := c.Flags()
	f.StringVar(&v.headers, "headers", "", "file of the headers: Name: value lines or a JSON object; - reads standard input")
	f.StringVar(&v.body, "body", "", "file of the body, byte for byte; - reads standard input")
	f.StringVar(&v.curl, "curl", "", "file of a curl command, in place of --headers and --body; - reads standard input")
	f.StringVar(&v.path, "path", "", "path as it was called or arrived (default: that of the curl command or the headers' first line, else --target)")
	f.StringVar(&v.target, "target", "", "path that is to be signed, if it is not --path (default with neither: NOTIFICATION_TARGET, else /notifications)")
	f.StringVar(&v.method, "method", "", "method of the request (default: that of the curl command or the headers' first line, else POST)")
	f.StringVar(&v.secret, "secret-file", "", "file of the key (default: DOKU_SECRET_KEY)")
	f.StringVar(&v.previous, "previous-secret-file", "", "file of the previous key (default: DOKU_PREVIOUS_SECRET_KEY)")
	f.StringVar(&v.clientID, "client-id", "", "configured Client-Id (default: DOKU_CLIENT_ID)")
	dataFlag(c, &v.where.data, "data folder of the kasir local that may be running")
	v.where.stageFlags(c)
	exclusive(c, "stage", "secret-file")
	return c
}

// sample returns the message, and the keys and the path that it is checked against.
func (v verification) sample(ctx context.Context, stdin io.Reader) (diagnose.Sample, error) {
	m, err := v.message(stdin)
	if err != nil {
		return diagnose.Sample{}, err
	}
	setting, err := v.settings(ctx)
	if err != nil {
		return diagnose.Sample{}, err
	}
	s := diagnose.Sample{
		Method: cmp.Or(v.method, m.Method), Path: cmp.Or(v.path, m.Address), Header: m.Header, Body: m.Body, Target: v.target,
		ClientID: cmp.Or(v.clientID, setting("DOKU_CLIENT_ID")), Now: timeOf(setting("KASIR_CLOCK_AHEAD")),
	}
	if s.Path == "" && s.Target == "" {
		s.Target = cmp.Or(setting("NOTIFICATION_TARGET"), stack.NotificationTarget)
	}
	s.Secrets, err = v.secrets(setting)
	return s, err
}

// secrets reads the keys, the current one first.
func (v verification) secrets(setting func(string) string) ([]doku.Secret, error) {
	var all []doku.Secret
	for _, key := range []struct{ file, flag, name string }{
		{v.secret, "--secret-file", "DOKU_SECRET_KEY"}, {v.previous, "--previous-secret-file", "DOKU_PREVIOUS_SECRET_KEY"},
	} {
		secret := setting(key.name)
		if key.file != "" {
			content, err := fileOf(key.flag, key.file)
			if err != nil {
				return nil, err
			}
			secret = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r") // the end of a text file's line
			if secret == "" {
				return nil, fmt.Errorf("the file of %s is empty", key.flag)
			}
		}
		if secret != "" {
			all = append(all, doku.Secret(secret))
		}
		if len(all) == 0 { // a previous key alone would pass for the current one
			return nil, errors.New("there is no key to check with: give --secret-file, set DOKU_SECRET_KEY, or start kasir local")
		}
	}
	return all, nil
}

// message reads the headers and the body.
func (v verification) message(stdin io.Reader) (curl.Message, error) {
	switch {
	case v.curl != "" && (v.headers != "" || v.body != ""):
		return curl.Message{}, usagef("--curl holds headers and body: give it alone, or --headers and --body")
	case v.curl == "" && v.headers == "":
		return curl.Message{}, usagef("give --headers and --body, or --curl")
	case v.headers == "-" && v.body == "-":
		return curl.Message{}, usagef("--headers and --body cannot both be standard input")
	case v.curl != "":
		content, err := readFlag("--curl", v.curl, stdin)
		if err != nil {
			return curl.Message{}, err
		}
		m, err := curl.Parse(string(content), curl.ReadBelow)
		if err != nil {
			return curl.Message{}, fmt.Errorf("reading the command of --curl: %w", err)
		}
		return m, nil
	}
	content, err := readFlag("--headers", v.headers, stdin)
	if err != nil {
		return curl.Message{}, err
	}
	m, err := curl.ParseHeaders(string(content))
	if err != nil {
		return curl.Message{}, fmt.Errorf("reading the file of --headers: %w", err)
	}
	if v.body != "" {
		m.Body, err = readFlag("--body", v.body, stdin)
	}
	return m, err
}

func readFlag(flag, file string, stdin io.Reader) ([]byte, error) {
	if file != "-" {
		return fileOf(flag, file)
	}
	content, err := io.ReadAll(stdin)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", flag, err)
	}
	return content, nil
}

// fileOf reads the file that a flag names. Its errors do not repeat the name, because it may be a key given by mistake.
func fileOf(flag, file string) ([]byte, error) {
	content, err := os.ReadFile(file)
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("reading %s, which takes the name of a file: %w", flag, failed.Err)
	}
	return content, err
}

// settings returns the settings of the stage of --stage. Without it, it returns the environment's or, if neither the
// environment nor a flag names a key, those of the running kasir local. It never mixes two of them, because a key, its
// Client-Id and its path belong together.
func (v verification) settings(ctx context.Context) (func(string) string, error) {
	if v.where.stage != "" {
		return v.where.stageKeys(ctx)
	}
	if v.where.outputs != "" {
		return nil, errOutputsAlone
	}
	if v.secret != "" || os.Getenv("DOKU_SECRET_KEY") != "" {
		return os.Getenv, nil
	}
	running, ok := stack.RunningKeys(dataFolder(v.where.data))
	if !ok {
		return os.Getenv, nil
	}
	return func(name string) string { return running[name] }, nil
}
