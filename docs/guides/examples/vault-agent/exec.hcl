# Vault Agent logs in with a JSON Web Token, starts a program with a secret in its environment, and starts it anew when the
# secret changes.

vault {
  address = "https://coffer.example.org"
}

auto_auth {
  method "jwt" {
    config = {
      path                     = "job-token"
      role                     = "deploy"
      remove_jwt_after_reading = false
    }
  }
}

template_config {
  static_secret_render_interval = "5s"
  exit_on_retry_failure         = true
}

env_template "DB_PASSWORD" {
  contents             = "{{ with secret \"secret/data/company/team/DB\" }}{{ .Data.data.password }}{{ end }}"
  error_on_missing_key = true
}

exec {
  command                   = ["./service"]
  restart_on_secret_changes = "always"
  restart_stop_signal       = "SIGTERM"
}
