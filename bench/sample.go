package main

import (
	"fmt"
	"time"

	"golang.org/x/perf/benchmath"
)

// median is the median of some measurements with its 95 % interval, which is NaN of fewer than six. It assumes no distribution.
func median(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
}

// ratios divides two series measured in the same rounds.
func ratios(of, to []float64) []float64 {
	out := make([]float64, min(len(of), len(to)))
	for i := range out {
		out[i] = of[i] / to[i]
	}
	return out
}

// differences subtracts two series measured in the same rounds.
func differences(of, minus []float64) []float64 {
	out := make([]float64, min(len(of), len(minus)))
	for i := range out {
		out[i] = of[i] - minus[i]
	}
	return out
}

func times(ratio float64) string { return fmt.Sprintf("%.2f ×", ratio) }

func micros(us float64) string { return fmt.Sprintf("%.0f µs", us) }

func millis(d float64) string { return fmt.Sprintf("%.1f ms", d/1000) }

func megabytes(bytes int64) string { return fmt.Sprintf("%.2f MB", float64(bytes)/1e6) }

// us is a duration in microseconds.
func us(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
