package main

import "kasir/shared/doku/diagnose"

// diagnosisDocument is the output of kasir verify --json. It holds no key and no signature.
type diagnosisDocument struct {
	Right     bool            `json:"right"`   // the message would be accepted
	Matches   bool            `json:"matches"` // the signature matches
	Proven    bool            `json:"proven"`  // the signature matches once the causes are removed
	Causes    []causeDocument `json:"causes"`
	Hints     []causeDocument `json:"hints"`
	Component []string        `json:"component"` // the signed lines, as computed here
	Signed    []string        `json:"signed,omitempty"`
	Digest    string          `json:"digest"`
}

type causeDocument struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy"`
}

func diagnosisOf(d diagnose.Report) diagnosisDocument {
	return diagnosisDocument{
		Right: d.Right, Matches: d.Matches, Proven: d.Proven, Causes: causesOf(d.Causes), Hints: causesOf(d.Hints),
		Component: d.Component, Signed: d.Signed, Digest: d.Digest,
	}
}

func causesOf(causes []diagnose.Cause) []causeDocument {
	all := []causeDocument{}
	for _, c := range causes {
		all = append(all, causeDocument(c))
	}
	return all
}
