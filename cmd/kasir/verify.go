package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kasir/local"
	"kasir/local/curl"
	"kasir/shared/doku"
	"kasir/shared/doku/diagnose"
)

// verification holds the flags of kasir verify.
type verification struct {
	headers, body, curl  string // files
	path, target, method string
	secret, previous     string // files
	clientID, data       string
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
			"The key comes from --secret-file or DOKU_SECRET_KEY; else both keys are those of the running kasir local. There is no flag for the\n" +
			"key itself: it would stay in the shell's history and in the list of processes. Neither keys nor signatures are printed.",
		Example: "  kasir verify --headers headers.txt --body body.json --path /notifications --secret-file key.txt\n" +
			"  kasir verify --curl request.txt\n" +
			"  pbpaste | kasir verify --curl -",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 { // not repeated: it may be a key
				return errors.New("verify takes no words beside its flags: the message is in --curl or in --headers and --body, the key in --secret-file")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			sample, err := v.sample(c.InOrStdin())
			if err != nil {
				return err
			}
			d := diagnose.Signature(sample)
			fmt.Fprint(c.OutOrStdout(), d)
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
	f.StringVar(&v.data, "data", "", "data folder of the kasir local that may be running (default .kasir in kasir's folder)")
	return c
}

// sample returns the message, and the keys and the path that it is checked against.
func (v verification) sample(stdin io.Reader) (diagnose.Sample, error) {
	m, err := v.message(stdin)
	if err != nil {
		return diagnose.Sample{}, err
	}
	setting := v.settings()
	s := diagnose.Sample{
		Method: cmp.Or(v.method, m.Method), Path: cmp.Or(v.path, m.Address), Header: m.Header, Body: m.Body, Target: v.target,
		ClientID: cmp.Or(v.clientID, setting("DOKU_CLIENT_ID")), Now: time.Now(),
	}
	if s.Path == "" && s.Target == "" {
		s.Target = cmp.Or(setting("NOTIFICATION_TARGET"), local.NotificationTarget)
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
		return curl.Message{}, errors.New("--curl holds headers and body: give it alone, or --headers and --body")
	case v.curl == "" && v.headers == "":
		return curl.Message{}, errors.New("give --headers and --body, or --curl")
	case v.headers == "-" && v.body == "-":
		return curl.Message{}, errors.New("--headers and --body cannot both be standard input")
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

// settings returns the environment's settings. If neither it nor a flag names a key, it returns those of the running kasir
// local. It never mixes both, because a key, its Client-Id and its path belong together.
func (v verification) settings() func(string) string {
	if v.secret != "" || os.Getenv("DOKU_SECRET_KEY") != "" {
		return os.Getenv
	}
	data := v.data
	if root, err := local.Root(); data == "" && err == nil {
		data = filepath.Join(root, ".kasir")
	}
	running, ok := local.RunningKeys(data)
	if !ok {
		return os.Getenv
	}
	return func(name string) string { return running[name] }
}
