package shop_test

import "net/http"

func (f *fakeAPI) listTokens(w http.ResponseWriter, r *http.Request, by holder) {
	if r.PathValue("customer") != by.subject {
		reply(w, http.StatusNotFound, map[string]any{"title": "Not found", "status": 404})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	reply(w, http.StatusOK, map[string]any{"tokens": f.tokens})
}

func (f *fakeAPI) forgetToken(w http.ResponseWriter, r *http.Request, by holder) {
	if r.PathValue("customer") != by.subject {
		reply(w, http.StatusNotFound, map[string]any{"title": "Not found", "status": 404})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forgotten = append(f.forgotten, r.PathValue("customer")+" "+r.PathValue("token"))
	kept := []map[string]any{}
	for _, token := range f.tokens {
		if token["id"] != r.PathValue("token") {
			kept = append(kept, token)
		}
	}
	f.tokens = kept
	reply(w, http.StatusOK, map[string]any{"status": "DELETED"})
}
