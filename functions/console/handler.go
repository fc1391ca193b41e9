package main

import (
	"context"
	"encoding/base64"
	"maps"
	"net/http"
	"strings"

	"kasir/shared/app"
	"kasir/shared/edge"
	"kasir/shared/payment"
)

// notBuilt is the answer while the page's files are missing.
const notBuilt = "The console is not built: run make console, then build and start the functions again.\n"

func handler(_ *payment.Service, s app.Settings) edge.Handler {
	files := load(built, s.Console.Path)
	return serve(files, s)
}

// serve answers with the files and with the page's configuration. A path that is no file is a place inside the page,
// so that a person may reload it or send its address to another.
func serve(files site, s app.Settings) edge.Handler {
	config, headers := configuration(s), headersOf(s)
	return func(_ context.Context, r edge.Request) (edge.Response, error) {
		path := r.Path["path"]
		if path == configPath {
			return edge.Response{Status: http.StatusOK, Header: headers, Body: config}, nil
		}
		if len(files) == 0 {
			return text(http.StatusServiceUnavailable, headers, notBuilt), nil
		}
		f, found := files[path]
		if !found && isFile(path) {
			return text(http.StatusNotFound, headers, "There is no such file.\n"), nil
		}
		if !found {
			f = files[index]
		}
		return f.answer(headers, r.Header.Get("Accept-Encoding")), nil
	}
}

// text returns an answer for a person who sees it in place of the page.
func text(status int, headers map[string]string, content string) edge.Response {
	headers = maps.Clone(headers)
	headers["content-type"] = "text/plain; charset=utf-8"
	return edge.Response{Status: status, Header: headers, Body: edge.Base64(encode([]byte(content)))}
}

// isFile reports whether a path would be a file of the page, and not a place inside it. The address of a place may hold
// an invoice number with dots, but never as its first part.
func isFile(path string) bool {
	first, _, below := strings.Cut(path, "/")
	return first == assets && below || strings.Contains(first, ".")
}

func encode(content []byte) string { return base64.StdEncoding.EncodeToString(content) }
