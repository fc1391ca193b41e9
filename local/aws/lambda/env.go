package lambda

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// reserved reports whether a function's configuration may not set a variable. AWS also reserves the credentials and the
// region. Here they can be set, because only they can point a function at a local DynamoDB.
func reserved(name string) bool {
	switch name {
	case "_HANDLER", "_X_AMZN_TRACE_ID", "TZ", "AWS_EXECUTION_ENV", "AWS_LAMBDA_RUNTIME_API",
		"AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
		"LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR":
		return true
	}
	return strings.HasPrefix(name, "AWS_LAMBDA_FUNCTION_")
}

// environ returns the whole environment of a new instance, sorted. AWS_EXECUTION_ENV is missing, because AWS omits it
// for the OS-only runtimes, including provided.al2023.
//
// Only PATH is taken from the host, because a bootstrap may be a script that needs its interpreter. Nothing else is,
// above all not the developer's AWS credentials and proxies. A function that works only with the developer's shell
// would fail when deployed; one that reaches the developer's real account is worse.
func (f Function) environ(api string, now time.Time) []string {
	env := map[string]string{
		"PATH":                  os.Getenv("PATH"),
		"LANG":                  "en_US.UTF-8",
		"AWS_REGION":            Region,
		"AWS_DEFAULT_REGION":    Region,
		"AWS_ACCESS_KEY_ID":     "local",
		"AWS_SECRET_ACCESS_KEY": "local",
		"AWS_SESSION_TOKEN":     "local",
	}
	for name, value := range f.Env {
		env[name] = value
	}
	for name, value := range map[string]string{
		"_HANDLER":                        "bootstrap",
		"TZ":                              ":UTC",
		"AWS_LAMBDA_RUNTIME_API":          api,
		"AWS_LAMBDA_FUNCTION_NAME":        f.Name,
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": fmt.Sprint(f.MemoryMB),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/" + f.Name,
		"AWS_LAMBDA_LOG_STREAM_NAME":      now.UTC().Format("2006/01/02") + "/[$LATEST]" + randomHex(16),
		"LAMBDA_TASK_ROOT":                filepath.Dir(f.Binary),
		"LAMBDA_RUNTIME_DIR":              "/var/runtime",
	} {
		env[name] = value
	}
	lines := make([]string, 0, len(env))
	for name, value := range env {
		lines = append(lines, name+"="+value)
	}
	slices.Sort(lines)
	return lines
}

// arn returns the function's ARN.
func (f Function) arn() string {
	return "arn:aws:lambda:" + Region + ":" + AccountID + ":function:" + f.Name
}

// requestID returns a random UUID, the form of Lambda's request ids.
func requestID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// traceID returns an X-Ray header for a request that is not sampled: there is no X-Ray here to receive the segments.
func traceID(now time.Time) string {
	return fmt.Sprintf("Root=1-%08x-%s;Parent=%s;Sampled=0", uint32(now.Unix()), randomHex(12), randomHex(8))
}

// randomHex returns n random bytes in hexadecimal. crypto/rand.Read never fails.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
