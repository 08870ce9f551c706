import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.springframework.vault.authentication.ClientAuthentication;
import org.springframework.vault.authentication.JwtAuthentication;
import org.springframework.vault.authentication.JwtAuthenticationOptions;
import org.springframework.vault.authentication.TokenAuthentication;
import org.springframework.vault.client.VaultClients;
import org.springframework.vault.client.VaultEndpoint;
import org.springframework.vault.client.SimpleVaultEndpointProvider;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.vault.core.VaultTemplate;
import org.springframework.vault.support.VaultMetadataRequest;
import org.springframework.vault.support.Versioned;
import tools.jackson.databind.json.JsonMapper;

/** What Spring Vault does with a server that speaks Vault's API: a line of JSON for each step. Standard input is the target. */
public class SpringVaultSteps {
  private static final JsonMapper JSON = new JsonMapper();

  static void show(String step, Object result) {
    System.out.println(JSON.writeValueAsString(Map.of("step", step, "result", result)));
  }

  static String refusal(Callable<?> call) {
    try {
      call.call();
      return "no error";
    } catch (Exception error) {
      return String.valueOf(error.getMessage());
    }
  }

  static VaultTemplate connect(VaultEndpoint endpoint, ClientAuthentication authentication) {
    return new VaultTemplate(endpoint, authentication);
  }

  public static void main(String[] args) throws Exception {
    var target = JSON.readTree(System.in.readAllBytes());
    var endpoint = VaultEndpoint.from(URI.create(target.get("address").asString()));
    var vault = connect(endpoint, new TokenAuthentication(target.get("token").asString()));
    var kv = vault.opsForVersionedKeyValue("secret");
    var path = "company/spring/DB";

    show("created", kv.put(path, Map.of("user", "app", "password", "first")).getVersion().getVersion());
    var second = Versioned.create(Map.of("user", "app", "password", "second"), Versioned.Version.from(1));
    show("updated", kv.put(path, second).getVersion().getVersion());
    show("mismatch", refusal(() -> kv.put(path, second)));
    var read = kv.get(path);
    show("read", List.of(read.getRequiredData(), read.getVersion().getVersion()));
    show("absent", kv.get("company/spring/ABSENT") == null);
    kv.put("company/spring/deep/KEY", Map.of("value", "v"));
    show("listed", kv.list("company/spring"));
    var metadata = kv.opsForKeyValueMetadata();
    metadata.put(path, VaultMetadataRequest.builder().customMetadata(Map.of("owner", "ops")).build());
    var shown = metadata.get(path);
    show("metadata", shown.getCurrentVersion());
    kv.delete(path);
    var deleted = kv.get(path);
    show("deleted", deleted == null || !deleted.hasData());
    show("undeleted", refusal(() -> {
      kv.undelete(path, Versioned.Version.from(2));
      return null;
    }));
    metadata.delete(path);

    kv.put("company/spring/LOGIN", Map.of("value", "in"));
    var jwt = target.get("logins").get("jwt");
    var options = JwtAuthenticationOptions.builder().role(jwt.get("role").asString()).jwt(jwt.get("token").asString()).build();
    var rest = VaultClients.createRestTemplate(SimpleVaultEndpointProvider.of(endpoint), new JdkClientHttpRequestFactory());
    var reader = connect(endpoint, new JwtAuthentication(options, rest)).opsForVersionedKeyValue("secret");
    show("jwt", reader.get("company/spring/LOGIN").getRequiredData());
    show("denied", refusal(() -> reader.put("company/spring/X", Map.of("a", "b"))));
  }
}
