package main

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kasir/local/stack"
)

// place holds the flags that name the folders of the functions and of the data, or a deployment.
type place struct {
	functions, data string
	memory          bool
	stage, outputs  string // of a deployment, instead of the folders
}

// stageFlags adds the flags that name a deployment.
func (p *place) stageFlags(c *cobra.Command) {
	c.Flags().StringVar(&p.stage, "stage", "", "work on the deployment of this stage")
	c.Flags().StringVar(&p.outputs, "outputs", "",
		"with --stage: file that make deploy wrote (default cdk-outputs.<stage>.json)")
	c.RegisterFlagCompletionFunc("stage", completeStages)
	exclusive(c, "stage", "data")
}

func (p *place) flags(c *cobra.Command, withMemory bool) {
	c.Flags().StringVar(&p.functions, "functions", "",
		"folder of the functions built for this machine (default those of this kasir)")
	dataFlag(c, &p.data, "data folder")
	if withMemory {
		c.Flags().BoolVar(&p.memory, "memory", false, "keep orders in memory only")
	}
}

// dataFlag adds the flag of the data folder, whose default is stack.Installation's.
func dataFlag(c *cobra.Command, data *string, usage string) {
	c.Flags().StringVar(data, "data", "", usage+" (default .kasir in the clone, or kasir in your configuration folder)")
}

// dataFolder returns the named data folder, or else the default. It is empty if there is none.
func dataFolder(named string) string {
	if named != "" {
		return named
	}
	installed, err := stack.Installed()
	if err != nil {
		return ""
	}
	return installed.Data
}

// programName returns the command that runs this program. A clone builds it into bin.
func programName() string {
	if installed, err := stack.Installed(); err == nil && installed.Released {
		return "kasir"
	}
	return "bin/kasir"
}

// config returns a configuration with the defaults filled in.
func (p *place) config() (stack.Config, error) {
	installed, err := stack.Installed()
	if err != nil {
		return stack.Config{}, err
	}
	p.data, p.functions = dataFolder(p.data), cmp.Or(p.functions, installed.Functions)
	if p.data == "" && !p.memory {
		return stack.Config{}, errors.New("there is no default folder for the data, because HOME is not set: " +
			"name one with --data")
	}
	if info, err := os.Stat(p.data); err == nil && !info.IsDir() {
		return stack.Config{}, usagef("--data %s: it is not a folder", p.data)
	}
	cfg := stack.Config{
		Root: installed.Root, Functions: p.functions, QuoteKey: os.Getenv("QUOTE_KEY"), Settings: map[string]string{},
	}
	if !p.memory {
		cfg.Data, cfg.IssuerKey = filepath.Join(p.data, "dynamodb"), filepath.Join(p.data, "issuer.pem")
		cfg.ClockFile, cfg.EventsFile = filepath.Join(p.data, "clock.json"), filepath.Join(p.data, "events.jsonl")
		cfg.Reports = filepath.Join(p.data, "settlements")
		cfg.Webhooks.Folder = filepath.Join(p.data, "webhooks")
	}
	for _, name := range stack.PassedSettings {
		if value := os.Getenv(name); value != "" {
			cfg.Settings[name] = value
		}
	}
	return cfg, nil
}
