package coffer.kestra;

import io.kestra.core.secret.SecretService;
import io.micronaut.context.annotation.Replaces;
import jakarta.inject.Singleton;

/** The secrets of Kestra 1.3. */
@Singleton
@Replaces(SecretService.class)
public class CofferSecretService<META> extends CofferSecrets<META> {
    CofferSecretService(CofferClient coffer, Settings settings) {
        super(coffer, settings);
    }
}
