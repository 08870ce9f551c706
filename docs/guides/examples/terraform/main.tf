# A secret of Coffer in Terraform; the token comes from VAULT_TOKEN.
terraform {
  required_providers {
    vault = {
      source = "hashicorp/vault"
    }
  }
}

provider "vault" {
  address = "https://coffer.example.org"
  # Coffer makes no tokens of tokens.
  skip_child_token = true
}

data "vault_kv_secret_v2" "db" {
  mount = "secret"
  name  = "company/team/DB"
}

output "db_user" {
  value     = data.vault_kv_secret_v2.db.data["user"]
  sensitive = true
}
