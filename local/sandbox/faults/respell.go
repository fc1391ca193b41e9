package faults

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// AmountSpellings are forms of 90000: "90000", 90000.0, "90000.00", 9E+4.
var AmountSpellings = []string{"text", "decimals", "text_decimals", "exponent"}

// DateSpellings are wrong dates: Jakarta's time with a Z, a far future, and two beyond the calendar.
var DateSpellings = []string{"local_z", "year_2099", "year_9999", "year_0"}

// WordSpellings are the cases of words: "success", "Success".
var WordSpellings = []string{"lower", "title"}

// Keys of amounts, dates and words in DOKU's bodies.
var (
	amountKeys = []string{"amount"}
	dateKeys   = []string{"date"}
	wordKeys   = []string{"status", "type", "transaction_status"}
)

// Respell returns a JSON body with its amounts, dates and words in other spellings. "" keeps the usual one. The
// merchant's own additional_info is not changed. A body that is not a JSON object is returned unchanged.
func Respell(body []byte, amounts, dates, words string) []byte {
	if amounts == "" && dates == "" && words == "" {
		return body
	}
	return Edit(body, func(doc map[string]any) { respell(doc, amounts, dates, words) })
}

func respell(doc map[string]any, amounts, dates, words string) {
	for key, value := range doc {
		switch v := value.(type) {
		case map[string]any:
			if key != "additional_info" {
				respell(v, amounts, dates, words)
			}
		case json.Number:
			if slices.Contains(amountKeys, key) {
				doc[key] = spellAmount(v.String(), amounts)
			}
		case string:
			switch {
			case slices.Contains(amountKeys, key):
				doc[key] = spellAmount(v, amounts)
			case slices.Contains(dateKeys, key):
				doc[key] = spellDate(v, dates)
			case slices.Contains(wordKeys, key):
				doc[key] = spellWord(v, words)
			}
		}
	}
}

func spellAmount(number, how string) any {
	switch how {
	case "text":
		return number
	case "decimals":
		return json.Number(number + ".0")
	case "text_decimals":
		return number + ".00"
	case "exponent":
		digits := strings.TrimRight(number, "0")
		return json.Number(digits + "E+" + strconv.Itoa(len(number)-len(digits)))
	}
	return json.Number(number)
}

// jakarta is seven hours ahead of UTC all year.
var jakarta = time.FixedZone("WIB", 7*60*60)

const dateFormat = "2006-01-02T15:04:05Z"

func spellDate(date, how string) string {
	at, err := time.Parse(dateFormat, date)
	if err != nil {
		return date
	}
	switch how {
	case "local_z":
		return at.In(jakarta).Format(dateFormat)
	case "year_2099":
		return "2099" + date[4:]
	case "year_9999":
		return "9999-12-31T23:59:59Z"
	case "year_0":
		return "0000-01-01T00:00:00Z"
	}
	return date
}

func spellWord(word, how string) string {
	switch how {
	case "lower":
		return strings.ToLower(word)
	case "title":
		if word != "" {
			return word[:1] + strings.ToLower(word[1:])
		}
	}
	return word
}

// Edit decodes a JSON object, lets change edit it, and encodes it again. Numbers keep their spelling.
func Edit(body []byte, change func(doc map[string]any)) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var doc map[string]any
	if err := d.Decode(&doc); err != nil || doc == nil {
		return body
	}
	change(doc)
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return body
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// Object returns an object of doc by its name. It adds an empty one if it is missing or null.
func Object(doc map[string]any, name string) map[string]any {
	inner, ok := doc[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
		doc[name] = inner
	}
	return inner
}

// amountOf reads an amount in any spelling.
func amountOf(v any) int64 {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	f, _ := strconv.ParseFloat(text, 64)
	return int64(f)
}
