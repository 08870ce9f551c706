package coffer.kestra;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What Kestra asks Coffer for. Safe for use by any number of threads. */
final class CofferClient {
    private static final String DEFAULT_TENANT = "main";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Settings settings;
    private final HttpCalls calls;

    CofferClient(Settings settings) {
        this.settings = settings;
        this.calls = new HttpCalls(settings);
    }

    /** Keys of one page, and how many secrets there are in all. */
    record Page(List<String> keys, long total) {}

    /** Returns the value that a namespace sees, its own or that of its nearest parent; empty where there is none. */
    Optional<String> value(String kestraTenant, String namespace, String key) throws CofferException {
        String what = "secret '%s' of namespace '%s'".formatted(key, namespace);
        String path = "/coffer/v1/%s/namespaces/%s/values/%s?inherit=true";
        HttpCalls.Answer answer = calls.get(path.formatted(tenant(kestraTenant), escape(namespace), escape(key)), what);
        JsonNode value = answer.body().path("value");
        if (answer.status() == OK && value.isTextual()) return Optional.of(value.asText());
        // Another 404 means that Coffer is not where `coffer.url` says.
        if (answer.status() == NOT_FOUND && answer.code().equals("not-found")) return Optional.empty();
        throw calls.refusal(answer, what);
    }

    /** Returns the keys that a namespace sees, by the namespace that holds them. */
    Map<String, Set<String>> inherited(String kestraTenant, String namespace) throws CofferException {
        String what = "the list of secrets of namespace '%s'".formatted(namespace);
        String path = "/api/v1/%s/namespaces/%s/inherited-secrets".formatted(tenant(kestraTenant), escape(namespace));
        HttpCalls.Answer answer = calls.get(path, what);
        if (answer.status() != OK) throw calls.refusal(answer, what);
        Map<String, Set<String>> keys = new LinkedHashMap<>();
        answer.body().properties().forEach(entry -> keys.put(entry.getKey(), new LinkedHashSet<>(texts(entry.getValue()))));
        return keys;
    }

    /** `query`: as Kestra's own API has it, escaped. */
    Page list(String kestraTenant, String query) throws CofferException {
        String what = "the list of secrets";
        HttpCalls.Answer answer = calls.get("/api/v1/%s/secrets?%s".formatted(tenant(kestraTenant), query), what);
        if (answer.status() != OK) throw calls.refusal(answer, what);
        List<String> keys = new ArrayList<>();
        answer.body().path("results").forEach(row -> keys.add(row.path("key").asText()));
        return new Page(keys, answer.body().path("total").asLong());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private String tenant(String kestraTenant) {
        return escape(settings.tenant().orElse(kestraTenant == null ? DEFAULT_TENANT : kestraTenant));
    }

    /** Escapes a part of a path or query. */
    static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
