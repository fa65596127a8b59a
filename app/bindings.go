package app

import (
	"context"

	"bandeau/store"
	"bandeau/telephony/sipua"
)

// bindings keeps the registrations of phones over a restart. The two records are
// alike because neither the store nor SIP may know the other.
type bindings struct{ store store.Records }

// Load implements sipua.BindingStore.
func (b bindings) Load(ctx context.Context) ([]sipua.Binding, error) {
	stored, err := b.store.Bindings().Load(ctx)
	if err != nil {
		return nil, err
	}
	loaded := make([]sipua.Binding, len(stored))
	for i, s := range stored {
		loaded[i] = sipua.Binding(s)
	}
	return loaded, nil
}

// Save implements sipua.BindingStore.
func (b bindings) Save(ctx context.Context, binding sipua.Binding) error {
	return b.store.Bindings().Save(ctx, store.Binding(binding))
}

// Delete implements sipua.BindingStore.
func (b bindings) Delete(ctx context.Context, account, contact string) error {
	return b.store.Bindings().Delete(ctx, account, contact)
}
