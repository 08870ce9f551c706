"""What hvac does with a server that speaks Vault's API; prints a line of JSON for each step. Standard input is the target."""

import json
import sys

import hvac
from hvac import exceptions

target = json.load(sys.stdin)
logins = target["logins"]


def connect(token=None):
    return hvac.Client(url=target["address"], token=token)


def show(step, result):
    print(json.dumps({"step": step, "result": result}), flush=True)


def refusal(call, *args, **kwargs):
    """The name of the exception, and the first text of the server."""
    try:
        call(*args, **kwargs)
    except exceptions.VaultError as error:
        return [type(error).__name__, (error.errors or [""])[0]]
    return "no error"


def read(client, path, **kwargs):
    return client.secrets.kv.v2.read_secret_version(path=path, raise_on_deleted_version=True, **kwargs)["data"]


client = connect(target["token"])
kv = client.secrets.kv.v2

show("authenticated", [client.is_authenticated(), connect("hvs.unknown").is_authenticated()])
health = client.sys.read_health_status(method="GET")
show("health", [client.sys.is_initialized(), health["sealed"], client.sys.is_sealed()])

show("created", kv.create_or_update_secret(path="company/hvac/DB", secret={"user": "app", "password": "first"})["data"]["version"])
show("updated", kv.create_or_update_secret(path="company/hvac/DB", secret={"user": "app", "password": "second"}, cas=1)["data"]["version"])
show("mismatch", refusal(kv.create_or_update_secret, path="company/hvac/DB", secret={"user": "x"}, cas=1))
show("patched", kv.patch(path="company/hvac/DB", secret={"host": "db"})["data"]["version"])
show("read", [read(client, "company/hvac/DB")["data"], read(client, "company/hvac/DB")["metadata"]["version"]])
show("absent", refusal(read, client, "company/hvac/ABSENT"))
kv.create_or_update_secret(path="company/hvac/deep/KEY", secret={"value": "v"})
show("listed", kv.list_secrets(path="company/hvac")["data"]["keys"])
show("empty list", refusal(kv.list_secrets, path="company/nothing"))

kv.update_metadata(path="company/hvac/DB", custom_metadata={"owner": "ops"})
metadata = kv.read_secret_metadata(path="company/hvac/DB")["data"]
show("metadata", [metadata["current_version"], metadata["custom_metadata"]])

kv.delete_latest_version_of_secret(path="company/hvac/DB")
show("deleted", refusal(read, client, "company/hvac/DB")[0])
show("undeleted", refusal(kv.undelete_secret_versions, path="company/hvac/DB", versions=[3]))
kv.delete_metadata_and_all_versions(path="company/hvac/DB")
show("gone", refusal(read, client, "company/hvac/DB")[0])

kv.create_or_update_secret(path="company/hvac/LOGIN", secret={"value": "in"})
for method in ("approle", "userpass", "jwt"):
    other = connect()
    if method == "approle":
        login = logins["appRole"]
        auth = other.auth.approle.login(role_id=login["roleId"], secret_id=login["secretId"])["auth"]
    elif method == "userpass":
        auth = other.auth.userpass.login(**logins["userpass"])["auth"]
    else:
        auth = other.auth.jwt.jwt_login(role=logins["jwt"]["role"], jwt=logins["jwt"]["token"])["auth"]
        other.token = auth["client_token"]
    looked_up = other.auth.token.lookup_self()["data"]
    show(method, [read(other, "company/hvac/LOGIN")["data"], auth["lease_duration"] > 0, looked_up["ttl"] > 0, sorted(looked_up.keys() & {"id", "policies", "type", "renewable"})])
    show(f"{method} denied", refusal(other.secrets.kv.v2.create_or_update_secret, path="company/hvac/X", secret={"a": "b"}))
show("wrong secret id", refusal(connect().auth.approle.login, role_id=logins["appRole"]["roleId"], secret_id="wrong")[0])
