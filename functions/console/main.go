// Command console answers GET /console and GET /console/{path+}. It serves the console, a page in which people work
// with payments. The page calls the other routes with a token of its own; this function knows no payment.
package main

import (
	"embed"

	"kasir/shared/app"
)

// built holds the files that make console writes. In a fresh clone it holds none.
//
//go:embed all:site
var built embed.FS

func main() { app.StartWith("console", handler) }
