package sandbox

import (
	"cmp"
	"strconv"
)

// theme is the merchant's colours, six hex digits each, and a panel colour on which the font colour can be read.
type theme struct {
	Background, Font, Button, ButtonFont, Panel string
	Dark                                        bool // light text: native controls follow
}

// themeOf applies the guide's defaults: light gray, soft black, red, white.
func themeOf(b createBody) theme {
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
	return t
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
