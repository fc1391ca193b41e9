package reference

import (
	"bytes"
	"encoding/json"
	"fmt"

	"go.yaml.in/yaml/v3"
)

// encode writes a YAML document as JSON, with the members in the same order. The page shows routes and fields in it.
func encode(to *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.DocumentNode:
		return encode(to, n.Content[0])
	case yaml.MappingNode:
		return encodeAll(to, n.Content, '{', '}')
	case yaml.SequenceNode:
		return encodeAll(to, n.Content, '[', ']')
	case yaml.ScalarNode:
		var value any
		if err := n.Decode(&value); err != nil {
			return err
		}
		text, err := json.Marshal(value)
		to.Write(text)
		return err
	}
	return fmt.Errorf("line %d: an alias has no form in JSON", n.Line)
}

// encodeAll writes the parts of an object, which alternate between names and values, or of an array.
func encodeAll(to *bytes.Buffer, parts []*yaml.Node, begin, end byte) error {
	to.WriteByte(begin)
	for i, part := range parts {
		switch {
		case begin == '{' && i%2 == 1:
			to.WriteByte(':')
		case i > 0:
			to.WriteByte(',')
		}
		if err := encode(to, part); err != nil {
			return err
		}
	}
	to.WriteByte(end)
	return nil
}
