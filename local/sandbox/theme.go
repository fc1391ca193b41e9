package sandbox

import (
	"cmp"
	"math"
	"strconv"

	"kasir/local/sandbox/validate"
)

// theme is the merchant's colours, six hex digits each, and colours of the page's own that can be seen with them.
type theme struct {
	Background, Font, Button, ButtonFont string

	Panel     string // the font colour can be read on it
	Edge      string // of fields; it stands out from the panel and what lies in it
	Bad, Good string
	Dark      bool // light text: native controls follow
}

// themeOf applies the guide's defaults: light gray, soft black, red, white.
func themeOf(b validate.Body) theme {
	asked := b.Override.Themes
	t := theme{
		Background: cmp.Or(asked.Background, "F5F8FB"),
		Font:       cmp.Or(asked.Font, "1A1A1A"),
		Button:     cmp.Or(asked.ButtonBackground, "E1251B"),
		ButtonFont: cmp.Or(asked.ButtonFont, "FFFFFF"),
		Panel:      "FFFFFF",
	}
	// The form lies on a white panel. Text that is too light for it gets a dark one, close to the background where
	// that is dark too.
	if brightness(t.Font) > 150 {
		t.Dark = true
		t.Panel = "1B1D22"
		if brightness(t.Background) < 110 {
			t.Panel = mix(t.Background, "FFFFFF", 8)
		}
	}
	t.Edge = t.visible(mix(t.Panel, t.Font, 40), t.Font)
	t.Bad, t.Good = t.visible("C02B2B", t.textColour()), t.visible("14804A", t.textColour())
	return t
}

// ink is what can always be read on the panel.
func (t theme) textColour() string {
	if contrast("FFFFFF", t.Panel) > contrast("000000", t.Panel) {
		return "FFFFFF"
	}
	return "000000"
}

// edgeContrast is what WCAG 2.2 (1.4.11) asks of the edge of a field, and a little more: the field itself is not quite
// as bright as the panel.
const edgeContrast = 3.4

// seen mixes as little as it takes of toward into a colour for it to be seen on the panel, and then of ink.
func (t theme) visible(colour, toward string) string {
	for _, end := range []string{toward, t.textColour()} {
		for percent := 0; percent <= 100; percent += 5 {
			if mixed := mix(colour, end, percent); contrast(mixed, t.Panel) >= edgeContrast {
				return mixed
			}
		}
		colour = end
	}
	return t.textColour()
}

// contrast is WCAG's ratio of two colours, from 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

func luminance(hex string) float64 {
	linear := func(v int) float64 {
		if c := float64(v) / 255; c > .04045 {
			return math.Pow((c+.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	r, g, b := rgb(hex)
	return .2126*linear(r) + .7152*linear(g) + .0722*linear(b)
}

// brightness is the perceived lightness of a colour, 0 to 255 (ITU-R BT.601 weights).
func brightness(hex string) int {
	r, g, b := rgb(hex)
	return (299*r + 587*g + 114*b) / 1000
}

// mix blends percent of the second colour into the first.
func mix(a, b string, percent int) string {
	ar, ag, ab := rgb(a)
	br, bg, bb := rgb(b)
	blend := func(x, y int) int { return x + (y-x)*percent/100 }
	v := blend(ar, br)<<16 | blend(ag, bg)<<8 | blend(ab, bb)
	return strconv.FormatInt(int64(1<<24|v), 16)[1:]
}

// rgb splits six hex digits, which the rules have checked.
func rgb(hex string) (r, g, b int) {
	v, _ := strconv.ParseInt(hex, 16, 32)
	return int(v >> 16), int(v >> 8 & 255), int(v & 255)
}
