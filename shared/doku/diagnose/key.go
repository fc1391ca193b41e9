package diagnose

import (
	"encoding/base64"
	"strings"
)

const (
	wrongFamily = "doku_" // the other kind of key in DOKU's Back Office, which does not sign card payments
	keyRemedy   = "Both sides must hold the Secret Key (SK-…) of DOKU's Back Office, without anything around it."
)

// trimKey removes the characters that editors, shells and settings files add around a key.
func trimKey(key string) string { return strings.Trim(key, " \t\r\n\"'`\ufeff") }

// keys returns explanations by a key other than the current one.
func (x *examination) keys() []explanation {
	var out []explanation
	seen := map[string]bool{x.base.key: true}
	add := func(key, name, detail, remedy string) {
		if !seen[key] {
			seen[key] = true
			out = append(out, explanation{keyPart, []Cause{{name, detail, remedy}}, func(d *draft) { d.key = key }})
		}
	}
	for i, secret := range x.Secrets {
		if i > 0 && trimKey(string(secret)) != "" {
			add(string(secret), "previous key", "the signature was made with the previous key, not the current one",
				"Sign with the current key. kasir accepts the previous one only while it is also set.")
		}
	}
	for _, secret := range x.Secrets {
		if trimKey(string(secret)) != "" {
			x.keyForms(string(secret), add)
		}
	}
	for _, id := range []string{x.header("Client-Id"), x.ClientID} {
		add(id, "Client-Id as key", "the signature was made with the Client-Id in place of the key", keyRemedy)
	}
	add("", "empty key", "the signature was made with an empty key: the signer does not read its setting",
		"Let the signer refuse to start without its key.")
	return out
}

// keyForms adds the forms in which a key is often damaged when it is copied.
func (x *examination) keyForms(key string, add func(key, name, detail, remedy string)) {
	bare := trimKey(key)
	here := "the key given here has %; the signature was made without"
	there := "the signature was made with % around the key"
	say := func(pattern, flaw string) string { return strings.Replace(pattern, "%", flaw, 1) }
	add(strings.TrimSpace(key), "whitespace around the key", say(here, "whitespace or a line break around it"),
		keyRemedy)
	add(bare, "quotes around the key", say(here, "quotes around it"), keyRemedy)
	for _, space := range []string{"\n", "\r\n", " ", "\r", "\t"} {
		add(bare+space, "whitespace around the key", say(there, "whitespace or a line break"), keyRemedy)
	}
	add(" "+bare, "whitespace around the key", say(there, "whitespace"), keyRemedy)
	add(bare+`\n`, "whitespace around the key", say(there, `a literal \n`), keyRemedy)
	for _, quote := range []string{`"`, "'", "`"} {
		add(quote+bare+quote, "quotes around the key", say(there, "quotes"), keyRemedy)
		add(quote+bare+quote+"\n", "quotes around the key", say(there, "quotes and a line break"), keyRemedy)
	}
	add("\ufeff"+bare, "byte order mark before the key", say(there, "a byte order mark"), keyRemedy)
	add(strings.TrimPrefix(bare, "SK-"), "SK- cut off the key", "the signature was made with the key without its SK-",
		keyRemedy)
	add("SK-"+bare, "SK- added to the key", "the signature was made with SK- put before the key", keyRemedy)
	add(base64.StdEncoding.EncodeToString([]byte(bare)), "key in base64",
		"the signature was made with the base64 of the key", keyRemedy)
	if raw, err := base64.StdEncoding.DecodeString(bare); err == nil {
		add(string(raw), "key in base64", "the key given here is the base64 of the one that signed", keyRemedy)
	}
	add(strings.ToLower(bare), "case of the key", "the signature was made with the key in lower case", keyRemedy)
	add(strings.ToUpper(bare), "case of the key", "the signature was made with the key in upper case", keyRemedy)
}

// keyHints returns flaws of the keys that can be seen without a signature.
func (x *examination) keyHints() []Cause {
	var out []Cause
	for i, secret := range x.Secrets {
		which := "the key given"
		if i > 0 {
			which = "the previous key given"
		}
		if strings.HasPrefix(trimKey(string(secret)), wrongFamily) {
			out = append(out, familyCause(which))
		}
		if trimKey(string(secret)) == "" {
			out = append(out, Cause{"empty key", which + " is empty", keyRemedy})
		}
	}
	if len(x.Secrets) == 0 {
		out = append(out, Cause{"no key", "no key was given to check with", keyRemedy})
	}
	return out
}

func familyCause(which string) Cause {
	return Cause{"key of the wrong family",
		which + " begins with " + wrongFamily + ", which does not sign card payments",
		"Take the Secret Key (SK-…) from DOKU's Back Office; the doku_… key is for other products."}
}
