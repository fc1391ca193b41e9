package payment

import (
	"context"
	"sync"
	"time"

	"kasir/shared/doku"
)

const (
	cardCacheLife  = 5 * time.Second // how long a list of saved cards is reused
	maxCachedLists = 1000            // customers whose lists are cached at once
)

// CacheSavedCards returns a DOKU that caches lists of saved cards for some seconds, including refusals and failures. A
// customer who asks repeatedly costs one signed call per process in that time, and cannot use up the calls that DOKU
// allows the merchant. A deleted card leaves the list at once.
func CacheSavedCards(d DOKU, now func() time.Time) DOKU {
	return &cardCache{DOKU: d, now: now, lists: map[string]cardList{}}
}

type cardCache struct {
	DOKU
	now func() time.Time

	mu    sync.Mutex
	lists map[string]cardList // by customer id
}

type cardList struct {
	tokens []doku.Token
	err    error
	until  time.Time
}

func (k *cardCache) ListTokens(ctx context.Context, requestID, customerID string) ([]doku.Token, error) {
	if kept, ok := k.cached(customerID); ok {
		return kept.tokens, kept.err
	}
	tokens, err := k.DOKU.ListTokens(ctx, requestID, customerID)
	if ctx.Err() == nil { // a caller that went away gives no information about DOKU
		k.store(customerID, cardList{tokens: tokens, err: err, until: k.now().Add(cardCacheLife)})
	}
	return tokens, err
}

func (k *cardCache) DeleteToken(ctx context.Context, requestID, customerID, tokenID string) error {
	defer k.forget(customerID) // after any answer, since the card may be gone
	return k.DOKU.DeleteToken(ctx, requestID, customerID, tokenID)
}

func (k *cardCache) cached(customerID string) (cardList, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list, ok := k.lists[customerID]
	return list, ok && k.now().Before(list.until)
}

func (k *cardCache) store(customerID string, list cardList) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.lists) >= maxCachedLists {
		clear(k.lists)
	}
	k.lists[customerID] = list
}

func (k *cardCache) forget(customerID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.lists, customerID)
}
