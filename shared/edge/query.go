package edge

import (
	"net/url"
	"unicode/utf8"
)

// Parameters decodes the query. It reads the raw one, because API Gateway joins repeated parameters by a comma. Errors:
// *BadRequest.
func (r Request) Parameters() (url.Values, error) {
	parameters, err := url.ParseQuery(r.Query)
	valid := err == nil
	for name, values := range parameters {
		for _, value := range values {
			valid = valid && utf8.ValidString(name) && utf8.ValidString(value)
		}
	}
	if !valid {
		return nil, &BadRequest{Detail: "The query cannot be decoded."}
	}
	return parameters, nil
}
