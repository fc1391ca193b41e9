package meter

import "strings"

// The rules are those of "DynamoDB item sizes and formats" in the developer guide, for the types that kasir and its
// peers write.
const (
	documentOverhead = 3 // bytes of a list or a map
	elementOverhead  = 1 // bytes of each element of a list and of each pair of a map
)

// size returns the bytes of an item that DynamoDB bills. Names count as well as values.
func size(it map[string]any) int {
	total := 0
	for name, value := range it {
		total += len(name) + valueSize(value)
	}
	return total
}

// valueSize returns the size of a value, which is a map of one type letter to the content.
func valueSize(value any) int {
	typed, _ := value.(map[string]any)
	total := 0
	for kind, content := range typed {
		switch content := content.(type) {
		case bool: // BOOL and NULL
			total = 1
		case string:
			total = len(content)
			if kind == "N" {
				total = numberSize(content)
			}
		case map[string]any:
			total = documentOverhead + elementOverhead*len(content) + size(content)
		case []any:
			total = documentOverhead + elementOverhead*len(content)
			for _, element := range content {
				total += valueSize(element)
			}
		}
	}
	return total
}

// numberSize returns a byte for each two significant digits and one more. A sign is another byte.
func numberSize(number string) int {
	unsigned, negative := strings.CutPrefix(number, "-")
	digits := strings.Trim(strings.Replace(unsigned, ".", "", 1), "0")
	bytes := 1 + (len(digits)+1)/2
	if negative {
		bytes++
	}
	return bytes
}
