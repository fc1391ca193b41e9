package main

import (
	"os"
	"regexp"
	"strconv"
	"testing"
)

// What is priced is what is deployed. The deployment cannot be asked: it is a program of its own.
func TestThePricedMemoryIsTheDeployed(t *testing.T) {
	stages, err := os.ReadFile("../infra/stages.go")
	if err != nil {
		t.Fatal(err)
	}
	deployed := regexp.MustCompile(`Memory: +(\d+)`).FindAllSubmatch(stages, -1)
	if len(deployed) == 0 {
		t.Fatal("no stage says its memory")
	}
	for _, match := range deployed {
		if got := string(match[1]); got != strconv.Itoa(memory) {
			t.Errorf("a stage has %s MB, and %d are priced", got, memory)
		}
	}
}
