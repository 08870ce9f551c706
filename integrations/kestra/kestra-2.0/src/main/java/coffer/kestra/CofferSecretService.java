package coffer.kestra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kestra.core.secret.SecretNotFoundException;
import io.kestra.core.secret.SecretObject;
import io.kestra.core.secret.SecretService;
import io.micronaut.context.annotation.Replaces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The secrets of Kestra 2.0, which knows secrets of several fields. */
@Singleton
@Replaces(SecretService.class)
public class CofferSecretService<META> extends CofferSecrets<META> {
    private static final ObjectMapper JSON = new ObjectMapper();

    CofferSecretService(CofferClient coffer, Settings settings) {
        super(coffer, settings);
    }

    /** The value, and where it is a JSON object its fields, each as {@code secret(key, subkey=…)} gives it. */
    @Override
    public SecretObject findSecretObject(String tenantId, String namespace, String key) throws SecretNotFoundException, IOException {
        String value = findSecret(tenantId, namespace, key);
        Map<String, String> fields = new LinkedHashMap<>();
        JsonNode content = json(value);
        if (content != null && content.isObject()) {
            content.properties().forEach(field -> fields.put(field.getKey(), text(field.getValue())));
        }
        return new SecretObject(value, fields);
    }

    private static String text(JsonNode node) {
        return node.isValueNode() ? node.asText() : node.toString();
    }

    /** Returns null for a text that is no JSON. */
    private static JsonNode json(String value) {
        try {
            return JSON.readTree(value);
        } catch (JsonProcessingException text) {
            return null;
        }
    }
}
