import java.net.URI;
import java.util.Map;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.vault.authentication.AppRoleAuthentication;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions.RoleId;
import org.springframework.vault.authentication.AppRoleAuthenticationOptions.SecretId;
import org.springframework.vault.authentication.ClientAuthentication;
import org.springframework.vault.client.VaultEndpoint;
import org.springframework.vault.config.AbstractVaultConfiguration;
import org.springframework.vault.core.VaultTemplate;

/** Reads a secret of Coffer through Spring Vault, logged in as a role of Coffer. */
public class SecretsOfCoffer {
  @Configuration
  static class CofferConfiguration extends AbstractVaultConfiguration {
    @Override
    public VaultEndpoint vaultEndpoint() {
      return VaultEndpoint.from(URI.create(System.getenv("VAULT_ADDR")));
    }

    @Override
    public ClientAuthentication clientAuthentication() {
      var options = AppRoleAuthenticationOptions.builder()
          .roleId(RoleId.provided(System.getenv("ROLE_ID")))
          .secretId(SecretId.provided(System.getenv("SECRET_ID")))
          .build();
      return new AppRoleAuthentication(options, restOperations());
    }
  }

  public static void main(String[] args) {
    try (var context = new AnnotationConfigApplicationContext(CofferConfiguration.class)) {
      var vault = context.getBean(VaultTemplate.class);
      var secret = vault.opsForVersionedKeyValue("secret").get("company/team/DB");
      Map<String, Object> fields = secret.getRequiredData();
      System.out.println("user " + fields.get("user") + ", version " + secret.getVersion().getVersion());
    }
  }
}
