package storetest

import "testing"

func claims(t *testing.T, s Store) {
	for _, c := range []struct{ name, owner, want string }{
		{"name-1", "INV-1", "INV-1"}, {"name-1", "INV-1", "INV-1"}, {"name-1", "INV-2", "INV-1"},
		{"name-2", "INV-2", "INV-2"},
	} {
		if held, err := s.Claim(t.Context(), c.name, c.owner); err != nil || held != c.want {
			t.Errorf("%s for %s: it belongs to %s, %v, want %s", c.name, c.owner, held, err, c.want)
		}
	}
}
