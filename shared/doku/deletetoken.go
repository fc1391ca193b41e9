package doku

import (
	"context"
	"strings"
)

// DeleteToken deletes a saved card (the guide, "Unbind Token"). The error for a token that no longer exists is an
// [*Error]. If Paths.DeleteToken is one of DOKU's newer /tokenization/ paths, DeleteToken sends their body and expects
// their answer.
func (c *Client) DeleteToken(ctx context.Context, requestID, customerID, tokenID string) error {
	path := c.cfg.Paths.DeleteToken
	newer := strings.HasPrefix(path, "/tokenization/")
	var in any = map[string]string{"token_id": tokenID, "customer_id": customerID}
	if newer {
		in = map[string]any{"token": map[string]string{"id": tokenID}}
	}
	err := c.post(ctx, path, requestID, in, func(body []byte, _ bool) error {
		doc, err := parseDocument(body)
		if err != nil {
			return err
		}
		if newer {
			if doc.text("token", "status") == "INACTIVE" && doc.text("token", "id") == tokenID {
				return nil
			}
			return statusError(doc.text("token", "status"), "", "")
		}
		switch status := doc.text("status"); status {
		case "DELETE SUCCESS":
			return nil
		case "DELETE FAILED":
			return &Error{Message: status}
		default:
			return statusError(status, "", "")
		}
	})
	return maskRefusal(err, tokenID, customerID)
}
