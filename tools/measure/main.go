// Command measure prints measures of the sizes and the prose of the repository's Go code, without tests and testdata.
package main

import (
	"fmt"
	"os"
	"path"
	"slices"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	code, err := read(root)
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
	fmt.Printf("| measure | %s |\n|---|---|\n", path.Base(root))
	files, functions, wide := code.files, code.functions, over(code.columns, maxColumns)
	fmt.Printf("| files, lines | %d, %d |\n", len(files), sum(files))
	fmt.Printf("| lines a file: median, p90, max | %d, %d, %d |\n",
		quantile(files, 50), quantile(files, 90), quantile(files, 100))
	fmt.Printf("| lines a function: median, p90, p99, max | %d, %d, %d, %d |\n",
		quantile(functions, 50), quantile(functions, 90), quantile(functions, 99), quantile(functions, 100))
	fmt.Printf("| functions over %d lines | %d |\n", maxLines, over(functions, maxLines))
	fmt.Printf("| packages with a doc comment | %d of %d |\n", documented(code.packages), len(code.packages))
	fmt.Printf("| lines over %d columns, widest | %d (%.1f %%), %d |\n",
		maxColumns, wide, 100*ratio(wide, len(code.columns)), quantile(code.columns, 100))
	fmt.Printf("| \"what\" and \"whatever\" a comment block | %.3f |\n", ratio(code.words, code.comments))
	for _, p := range worst(code.packages, 5) {
		fmt.Printf("| … in %s | %.3f |\n", p.name, ratio(p.words, p.comments))
	}
}

func sum(values []int) (total int) {
	for _, v := range values {
		total += v
	}
	return total
}

// over counts the values above a limit.
func over(values []int, limit int) (count int) {
	for _, v := range values {
		if v > limit {
			count++
		}
	}
	return count
}

// quantile returns the value that percent of the values do not exceed.
func quantile(values []int, percent int) int {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*percent+99)/100-1)]
}

func ratio(of, to int) float64 { return float64(of) / float64(max(1, to)) }

func documented(packages map[string]*pkg) (count int) {
	for _, p := range packages {
		if p.documented {
			count++
		}
	}
	return count
}

// worst returns the packages whose comments have the most of the counted words.
func worst(packages map[string]*pkg, most int) []*pkg {
	var all []*pkg
	for _, p := range packages {
		if p.words > 0 {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *pkg) int { return b.words*max(1, a.comments) - a.words*max(1, b.comments) })
	return all[:min(most, len(all))]
}
