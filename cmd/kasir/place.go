package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"kasir/local"
)

// place names the folders of the built functions and of the data, or a deployment.
type place struct {
	functions, data string
	memory          bool
	stage, outputs  string // of a deployment, in their place
}

// stageFlags adds the flags with which a command works on a deployment.
func (p *place) stageFlags(c *cobra.Command) {
	c.Flags().StringVar(&p.stage, "stage", "", "work on the deployment of this stage, as make deploy wrote it down")
	c.Flags().StringVar(&p.outputs, "outputs", "",
		"with --stage: the file that make deploy wrote (default cdk-outputs.<stage>.json)")
	c.RegisterFlagCompletionFunc("stage", completeStages)
	exclusive(c, "stage", "data")
}

func (p *place) flags(c *cobra.Command, withMemory bool) {
	c.Flags().StringVar(&p.functions, "functions", "", "folder of the functions built for this machine (default .kasir/functions in kasir's folder)")
	c.Flags().StringVar(&p.data, "data", "", "data folder (default .kasir in kasir's folder)")
	if withMemory {
		c.Flags().BoolVar(&p.memory, "memory", false, "keep orders in memory only")
	}
}

// config returns a configuration with the defaults filled in.
func (p *place) config() (local.Config, error) {
	root, err := local.Root()
	if err != nil {
		return local.Config{}, err
	}
	if p.data == "" {
		p.data = filepath.Join(root, ".kasir")
	}
	if p.functions == "" {
		p.functions = filepath.Join(root, ".kasir", "functions")
	}
	cfg := local.Config{Root: root, Functions: p.functions, QuoteKey: os.Getenv("QUOTE_KEY"), Settings: map[string]string{}}
	if !p.memory {
		cfg.Data, cfg.IssuerKey = filepath.Join(p.data, "dynamodb"), filepath.Join(p.data, "issuer.pem")
		cfg.ClockFile = filepath.Join(p.data, "clock.json")
	}
	for _, name := range local.Passed {
		if value := os.Getenv(name); value != "" {
			cfg.Settings[name] = value
		}
	}
	return cfg, nil
}
