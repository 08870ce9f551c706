// What Go's own client of Vault does with a server that speaks Vault's API: a line of JSON for each step. Standard input is the
// target.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/hashicorp/vault/api"
	"github.com/hashicorp/vault/api/auth/approle"
	"github.com/hashicorp/vault/api/auth/userpass"
)

type target struct {
	Address string `json:"address"`
	Token   string `json:"token"`
	Logins  struct {
		AppRole struct {
			RoleID   string `json:"roleId"`
			SecretID string `json:"secretId"`
		} `json:"appRole"`
		Userpass struct {
			Username string `json:"username"`
			Password string `json:"password"`
		} `json:"userpass"`
		Jwt struct {
			Role  string `json:"role"`
			Token string `json:"token"`
		} `json:"jwt"`
	} `json:"logins"`
}

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func show(step string, result any) {
	fmt.Println(string(must(json.Marshal(map[string]any{"step": step, "result": result}))))
}

// refusal is the status and the first text of the server.
func refusal(err error) any {
	var refused *api.ResponseError
	switch {
	case err == nil:
		return "no error"
	case errors.Is(err, api.ErrSecretNotFound):
		return "not found"
	case !errors.As(err, &refused):
		return err.Error()
	case len(refused.Errors) == 0:
		return []any{refused.StatusCode, ""}
	}
	return []any{refused.StatusCode, refused.Errors[0]}
}

func connect(address, token string) *api.Client {
	config := api.DefaultConfig()
	config.Address = address
	config.MaxRetries = 0
	client := must(api.NewClient(config))
	client.SetToken(token)
	return client
}

func main() {
	var to target
	if err := json.NewDecoder(os.Stdin).Decode(&to); err != nil {
		log.Fatal(err)
	}
	secrets(to)
	logins(to)
}

func secrets(to target) {
	client := connect(to.Address, to.Token)
	kv := client.KVv2("secret")
	path := "company/go/DB"

	health := must(client.Sys().Health())
	show("health", []any{health.Initialized, health.Sealed})

	show("created", must(kv.Put(ctx, path, map[string]any{"user": "app", "password": "first"})).VersionMetadata.Version)
	show("updated", must(kv.Put(ctx, path, map[string]any{"user": "app", "password": "second"}, api.WithCheckAndSet(1))).VersionMetadata.Version)
	_, err := kv.Put(ctx, path, map[string]any{"user": "x"}, api.WithCheckAndSet(1))
	show("mismatch", refusal(err))
	show("patched", must(kv.Patch(ctx, path, map[string]any{"host": "db"})).VersionMetadata.Version)
	show("patched by reading", must(kv.Patch(ctx, path, map[string]any{"port": 5432}, api.WithMergeMethod("rw"))).VersionMetadata.Version)
	read := must(kv.Get(ctx, path))
	show("read", []any{read.Data, read.VersionMetadata.Version, read.VersionMetadata.CreatedTime.IsZero()})
	_, err = kv.Get(ctx, "company/go/ABSENT")
	show("absent", refusal(err))

	must(kv.Put(ctx, "company/go/deep/KEY", map[string]any{"value": "v"}))
	show("listed", must(client.Logical().List("secret/metadata/company/go")).Data["keys"])
	show("empty list", must(client.Logical().List("secret/metadata/company/nothing")) == nil)

	if err := kv.PutMetadata(ctx, path, api.KVMetadataPutInput{CustomMetadata: map[string]any{"owner": "ops"}}); err != nil {
		log.Fatal(err)
	}
	metadata := must(kv.GetMetadata(ctx, path))
	show("metadata", []any{metadata.CurrentVersion, metadata.CustomMetadata})
	_, err = kv.GetVersion(ctx, path, 1)
	show("older version", refusal(err))

	if err := kv.Delete(ctx, path); err != nil {
		log.Fatal(err)
	}
	deleted, err := kv.Get(ctx, path)
	show("deleted", []any{deleted == nil || deleted.Data == nil, refusal(err)})
	show("undeleted", refusal(kv.Undelete(ctx, path, []int{4})))
	if err := kv.DeleteMetadata(ctx, path); err != nil {
		log.Fatal(err)
	}
	_, err = kv.Get(ctx, path)
	show("gone", refusal(err))
}

func logins(to target) {
	operator := connect(to.Address, to.Token)
	must(operator.KVv2("secret").Put(ctx, "company/go/LOGIN", map[string]any{"value": "in"}))
	byRole := must(approle.NewAppRoleAuth(to.Logins.AppRole.RoleID, &approle.SecretID{FromString: to.Logins.AppRole.SecretID}))
	byPassword := must(userpass.NewUserpassAuth(to.Logins.Userpass.Username, &userpass.Password{FromString: to.Logins.Userpass.Password}))
	for name, method := range map[string]api.AuthMethod{"approle": byRole, "userpass": byPassword, "jwt": jwtLogin{to.Logins.Jwt.Role, to.Logins.Jwt.Token}} {
		client := connect(to.Address, "")
		secret := must(client.Auth().Login(ctx, method))
		read := must(client.KVv2("secret").Get(ctx, "company/go/LOGIN"))
		ttl := must(must(client.Auth().Token().LookupSelf()).TokenTTL())
		_, err := client.KVv2("secret").Put(ctx, "company/go/X", map[string]any{"a": "b"})
		show(name, []any{read.Data, secret.Auth.LeaseDuration > 0, ttl > 0, refusal(err)})
	}
	_, err := connect(to.Address, "hvs.unknown").KVv2("secret").Get(ctx, "company/go/LOGIN")
	show("unknown token", refusal(err))
}

type jwtLogin struct{ role, token string }

func (login jwtLogin) Login(ctx context.Context, client *api.Client) (*api.Secret, error) {
	data := map[string]any{"role": login.role, "jwt": login.token}
	return client.Logical().WriteWithContext(ctx, "auth/jwt/login", data)
}
