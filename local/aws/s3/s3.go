// Package s3 replaces AWS S3 on one machine. It keeps the objects of one bucket as files, takes signed forms, and
// invokes a function for new objects. It shares no code with its callers.
package s3

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// Server is an http.Handler that answers as S3 does at addresses such as /bucket/key. It checks no signatures.
type Server struct {
	bucket, dir string
	removed     bool // Close removes dir

	mu      sync.Mutex
	notify  []notification
	origins []string // whose pages may send forms
}

// Object is an object of the bucket.
type Object struct {
	Key  string
	Size int64
	ETag string // MD5, hexadecimal
}

type notification struct {
	prefix string
	call   func(event []byte)
}

// Open returns a Server that keeps the objects of a bucket in a folder. If the folder is empty, they are gone after
// Close.
func Open(bucket, dir string) (*Server, error) {
	s := &Server{bucket: bucket, dir: dir}
	var err error
	if dir == "" {
		s.removed = true
		s.dir, err = os.MkdirTemp("", "kasir-s3-")
	} else {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("making the folder of the bucket %s: %w", bucket, err)
	}
	return s, nil
}

// Close removes the objects of a Server without a folder of its own.
func (s *Server) Close() {
	if s.removed {
		os.RemoveAll(s.dir)
	}
}

// Notify calls a function with the event of each new object whose key has a prefix. The caller of the bucket waits for
// it.
func (s *Server) Notify(prefix string, call func(event []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notify = append(s.notify, notification{prefix, call})
}

// Allow lets pages of the origins send forms and read the answers, as a bucket's CORS rule for POST does.
func (s *Server) Allow(origins ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.origins = append(s.origins, origins...)
}

// decorate adds the headers that let a page of an allowed origin send its form and read the answer. done reports that
// the browser only asked whether it may, as it does before a form whose progress the page shows.
func (s *Server) decorate(w http.ResponseWriter, r *http.Request) (done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	method := r.Method
	if method == http.MethodOptions {
		method = r.Header.Get("Access-Control-Request-Method")
	}
	origin := r.Header.Get("Origin")
	if method != http.MethodPost || !slices.Contains(s.origins, origin) {
		return false
	}
	w.Header().Set("Access-Control-Allow-Origin", origin)
	w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
	w.Header().Add("Vary", "Origin")
	return r.Method == http.MethodOptions
}

// failure is an error answer.
type failure struct {
	XMLName xml.Name `xml:"Error"`
	Status  int      `xml:"-"`
	Code    string
	Message string
}

func (f *failure) Error() string { return f.Code + ": " + f.Message }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.decorate(w, r) {
		return
	}
	err := s.answer(w, r)
	if err == nil {
		return
	}
	f := &failure{Status: http.StatusInternalServerError, Code: "InternalError", Message: "The object's file: " +
		cause(err)}
	var size *http.MaxBytesError
	switch {
	case errors.As(err, &f):
	case errors.Is(err, fs.ErrNotExist):
		f = &failure{Status: http.StatusNotFound, Code: "NoSuchKey", Message: "There is no such object."}
	case errors.As(err, &size):
		f = &failure{Status: http.StatusBadRequest, Code: "EntityTooLarge", Message: "The file is too large."}
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(f.Status)
	_ = xml.NewEncoder(w).Encode(f) // an error means that the caller is gone
}

// cause returns the system's reason of an error, without the names of files on this machine.
func cause(err error) string {
	var reason syscall.Errno
	if errors.As(err, &reason) {
		return reason.Error()
	}
	return "it cannot be read or written."
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) error {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != s.bucket {
		return &failure{Status: http.StatusNotFound, Code: "NoSuchBucket", Message: "The bucket is " + s.bucket + "."}
	}
	switch {
	case r.Method == http.MethodPost && key == "":
		return s.takeForm(w, r)
	case r.Method == http.MethodPut && r.Header.Get("Content-Encoding") == "":
		return s.created(w, "ObjectCreated:Put", http.StatusOK, key, r.Body)
	case r.Method == http.MethodGet && key != "":
		return s.get(w, r, key)
	}
	return &failure{Status: http.StatusNotImplemented, Code: "NotImplemented", Message: "This stand-in cannot do that."}
}

// file returns the file of an object.
func (s *Server) file(key string) (string, error) {
	long := slices.ContainsFunc(strings.Split(key, "/"), func(part string) bool { return len(part) > 255 })
	if !fs.ValidPath(key) || key == "." || strings.ContainsAny(key, "\\\x00") || len(key) > 1024 || long {
		return "", &failure{Status: http.StatusBadRequest, Code: "InvalidArgument", Message: "The key is no file name."}
	}
	return filepath.Join(s.dir, filepath.FromSlash(key)), nil
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, key string) error {
	name, err := s.file(key)
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := md5.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	etag := hex.EncodeToString(sum.Sum(nil))
	if wanted := strings.Trim(r.Header.Get("If-Match"), `"`); wanted != "" && wanted != etag {
		return &failure{Status: http.StatusPreconditionFailed, Code: "PreconditionFailed", Message: "Another version."}
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	w.Header().Set("ETag", `"`+etag+`"`)
	_, _ = io.Copy(w, file) // an error means that the caller is gone
	return nil
}

// created writes an object, and calls the functions that it is for before it answers.
func (s *Server) created(w http.ResponseWriter, how string, status int, key string, content io.Reader) error {
	name, err := s.file(key)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	o, err := write(name, content)
	if err != nil {
		return err
	}
	o.Key = key
	s.tell(how, o)
	w.Header().Set("ETag", `"`+o.ETag+`"`)
	w.WriteHeader(status)
	return nil
}

// write writes a file whole, or not at all.
func write(name string, content io.Reader) (Object, error) {
	part, err := os.CreateTemp(filepath.Dir(name), ".part-")
	if err != nil {
		return Object{}, err
	}
	defer os.Remove(part.Name())
	sum := md5.New()
	size, err := io.Copy(io.MultiWriter(part, sum), content)
	if err = errors.Join(err, part.Close()); err != nil {
		return Object{}, err
	}
	return Object{Size: size, ETag: hex.EncodeToString(sum.Sum(nil))}, os.Rename(part.Name(), name)
}
