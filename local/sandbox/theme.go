package sandbox

import (
	"cmp"
	"math"
	"strconv"

	"kasir/local/sandbox/validate"
)

// theme is the merchant's colours and the page's own colours that are visible with them. Each is six hex digits.
type theme struct {
	Background, Font, Button, ButtonFont string

	Panel     string // the font colour is readable on it
	Edge      string // of fields; it contrasts with the panel and with the field
	Bad, Good string
	Dark      bool // the text is light, and native controls follow
}

// themeOf returns the theme of a page. Its defaults are the guide's: light gray, soft black, red, white.
func themeOf(b validate.Body) theme {
	asked := b.Override.Themes
	t := theme{
		Background: cmp.Or(asked.Background, "F5F8FB"),
		Font:       cmp.Or(asked.Font, "1A1A1A"),
		Button:     cmp.Or(asked.ButtonBackground, "E1251B"),
		ButtonFont: cmp.Or(asked.ButtonFont, "FFFFFF"),
		Panel:      "FFFFFF",
	}
	// The form is on a white panel. If the text is too light for it, the panel is dark. It is close to the background
	// if that is dark too.
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

// nightTheme returns the dark theme of the sandbox's own pages.
func nightTheme() *theme {
	var b validate.Body
	b.Override.Themes.Background, b.Override.Themes.Font = "121417", "E8EAED"
	t := themeOf(b)
	return &t
}

// textColour returns the colour, white or black, that is always readable on the panel.
func (t theme) textColour() string {
	if contrast("FFFFFF", t.Panel) > contrast("000000", t.Panel) {
		return "FFFFFF"
	}
	return "000000"
}

// edgeContrast is a little more than WCAG 2.2 (1.4.11) demands of the edge of a field, because the field is not quite
// as bright as the panel.
const edgeContrast = 3.4

// visible mixes into a colour the least of toward that makes it visible on the panel. If that is not enough, it mixes
// in the text colour.
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

// contrast returns WCAG's ratio of two colours, from 1 to 21.
func contrast(a, b string) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + .05) / (min(la, lb) + .05)
}

// luminance returns WCAG's relative luminance of a colour, from 0 to 1.
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

// brightness returns the perceived lightness of a colour, from 0 to 255 (ITU-R BT.601 weights).
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

// rgb splits six hex digits. The rules have checked them.
func rgb(hex string) (r, g, b int) {
	v, _ := strconv.ParseInt(hex, 16, 32)
	return int(v >> 16), int(v >> 8 & 255), int(v & 255)
}
