package s3

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

const (
	maxFields = 64 << 10 // bytes of all fields of a form
	fileField = "file"   // the last field of a form; S3 ignores those after it
)

// policy is the policy of a form.
type policy struct {
	Expiration time.Time `json:"expiration"`
	Conditions []any     `json:"conditions"`
}

// takeForm writes the object of a form, within the form's policy.
func (s *Server) takeForm(w http.ResponseWriter, r *http.Request) error {
	form, err := r.MultipartReader()
	if err != nil {
		return &failure{Status: http.StatusBadRequest, Code: "MalformedPOSTRequest", Message: err.Error()}
	}
	fields, file, err := read(form)
	if err != nil {
		return err
	}
	least, most, err := check(fields)
	if err != nil {
		return err
	}
	content := &counted{from: http.MaxBytesReader(w, file, most), least: least}
	return s.created(w, "ObjectCreated:Post", http.StatusNoContent, fields["key"], content)
}

// read reads the fields before the file.
func read(form *multipart.Reader) (fields map[string]string, file *multipart.Part, err error) {
	fields = map[string]string{}
	for left := int64(maxFields); ; {
		part, err := form.NextPart()
		if err != nil {
			return nil, nil, &failure{Status: http.StatusBadRequest, Code: "InvalidArgument",
				Message: "POST requires exactly one file upload per request."}
		}
		if part.FormName() == fileField {
			return fields, part, nil
		}
		value, err := io.ReadAll(io.LimitReader(part, left))
		if left -= int64(len(value)); err != nil || left <= 0 {
			return nil, nil, &failure{Status: http.StatusBadRequest, Code: "MaxPostPreDataLengthExceeded",
				Message: "The fields before the file are too long."}
		}
		fields[part.FormName()] = string(value)
	}
}

// check compares the fields with the form's policy, and returns the sizes that the file may have.
func check(fields map[string]string) (least, most int64, err error) {
	denied := &failure{Status: http.StatusForbidden, Code: "AccessDenied"}
	text, err := base64.StdEncoding.DecodeString(fields["policy"])
	var p policy
	if err != nil || json.Unmarshal(text, &p) != nil || fields["X-Amz-Signature"] == "" {
		denied.Message = "The form has no policy and signature."
		return 0, 0, denied
	}
	if time.Now().After(p.Expiration) {
		denied.Message = "Invalid according to Policy: Policy expired."
		return 0, 0, denied
	}
	keyed := false
	for _, c := range p.Conditions {
		switch c := c.(type) {
		case map[string]any:
			keyed = keyed || c["key"] == fields["key"] && fields["key"] != ""
		case []any:
			if len(c) == 3 && c[0] == "content-length-range" {
				low, _ := c[1].(float64)
				high, _ := c[2].(float64)
				least, most = int64(low), int64(high)
			}
		}
	}
	if !keyed || most == 0 {
		denied.Message = "Invalid according to Policy: the key or the size."
		return 0, 0, denied
	}
	return least, most, nil
}

// counted is a file that must have a least size.
type counted struct {
	from  io.Reader
	least int64
	n     int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if c.n += int64(n); err == io.EOF && c.n < c.least {
		return n, &failure{Status: http.StatusBadRequest, Code: "EntityTooSmall", Message: "The file is too small."}
	}
	return n, err
}
