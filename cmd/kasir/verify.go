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
		Short: "Find out why a signature in DOKU's scheme does not match",
		Long: "Checks the signature of one message in DOKU's scheme for cards: a notification, a request or an\n" +
			"answer. If it is wrong, verify tries the usual mistakes, one and two at a time, and names those that\n" +
			"make it match: the path, a body that was encoded again, the key, headers, clock, digest. It ends\n" +
			"with 0 if the signature is right and the message would be accepted, and otherwise with 1. It checks\n" +
			"whether the body is a JSON object, and not its content.\n\n" +
			"The key comes from --secret-file, from the secret of --stage, or from DOKU_SECRET_KEY; otherwise\n" +
			"both keys are those of the running kasir local. There is no flag for the key itself, because it\n" +
			"would stay in the shell's history and in the list of processes. Neither keys nor signatures are\n" +
			"printed.",
		Example: "  kasir verify --headers headers.txt --body body.json --path /notifications --secret-file key.txt\n" +
			"  kasir verify --curl request.txt\n" +
			"  kasir verify --headers headers.txt --body body.json --stage production\n" +
			"  pbpaste | kasir verify --curl -",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 { // the argument is not printed, because it may be a key
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
	v.flags(c)
	return c
}

func (v *verification) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&v.headers, "headers", "",
		"file of the headers: Name: value lines or a JSON object; - reads standard input")
	f.StringVar(&v.body, "body", "", "file of the body, byte for byte; - reads standard input")
	f.StringVar(&v.curl, "curl", "",
		"file of a curl command, instead of --headers and --body; - reads standard input")
	f.StringVar(&v.path, "path", "", "path that was called or that arrived "+
		"(default: that of the curl command or the headers' first line, else --target)")
	f.StringVar(&v.target, "target", "", "path that is signed, if it is not --path "+
		"(default with neither: NOTIFICATION_TARGET, else /notifications)")
	f.StringVar(&v.method, "method", "", "method of the request "+
		"(default: that of the curl command or the headers' first line, else POST)")
	f.StringVar(&v.secret, "secret-file", "", "file of the key (default: DOKU_SECRET_KEY)")
	f.StringVar(&v.previous, "previous-secret-file", "", "file of the previous key (default: DOKU_PREVIOUS_SECRET_KEY)")
	f.StringVar(&v.clientID, "client-id", "", "configured Client-Id (default: DOKU_CLIENT_ID)")
	dataFlag(c, &v.where.data, "data folder of the running kasir local")
	v.where.stageFlags(c)
	exclusive(c, "stage", "secret-file")
}

// sample returns the message with the keys and the path to check it against.
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
		Method: cmp.Or(v.method, m.Method), Path: cmp.Or(v.path, m.Address), Target: v.target,
		Header: m.Header, Body: m.Body,
		ClientID: cmp.Or(v.clientID, setting("DOKU_CLIENT_ID")), Now: clockTime(setting("KASIR_CLOCK_AHEAD")),
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
		{v.secret, "--secret-file", "DOKU_SECRET_KEY"},
		{v.previous, "--previous-secret-file", "DOKU_PREVIOUS_SECRET_KEY"},
	} {
		secret := setting(key.name)
		if key.file != "" {
			content, err := fileOf(key.flag, key.file)
			if err != nil {
				return nil, err
			}
			// A text file's last line ends with a line break.
			secret = strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
			if secret == "" {
				return nil, fmt.Errorf("the file of %s is empty", key.flag)
			}
		}
		if secret != "" {
			all = append(all, doku.Secret(secret))
		}
		if len(all) == 0 { // a previous key alone would be taken for the current one
			return nil, errors.New("there is no key to check with: give --secret-file, set DOKU_SECRET_KEY, " +
				"or start kasir local")
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

// fileOf reads the file that a flag names. Its errors leave out the name, because it may be a key given by mistake.
func fileOf(flag, file string) ([]byte, error) {
	content, err := os.ReadFile(file)
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("reading %s, which takes the name of a file: %w", flag, failed.Err)
	}
	return content, err
}

// settings returns the settings of the stage in --stage. Without it, they are the environment's or, if neither the
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
