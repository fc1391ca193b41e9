package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// settlement uploads the sandbox's report as a person does, and invokes settle as S3 does.
func (s *stage) settlement(ctx context.Context) error {
	if _, ok := s.functions["settle"]; !ok {
		return nil
	}
	if err := s.request(ctx, 200, "GET", "/settlements", "", nil); err != nil {
		return err
	}
	var form struct {
		URL    string
		Fields map[string]string
	}
	if err := s.request(ctx, 201, "POST", "/settlements", `{"name":"rehearsal.csv"}`, &form); err != nil {
		return err
	}
	report, err := s.control(ctx, "settlement", "")
	if err != nil {
		return err
	}
	if err := s.upload(ctx, form.URL, form.Fields, report); err != nil {
		return err
	}
	u, err := url.Parse(form.URL)
	if err != nil {
		return err
	}
	bucket, _, _ := strings.Cut(u.Host, ".s3.")
	answer, err := s.notify(ctx, bucket, form.Fields["key"], len(report))
	if err != nil {
		return err
	}
	var done struct{ Batch string }
	if err := json.Unmarshal(answer, &done); err != nil || done.Batch == "" {
		return fmt.Errorf("settle answered %s", answer)
	}
	var shown struct{ Settlements []struct{ ID string } }
	if err := s.request(ctx, 200, "GET", "/settlements", "", &shown); err != nil {
		return err
	}
	if len(shown.Settlements) != 1 {
		return fmt.Errorf("%d settlements are listed, want the one of the report", len(shown.Settlements))
	}
	return s.request(ctx, 200, "GET", "/settlements/"+shown.Settlements[0].ID, "", nil)
}

// upload sends a file with a form that settlements has signed, as a browser does.
func (s *stage) upload(ctx context.Context, to string, fields map[string]string, content []byte) error {
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := parts.WriteField(name, value); err != nil {
			return err
		}
	}
	file, err := parts.CreateFormFile("file", "rehearsal.csv")
	if err != nil {
		return err
	}
	file.Write(content)
	parts.Close()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, &body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", parts.FormDataContentType())
	answer := &answerBuffer{header: http.Header{}, status: http.StatusOK}
	s.cloud.ServeHTTP(answer, request)
	if answer.status >= 300 {
		return fmt.Errorf("the upload: %d %s", answer.status, answer.body.String())
	}
	return nil
}
