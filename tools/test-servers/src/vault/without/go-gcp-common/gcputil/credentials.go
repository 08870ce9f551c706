// Package gcputil stands in for github.com/hashicorp/go-gcp-common/gcputil, which brings the client of Google's Compute Engine to
// an agent that logs in by an account of Google. No test has one: here there are no credentials, and it says so.
package gcputil

import (
	"context"
	"errors"

	"golang.org/x/oauth2"
)

// GcpCredentials are never returned.
type GcpCredentials struct{ ClientEmail string }

// FindCredentials always fails.
func FindCredentials(string, context.Context, ...string) (*GcpCredentials, oauth2.TokenSource, error) {
	return nil, nil, errors.New("this Vault was built without credentials of Google")
}
