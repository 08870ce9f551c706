# Vault Agent logs in by AppRole and keeps a file in step with a secret.

vault {
  address = "https://coffer.example.org"
}

auto_auth {
  method "approle" {
    config = {
      role_id_file_path                   = "role-id"
      secret_id_file_path                 = "secret-id"
      remove_secret_id_file_after_reading = false
    }
  }
}

template_config {
  # How often secrets are read again; Coffer answers from its cache.
  static_secret_render_interval = "5s"
  exit_on_retry_failure         = true
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
