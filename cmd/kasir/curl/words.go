package curl

import (
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// shellWords splits a pasted command as bash does. Parts that a shell would have to run or look up are errors, because
// only the values that were sent help. No error repeats a part of the command, because it may be a key.
func shellWords(text string) ([]string, error) {
	call, err := parse(strings.ReplaceAll(text, "\r\n", "\n"))
	if err != nil || call == nil {
		return nil, err
	}
	for _, word := range call.Args {
		if substitutes(word) {
			return nil, errors.New("a shell would replace a part of it: paste the command with the values that were " +
				"sent (curl -v shows them)")
		}
	}
	all, err := expand.Fields(nil, call.Args...)
	if err != nil {
		return nil, errors.New("a shell could not read a word of it")
	}
	return all, nil
}

// parse returns the one simple command in the text, or nil if there is none.
func parse(text string) (*syntax.CallExpr, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	var failed syntax.ParseError
	switch {
	case errors.As(err, &failed) && failed.Incomplete:
		return nil, errors.New("a quote in it is never closed")
	case errors.As(err, &failed):
		return nil, fmt.Errorf("a shell could not read it at line %d, column %d", failed.Pos.Line(), failed.Pos.Col())
	case err != nil:
		return nil, errors.New("a shell could not read it")
	case len(file.Stmts) == 0:
		return nil, nil
	}
	first := file.Stmts[0]
	call, simple := first.Cmd.(*syntax.CallExpr)
	if len(file.Stmts) > 1 || !simple || len(call.Assigns)+len(first.Redirs) > 0 || first.Background || first.Negated {
		return nil, errors.New("it is not one command: paste the curl command alone, put URLs with & in quotes, " +
			`and end each line but the last with \`)
	}
	return call, nil
}

// substitutes reports whether a shell would replace a part of the word.
func substitutes(word *syntax.Word) (found bool) {
	syntax.Walk(word, func(node syntax.Node) bool {
		switch node.(type) {
		case *syntax.ParamExp, *syntax.CmdSubst, *syntax.ArithmExp, *syntax.ProcSubst, *syntax.ExtGlob:
			found = true
		}
		return !found
	})
	return found
}
