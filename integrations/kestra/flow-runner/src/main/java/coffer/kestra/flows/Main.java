package coffer.kestra.flows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kestra.core.models.QueryFilter;
import io.kestra.core.repositories.ArrayListTotal;
import io.kestra.core.secret.SecretService;
import io.micronaut.context.ApplicationContext;
import io.micronaut.data.model.Pageable;
import io.micronaut.data.model.Sort;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Kestra's beans, and once it is told to start its executor, worker and indexer, in one process. Requests come as lines of JSON on stdin, and each is answered by a line on
 * stdout that begins with {@code answer}. The end of stdin ends it. Configured as Kestra is.
 */
public final class Main {
    private static final String TENANT = "main";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ApplicationContext context;
    private final Kestra kestra;

    private Main(ApplicationContext context) {
        this.context = context;
        this.kestra = new Kestra(context);
    }

    public static void main(String[] arguments) throws Exception {
        ApplicationContext context;
        try {
            context = ApplicationContext.run(Kestra.PROPERTIES);
        } catch (RuntimeException failure) {
            System.out.println("failed " + messages(failure));
            System.exit(1);
            return;
        }
        Main main = new Main(context);
        System.out.println("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println("answer " + JSON.writeValueAsString(main.answer(JSON.readTree(line))));
        }
        // Kestra waits for a while for what may still run; nobody asks for it any more.
        Runtime.getRuntime().halt(0);
    }

    private Map<String, Object> answer(JsonNode request) {
        try {
            return Map.of("result", result(request));
        } catch (Exception failure) {
            return Map.of("error", messages(failure));
        }
    }

    private Object result(JsonNode request) throws Exception {
        String namespace = request.path("namespace").asText();
        return switch (request.path("do").asText()) {
            case "start" -> {
                kestra.start();
                yield "";
            }
            case "create" -> kestra.create(TENANT, request.path("flow").asText());
            case "run" -> kestra.run(TENANT, namespace, request.path("id").asText());
            case "state" -> kestra.state(TENANT, request.path("id").asText());
            case "logs" -> kestra.logs(TENANT, request.path("id").asText());
            case "find" -> secrets().findSecret(TENANT, namespace, request.path("key").asText());
            case "inherited" -> secrets().inheritedSecrets(TENANT, namespace);
            case "list" -> list(request);
            default -> throw new IllegalArgumentException("there is no such request");
        };
    }

    private Map<String, Object> list(JsonNode request) throws Exception {
        List<QueryFilter> filters = new ArrayList<>();
        if (request.has("namespace")) {
            filters.add(QueryFilter.builder().field(QueryFilter.Field.NAMESPACE).operation(QueryFilter.Op.EQUALS).value(request.path("namespace").asText()).build());
        }
        if (request.has("text")) {
            filters.add(QueryFilter.builder().field(QueryFilter.Field.QUERY).operation(QueryFilter.Op.EQUALS).value(request.path("text").asText()).build());
        }
        Pageable pageable = Pageable.from(request.path("page").asInt(1), request.path("size").asInt(10), sort(request.path("sort").asText()));
        ArrayListTotal<?> page = secrets().list(pageable, TENANT, filters);
        return new LinkedHashMap<>(Map.of("keys", new ArrayList<>(page), "total", page.getTotal()));
    }

    private static Sort sort(String column) {
        if (column.isEmpty()) return Sort.unsorted();
        return Sort.of(column.startsWith("-") ? Sort.Order.desc(column.substring(1)) : Sort.Order.asc(column));
    }

    private SecretService<?> secrets() {
        return context.getBean(SecretService.class);
    }

    private static String messages(Throwable failure) {
        StringBuilder messages = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) messages.append(each.getMessage()).append(" / ");
        return messages.toString().replaceAll("\\s+", " ");
    }
}
