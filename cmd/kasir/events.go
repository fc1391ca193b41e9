package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"kasir/local/stack"
	"kasir/shared/function"
)

func eventsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "events",
		Short: "Show events of payments and send one again; write event files for functions",
		Long: "Shows the events of the running kasir local, sends one again, or writes event files for sam local\n" +
			"and kasir invoke.",
		Example: "  kasir events tail\n  kasir events list --invoice INV-1\n  kasir events write --out my-events",
	}
	group(c)
	c.AddCommand(eventsListCommand(), eventsTailCommand(), eventsResendCommand(), eventsWriteCommand())
	return c
}

func eventsWriteCommand() *cobra.Command {
	var w eventsWriter
	c := &cobra.Command{
		Use:   "write",
		Short: "Write event files that work against the running kasir local, or a deployed stage",
		Long: "Writes one event file or more for every function, and prints the commands that invoke them in order:\n" +
			"kasir invoke, or with --template sam local invoke. The orders are new each time. Scopes have the\n" +
			"stage's prefix, callback_url names an allowed host, and notifications are signed with the stage's\n" +
			"key.\n\n" +
			"With --template it also writes the files that sam local needs to run without flags in that folder:\n" +
			"template.json, env.json and samconfig.toml. For the running kasir local, a function in sam's\n" +
			"container then works on its orders, and nothing asks AWS.\n\n" +
			"For a stage the key comes from DOKU_CLIENT_ID and DOKU_SECRET_KEY. Without them, and for a stage on\n" +
			"DOKU's production, it writes no notifications, because a notification can make an order PAID. The\n" +
			"files hold no keys.",
		Example: "  make sam\n" +
			"  kasir events write --out my-events\n" +
			"  kasir events write --stage sandbox --out my-events",
		Args: exactArgs(),
		RunE: func(c *cobra.Command, _ []string) error { return w.run(screenOf(c)) },
	}
	dataFlag(c, &w.where.data, "data folder of the running kasir local")
	w.where.stageFlags(c)
	c.Flags().StringVar(&w.out, "out", "",
		"folder for the files (default sam in the data folder, with --stage sam-<stage>)")
	c.Flags().StringVar(&w.template, "template", "", "template of make synth; also writes the files for sam local")
	return c
}

// eventsWriter holds the flags of kasir events write.
type eventsWriter struct {
	where         place
	out, template string
}

// eventsDocument is the output of kasir events write --json.
type eventsDocument struct {
	Folder string   `json:"folder"`
	Files  []string `json:"files"` // relative to the folder
}

func (w eventsWriter) run(s *screen) error {
	if _, err := w.where.config(); err != nil {
		return err
	}
	name := "sam"
	if w.where.stage != "" {
		name += "-" + w.where.stage
	}
	w.out = cmp.Or(w.out, filepath.Join(w.where.data, name))
	made, environment, err := w.find()
	if err != nil {
		return err
	}
	if w.template != "" && environment.local && environment.common["KASIR_LOCAL"] == "" {
		return errAnotherDOKU
	}
	files := map[string][]byte{}
	var written []eventFile
	for _, f := range eventFiles {
		row, _ := function.Find(f.function())
		if f.needsNotify && made.secret == "" || row.Reports && made.bucket == "" {
			continue
		}
		if files[filepath.Join("events", f.name)], err = made.make(f); err != nil {
			return err
		}
		written = append(written, f)
	}
	if w.template != "" {
		if err := environment.files(w.template, w.out, made.region, files); err != nil {
			return err
		}
	}
	into, err := openFolder(w.out)
	if err != nil {
		return err
	}
	if err := into.write(files); err != nil {
		return err
	}
	w.printSummary(s.text, made, environment, written)
	return s.document(eventsDocument{Folder: w.out, Files: slices.Sorted(maps.Keys(files))})
}

// errAnotherDOKU keeps the keys of a merchant from containers, because the stand-in for Secrets Manager gives them to
// every program that reaches it.
var errAnotherDOKU = errors.New("the running kasir local works with another DOKU (--doku), whose keys " +
	"every container could read: sam local is for the built-in sandbox; run kasir local without --doku")

// find returns the destination of the files, and the functions' environment under sam local.
func (w eventsWriter) find() (destination, samEnvironment, error) {
	switch {
	case w.where.stage != "":
		d, err := readDeployment(cmp.Or(w.where.outputs, "cdk-outputs."+w.where.stage+".json"), w.where.stage)
		if err != nil {
			return destination{}, samEnvironment{}, err
		}
		made, err := d.destination()
		return made, d.samEnvironment(), err
	case w.where.outputs != "":
		return destination{}, samEnvironment{}, errOutputsAlone
	}
	environment, running := stack.RunningKeys(w.where.data)
	api, _ := stack.RunningAPI(w.where.data)
	tokens, _ := stack.TokenEndpoint(w.where.data)
	if !running || api == "" {
		return destination{}, samEnvironment{}, fmt.Errorf("no kasir local is running with the data folder %s: "+
			"start one with make run, or name its folder with --data", w.where.data)
	}
	made, err := runningDestination(environment, api)
	return made, runningEnvironment(environment, strings.TrimSuffix(tokens, "/token")), err
}
