package main

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"strconv"
	"strings"

	"kasir/shared/edge"
)

// Names of the page's files. The names of those below assets change with their content.
const (
	index      = ""            // of the page itself
	indexFile  = "index.html"  // its file
	configPath = "config.json" // of its configuration, which is no file
	assets     = "assets"
)

// site holds the files by their paths below the console's.
type site map[string]file

// file is a file with its compressed forms, each in base64.
type file struct {
	kind     string // content type
	kept     bool   // browsers may keep it, because another content has another name
	contents map[string]string
}

// encodings are the forms in which a file may be sent, the best first. The last is the file itself.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}, {"", ""}}

// kinds are the content types of the page's files.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2",
	".json": "application/json", ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
}

// load returns the files that the build wrote. It is empty if there was no build. base is the console's path.
func load(from fs.FS, base string) site {
	files := site{}
	_ = fs.WalkDir(from, "site", func(name string, entry fs.DirEntry, err error) error {
		kind, known := kinds[path.Ext(name)]
		if err != nil || entry.IsDir() || !known {
			return err
		}
		below := strings.TrimPrefix(name, "site/")
		f := file{kind: kind, kept: strings.HasPrefix(below, assets+"/"), contents: map[string]string{}}
		for _, e := range encodings {
			if content, err := fs.ReadFile(from, name+e.suffix); err == nil {
				f.contents[e.name] = encode(content)
			}
		}
		if below == indexFile {
			content, _ := fs.ReadFile(from, name)
			f.contents, below = pageBelow(content, base), index
		}
		files[below] = f
		return nil
	})
	if _, ok := files[index]; !ok {
		return nil
	}
	return files
}

// pageBelow returns the page with the addresses of its files below the console's path. The build writes them relative
// to the page, which answers under many paths.
func pageBelow(page []byte, base string) map[string]string {
	page = bytes.ReplaceAll(page, []byte(`="./`), []byte(`="`+base+`/`))
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	_, _ = w.Write(page) // a buffer takes everything
	_ = w.Close()
	return map[string]string{"": encode(page), "gzip": encode(compressed.Bytes())}
}

// answer returns the file in the best form that the browser accepts.
func (f file) answer(headers map[string]string, accepted string) edge.Response {
	headers = maps.Clone(headers)
	headers["content-type"], headers["vary"] = f.kind, "accept-encoding"
	if f.kept {
		headers["cache-control"] = "public, max-age=31536000, immutable"
	}
	for _, e := range encodings {
		content, there := f.contents[e.name]
		if !there || e.name != "" && !accepts(accepted, e.name) {
			continue
		}
		if e.name != "" {
			headers["content-encoding"] = e.name
		}
		return edge.Response{Status: http.StatusOK, Header: headers, Body: edge.Base64(content)}
	}
	return edge.Response{}
}

// accepts reports whether the header Accept-Encoding names an encoding, with a weight above 0.
func accepts(header, encoding string) bool {
	for word := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(word), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return weight == "" || err == nil && q > 0
	}
	return false
}
