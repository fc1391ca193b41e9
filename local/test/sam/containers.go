package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
)

// container is SAM CLI's request to Docker for one container.
type container struct {
	Entrypoint  []string
	Environment map[string]string
	Volumes     map[string]struct{ Bind string }
	Hosts       map[string]string `json:"extra_hosts"`
}

// checkContainers compares the containers that SAM CLI requested with the files that make sam wrote. Each container has
// the variables of env.json; its other variables are those that Lambda has too.
func (p *proof) checkContainers() error {
	content, err := os.ReadFile(os.Getenv("KASIR_SAM_ASKED"))
	if err != nil {
		return err
	}
	file, err := os.ReadFile(filepath.Join(p.in("sam"), "env.json"))
	if err != nil {
		return err
	}
	var given struct{ Parameters map[string]string }
	if err := json.Unmarshal(file, &given); err != nil {
		return err
	}
	all := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	for _, line := range all {
		var c container
		if err := json.Unmarshal(line, &c); err != nil {
			return err
		}
		if err := c.check(given.Parameters); err != nil {
			return err
		}
	}
	fmt.Printf("\nSAM CLI asked for %d containers, each with the %d variables of env.json and Lambda's own\n",
		len(all), len(given.Parameters))
	return nil
}

func (c container) check(given map[string]string) error {
	name := c.Environment["AWS_LAMBDA_FUNCTION_NAME"]
	own := maps.Clone(c.Environment)
	maps.DeleteFunc(own, func(name, _ string) bool {
		return strings.HasPrefix(name, "AWS_") && given[name] == ""
	})
	if !maps.Equal(own, given) {
		return fmt.Errorf("%s: SAM CLI passed on %v; env.json has %v", name, own, given)
	}
	if c.Environment["AWS_ACCESS_KEY_ID"] != "defaultkey" || c.Hosts["host.docker.internal"] != "host-gateway" {
		return fmt.Errorf("%s: SAM CLI found the credentials %s, and the hosts %v",
			name, c.Environment["AWS_ACCESS_KEY_ID"], c.Hosts)
	}
	return nil
}
