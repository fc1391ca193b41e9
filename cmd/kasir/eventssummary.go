package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"kasir/shared/function"
)

// printSummary prints the written files and the commands that invoke them, in order.
func (w eventsWriter) printSummary(out io.Writer, to destination, environment samEnvironment, written []eventFile) {
	where := "the running kasir local"
	if w.where.stage != "" {
		where = "the stage " + w.where.stage
	}
	fmt.Fprintf(out, "wrote %d event files for %s into %s\n", len(written), where, filepath.Join(w.out, "events"))
	if to.secret == "" {
		fmt.Fprintln(out, "it wrote no notifications: for a stage that is not on DOKU's production, set "+
			"DOKU_CLIENT_ID and DOKU_SECRET_KEY to sign them")
	}
	if w.template == "" {
		w.printInvoke(out, written)
		return
	}
	fmt.Fprintf(out, "wrote template.json, env.json and samconfig.toml into %s\n\n", w.out)
	if environment.local && runtime.GOOS == "linux" {
		fmt.Fprintf(out, "With Docker Engine on Linux, unlike with Docker Desktop, containers do "+
			"not\nreach 127.0.0.1. Forward the ports in a second terminal (Ctrl-C ends it):\n\n  printf '%%s\\n' %s | "+
			"xargs -P0 -I{} socat TCP-LISTEN:{},bind=%s,fork,reuseaddr TCP:127.0.0.1:{}\n\n",
			strings.Join(environment.ports(), " "), bridgeAddress())
	}
	fmt.Fprintf(out, "  cd %s\n", relativeToHere(w.out))
	for _, f := range written {
		id := function.LogicalID(f.function())
		fmt.Fprintf(out, "  sam local invoke %-18s -e events/%-28s # %s\n", id, f.name, f.answer)
	}
	if environment.common["KASIR_LOCAL_ISSUER"] == "" {
		return
	}
	issuer := strings.Replace(environment.common["KASIR_LOCAL_ISSUER"], containerHost, "127.0.0.1", 1)
	fmt.Fprintf(out, "\nOr run the whole HTTP API at http://127.0.0.1:3000, and call it from another terminal:\n\n")
	fmt.Fprintf(out, "  sam local start-api\n")
	fmt.Fprintf(out, "  TOKEN=$(curl -s %s/token -H 'accept: text/plain')\n", issuer)
	fmt.Fprintf(out, "  curl -s http://127.0.0.1:3000/payments/%s -H \"authorization: Bearer $TOKEN\"\n",
		to.invoice(1))
}

// printInvoke prints the commands that need no template. The functions of a stage run only under sam local.
func (w eventsWriter) printInvoke(out io.Writer, written []eventFile) {
	if w.where.stage != "" {
		return
	}
	data := ""
	if w.where.data != dataFolder("") {
		data = " --data " + relativeToHere(w.where.data)
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	defer table.Flush()
	for _, f := range written {
		file := relativeToHere(filepath.Join(w.out, "events", f.name))
		fmt.Fprintf(table, "  %s invoke %s -e %s%s\t# %s\n", programName(), f.function(), file, data, f.answer)
	}
}

// ports returns the ports of this machine in the functions' environment.
func (e samEnvironment) ports() []string {
	var ports []string
	for _, value := range e.common {
		if u, err := url.Parse(value); err == nil && u.Hostname() == containerHost {
			ports = append(ports, u.Port())
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// bridgeAddress returns the address of this machine in Docker Engine's network, or Docker's default if there is none.
func bridgeAddress() string {
	if bridge, err := net.InterfaceByName("docker0"); err == nil {
		addresses, _ := bridge.Addrs()
		for _, a := range addresses {
			if ip, ok := a.(*net.IPNet); ok && ip.IP.To4() != nil {
				return ip.IP.String()
			}
		}
	}
	return "172.17.0.1"
}

// relativeToHere returns a folder relative to the working directory if it lies below it.
func relativeToHere(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	if short, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(short) {
		return short
	}
	return dir
}
