package validate

import (
	"encoding/json"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	// The guide has 6281122334455. DOKU's own sample requests also have a leading plus. 16 characters at most.
	phone = regexp.MustCompile(`^\+?[0-9]{6,15}$`)
	// A BIN is the first 6 digits of a card number, or 8 since ISO/IEC 7812-1:2017.
	bin = regexp.MustCompile(`^[0-9]{6,8}$`)
	// "Allowed chars: alphabetic, numeric, special chars", read as printable ASCII without the space.
	printable = regexp.MustCompile(`^[!-~]+$`)
)

// hexColour accepts six hexadecimal digits.
var hexColour = pattern(regexp.MustCompile(`^[0-9A-Fa-f]{6}$`), "a HEX colour such as FFFFFF")

// text accepts a string of at most longest characters without control characters.
func text(longest int) func(any) string {
	return func(v any) string {
		s, ok := v.(string)
		switch {
		case !ok:
			return "must be a string"
		case utf8.RuneCountInString(s) > longest:
			return fmt.Sprintf("must be at most %d characters", longest)
		case strings.ContainsFunc(s, unicode.IsControl):
			return "must not contain control characters"
		}
		return ""
	}
}

// pattern accepts a string that re matches. like describes such a string.
func pattern(re *regexp.Regexp, like string) func(any) string {
	return func(v any) string {
		if s, ok := v.(string); !ok || !re.MatchString(s) {
			return "must be " + like
		}
		return ""
	}
}

// oneOf accepts the given strings.
func oneOf(values ...string) func(any) string {
	return func(v any) string {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			return "must be one of " + strings.Join(values, ", ")
		}
		return ""
	}
}

// both runs the second check only on values that the first accepted.
func both(first, second func(any) string) func(any) string {
	return func(v any) string {
		if wrong := first(v); wrong != "" {
			return wrong
		}
		return second(v)
	}
}

// whole accepts a JSON number from least up without decimals ("In IDR Currency and without decimal").
func whole(least int64) func(any) string {
	return func(v any) string {
		n, ok := v.(json.Number)
		if !ok {
			return "must be a number"
		}
		i, err := strconv.ParseInt(n.String(), 10, 64)
		if err != nil {
			return "must be a whole number without decimals"
		}
		if i < least {
			return fmt.Sprintf("must be at least %d", least)
		}
		return ""
	}
}

// wholeOrText accepts a whole number from 1 up, also written as a string.
func wholeOrText(v any) string {
	if s, ok := v.(string); ok {
		v = json.Number(s)
	}
	return whole(1)(v)
}

// positive accepts any number above zero, also with decimals. A settlement's percentage may be 12.5.
func positive(v any) string {
	n, ok := v.(json.Number)
	if !ok {
		return "must be a number"
	}
	if f, err := n.Float64(); err != nil || f <= 0 {
		return "must be a number above zero"
	}
	return ""
}

// boolean accepts true and "true" alike. These fields are strings in the guide's table and booleans in its samples.
func boolean(v any) string {
	if _, ok := v.(bool); ok || v == "true" || v == "false" {
		return ""
	}
	return "must be true or false"
}

// webURL accepts an absolute http or https URL.
func webURL(v any) string {
	s, ok := v.(string)
	if !ok || !printable.MatchString(s) || !IsWebURL(s) {
		return "must be an absolute http or https URL"
	}
	return ""
}

// email accepts a bare e-mail address.
func email(v any) string {
	s, _ := v.(string)
	if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
		return "must be an e-mail address"
	}
	return ""
}

// binValue accepts a BIN as a string, as in the guide's sample, and as a number, as in its table.
func binValue(v any) string {
	if n, ok := v.(json.Number); ok {
		v = n.String()
	}
	return pattern(bin, "a BIN of 6 to 8 digits")(v)
}

// country accepts a code of ISO 3166-1 alpha-2.
func country(v any) string {
	s, ok := v.(string)
	if !ok || len(s) != 2 || strings.Contains(s, " ") || !strings.Contains(countries, s) {
		return "must be a 2 letter country code of ISO 3166-1"
	}
	return ""
}

// object accepts any object. The fields in it have rows of their own.
func object(v any) string {
	if _, ok := v.(map[string]any); !ok {
		return "must be an object"
	}
	return ""
}

// stringOrNumber accepts session_id, which is a string in the guide's sample and a number in its table.
func stringOrNumber(v any) string {
	switch v.(type) {
	case string, json.Number:
		return ""
	}
	return "must be a string or a number"
}

// countries are the codes of ISO 3166-1 alpha-2. A space follows each, to find no code across two others.
const countries = "" +
	"AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW " +
	"BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI " +
	"FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN " +
	"IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME " +
	"MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF " +
	"PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV " +
	"SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE " +
	"YT ZA ZM ZW "
