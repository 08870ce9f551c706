// Package okta stands in for github.com/okta/okta-sdk-golang/v5/okta, one package of 12 MB that Vault asks for a second factor by Okta
// alone. No test has one: here every call fails, and says so.
package okta

import (
	"context"
	"errors"
	"net/http"
)

var errAbsent = errors.New("this Vault was built without the client of Okta")

// Configuration has no settings.
type Configuration struct{ Context context.Context }

// ConfigSetter is taken and ignored.
type ConfigSetter func(*Configuration)

func ignored(*Configuration) {}

// WithToken does nothing.
func WithToken(string) ConfigSetter { return ignored }

// WithOrgUrl does nothing.
func WithOrgUrl(string) ConfigSetter { return ignored }

// WithCache does nothing.
func WithCache(bool) ConfigSetter { return ignored }

// NewConfiguration always fails.
func NewConfiguration(...ConfigSetter) (*Configuration, error) { return nil, errAbsent }

// APIClient is of no use, for there is no configuration.
type APIClient struct {
	UserAPI       UserAPI
	UserFactorAPI UserFactorAPI
	config        *Configuration
}

// NewAPIClient returns one whose calls fail.
func NewAPIClient(config *Configuration) *APIClient { return &APIClient{config: config} }

// GetConfig returns what it was made with.
func (c *APIClient) GetConfig() *Configuration { return c.config }

// User is never returned.
type User struct{}

// GetId returns nothing.
func (User) GetId() string { return "" }

// UserAPI lists nobody.
type UserAPI struct{}

// ListUsers begins a call that fails.
func (UserAPI) ListUsers(context.Context) ListUsersRequest { return ListUsersRequest{} }

// ListUsersRequest fails.
type ListUsersRequest struct{}

// Filter changes nothing.
func (r ListUsersRequest) Filter(string) ListUsersRequest { return r }

// Execute always fails.
func (ListUsersRequest) Execute() ([]User, *http.Response, error) { return nil, nil, errAbsent }

// UserFactorPush is never returned.
type UserFactorPush struct{}

// GetId returns nothing.
func (*UserFactorPush) GetId() string { return "" }

// Factor is never returned.
type Factor struct{ UserFactorPush *UserFactorPush }

// Verified is never returned.
type Verified struct{ Links map[string]any }

// GetFactorResult returns nothing.
func (*Verified) GetFactorResult() string { return "" }

// Transaction is never returned.
type Transaction struct {
	UserFactorPushTransaction         *struct{}
	UserFactorPushTransactionWaiting  *struct{}
	UserFactorPushTransactionRejected *struct{}
	UserFactorPushTransactionTimeout  *struct{}
}

// Request fails.
type Request[T any] struct{}

// Execute always fails.
func (Request[T]) Execute() (T, *http.Response, error) {
	var nothing T
	return nothing, nil, errAbsent
}

// UserFactorAPI knows no factor.
type UserFactorAPI struct{}

// ListFactors begins a call that fails.
func (UserFactorAPI) ListFactors(context.Context, string) Request[[]Factor] {
	return Request[[]Factor]{}
}

// VerifyFactor begins a call that fails.
func (UserFactorAPI) VerifyFactor(context.Context, string, string) Request[*Verified] {
	return Request[*Verified]{}
}

// GetFactorTransactionStatus begins a call that fails.
func (UserFactorAPI) GetFactorTransactionStatus(context.Context, string, string, string) Request[*Transaction] {
	return Request[*Transaction]{}
}
