package shop

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

//go:embed pages static catalogue.json
var source embed.FS

const notFoundPath = "/404.html"

// contentTypes holds the content types. Go's own table depends on the machine.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
}

type file struct {
	body []byte
	kind string // its Content-Type
	etag string
}

func newFile(urlPath string, body []byte) file {
	kind, known := contentTypes[path.Ext(urlPath)]
	if !known {
		panic("shop: no content type for " + urlPath)
	}
	sum := sha256.Sum256(body)
	return file{body: body, kind: kind, etag: `"` + hex.EncodeToString(sum[:8]) + `"`}
}

// load returns every file of the shop by URL path. It panics on errors, because all files are embedded in the binary.
func load(apiBase, console string) map[string]file {
	files := map[string]file{}
	add := func(urlPath string, body []byte) { files[urlPath] = newFile(urlPath, body) }

	static := must(fs.Sub(source, "static"))
	for _, name := range must(fs.Glob(static, "*/*")) {
		add("/"+name, must(fs.ReadFile(static, name)))
	}
	for name, page := range pages(console) {
		add("/"+name, page)
	}
	files["/"] = files["/index.html"]
	add("/catalogue.json", must(source.ReadFile("catalogue.json")))
	add("/config.json", must(json.Marshal(map[string]string{"api": apiBase})))
	return files
}

// pages returns each page inside the common head, header and footer (layout.html).
func pages(console string) map[string][]byte {
	layout := template.Must(template.New("layout.html").Funcs(template.FuncMap{"rupiah": rupiah}).
		ParseFS(source, "pages/layout.html"))
	built := map[string][]byte{}
	for _, name := range must(fs.Glob(source, "pages/*.html")) {
		base := path.Base(name)
		if base == "layout.html" {
			continue
		}
		page := template.Must(template.Must(layout.Clone()).ParseFS(source, name))
		var out bytes.Buffer
		shown := view{Name: strings.TrimSuffix(base, ".html"), Products: catalogue(), Console: console}
		if err := page.Execute(&out, shown); err != nil {
			panic(err)
		}
		built[base] = out.Bytes()
	}
	return built
}

// view is the data of a page's template.
type view struct {
	Name     string // of the page, its script and its style sheet
	Products []product
	Console  string // address of the operator's console, empty without one
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
