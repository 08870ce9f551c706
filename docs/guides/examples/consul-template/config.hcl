# consul-template keeps a file in step with a secret; its token comes from VAULT_TOKEN.

vault {
  address = "https://coffer.example.org"
  # An access token of Coffer is not renewed: it counts until it expires or is revoked.
  renew_token = false
  # How often secrets are read again; Coffer answers from its cache.
  default_lease_duration = "5s"
}

template {
  destination = "db.env"
  perms       = "0600"
  contents    = <<EOT
{{ with secret "secret/data/company/team/DB" -}}
DB_USER={{ .Data.data.user }}
DB_PASSWORD={{ .Data.data.password }}
{{ end -}}
EOT
}
