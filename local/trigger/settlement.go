package trigger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
)

func settled(ctx context.Context, p *play) error {
	if err := p.paid(ctx); err != nil {
		return err
	}
	_, err := p.settle(ctx, "", "DOKU paid out, and sent its report")
	return err
}

// settledOtherwise first puts in a report of all other money, because the report's wrong row is about its first order.
func settledOtherwise(ctx context.Context, p *play) error {
	if _, err := p.settle(ctx, "", "DOKU paid out the money of before, and sent its report"); err != nil {
		return err
	}
	if err := p.paid(ctx); err != nil {
		return err
	}
	made, err := p.settle(ctx, "?malformed=differing_amount", "DOKU paid out, and its report has another amount")
	if err == nil && !made {
		err = errors.New("DOKU had nothing to settle: another report has the payment")
	}
	return err
}

// settle lets DOKU pay out, and puts its report in, which has all money that no earlier one has. It returns false if
// there is none.
func (p *play) settle(ctx context.Context, form, what string) (made bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.DOKU+"/control/settlement"+form, nil)
	if err != nil {
		return false, err
	}
	response, err := send(request, http.StatusOK, http.StatusNotFound)
	if err != nil || response.status == http.StatusNotFound {
		return false, err
	}
	p.batch = response.header.Get("Batch-Id")
	p.Print("DOKU", what)
	return true, p.upload(ctx, response.body)
}

// upload sends a report with a form of POST /settlements.
func (p *play) upload(ctx context.Context, report []byte) error {
	answer, err := p.API.Do(ctx, http.MethodPost, "/settlements", nil, []byte(`{"name":"trigger.csv"}`))
	if err != nil {
		return err
	}
	var form struct {
		URL    string
		Fields map[string]string
	}
	if err := json.Unmarshal(answer.Body, &form); err != nil || answer.Status != http.StatusCreated {
		return fmt.Errorf("POST /settlements answered %d: %s", answer.Status, answer.Body)
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, value := range form.Fields {
		parts.WriteField(name, value)
	}
	file, err := parts.CreateFormFile("file", "trigger.csv")
	if err != nil {
		return err
	}
	file.Write(report)
	parts.Close()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, form.URL, &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", parts.FormDataContentType())
	if _, err := send(request, http.StatusNoContent); err != nil {
		return err
	}
	p.Print("sent", "POST /settlements, and the report with its form: batch "+p.batch)
	return nil
}

// received is an answer that was read.
type received struct {
	status int
	header http.Header
	body   []byte
}

// send sends a request and expects one of the statuses.
func send(request *http.Request, statuses ...int) (received, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return received{}, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err == nil && !slices.Contains(statuses, response.StatusCode) {
		err = fmt.Errorf("%s %s answered %d: %s", request.Method, request.URL.Path, response.StatusCode, content)
	}
	return received{response.StatusCode, response.Header, content}, err
}
