// GitLab Runner's own code for `secrets: vault:`, unmodified: what a runner does with the secret of a job. Standard input is the
// secret as GitLab describes it to the runner; the value is printed.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"gitlab.com/gitlab-org/gitlab-runner/helpers/vault/auth_methods"
	"gitlab.com/gitlab-org/gitlab-runner/helpers/vault/service"
)

type secret struct {
	Server struct {
		URL       string `json:"url"`
		Namespace string `json:"namespace"`
		Auth      struct {
			Name string            `json:"name"`
			Path string            `json:"path"`
			Data auth_methods.Data `json:"data"`
		} `json:"auth"`
	} `json:"server"`
	Engine struct {
		Name string `json:"name"`
		Path string `json:"path"`
	} `json:"engine"`
	Path  string `json:"path"`
	Field string `json:"field"`
}

func (s secret) AuthName() string            { return s.Server.Auth.Name }
func (s secret) AuthPath() string            { return s.Server.Auth.Path }
func (s secret) AuthData() auth_methods.Data { return s.Server.Auth.Data }
func (s secret) EngineName() string          { return s.Engine.Name }
func (s secret) EnginePath() string          { return s.Engine.Path }
func (s secret) SecretPath() string          { return s.Path }
func (s secret) SecretField() string         { return s.Field }

func main() {
	var wanted secret
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		log.Fatal(err)
	}
	vault, err := service.NewVault(wanted.Server.URL, wanted.Server.Namespace, wanted)
	if err != nil {
		log.Fatal(err)
	}
	value, err := vault.GetField(wanted, wanted)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(value)
}
