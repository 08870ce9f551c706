package coffer.kestra;

import io.kestra.core.models.QueryFilter;
import io.kestra.core.repositories.ArrayListTotal;
import io.kestra.core.secret.SecretNotFoundException;
import io.kestra.core.secret.SecretService;
import io.micronaut.data.model.Pageable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every version of Kestra asks its secrets for: Coffer has them, and {@code SECRET_*} variables what it has not. */
abstract class CofferSecrets<META> extends SecretService<META> {
    private static final Logger LOG = LoggerFactory.getLogger(CofferSecrets.class);

    private final CofferClient coffer;
    private final Settings.OnError onError;

    CofferSecrets(CofferClient coffer, Settings settings) {
        this.coffer = coffer;
        this.onError = settings.onError();
    }

    @Override
    public String findSecret(String tenantId, String namespace, String key) throws SecretNotFoundException, IOException {
        try {
            Optional<String> value = coffer.value(tenantId, namespace, key);
            if (value.isPresent()) return value.get();
        } catch (CofferException failure) {
            fallBack(failure);
            try {
                return super.findSecret(tenantId, namespace, key);
            } catch (SecretNotFoundException absent) {
                throw failure;
            }
        }
        return super.findSecret(tenantId, namespace, key);
    }

    /** Coffer's keys, then the names of the variables, which every namespace has. */
    @Override
    public ArrayListTotal<META> list(Pageable pageable, String tenantId, List<QueryFilter> filters) throws IOException {
        List<META> variables = super.list(Pageable.from(1, Integer.MAX_VALUE), tenantId, filters);
        CofferClient.Page page;
        try {
            page = coffer.list(tenantId, ListQuery.of(pageable, filters));
        } catch (CofferException failure) {
            fallBack(failure);
            return ArrayListTotal.of(pageable, variables);
        }
        List<META> keys = new ArrayList<>(keys(page));
        long after = (pageable.getNumber() - 1L) * pageable.getSize() - page.total();
        keys.addAll(variables.subList(within(after, variables), within(after + pageable.getSize(), variables)));
        return new ArrayListTotal<>(keys, page.total() + variables.size());
    }

    /** Kestra's own service gives names where its type says META. */
    @SuppressWarnings("unchecked")
    private List<META> keys(CofferClient.Page page) {
        return (List<META>) page.keys();
    }

    private static int within(long index, List<?> list) {
        return (int) Math.max(0, Math.min(index, list.size()));
    }

    @Override
    public Map<String, Set<String>> inheritedSecrets(String tenantId, String namespace) throws IOException {
        Map<String, Set<String>> keys = new LinkedHashMap<>();
        try {
            keys.putAll(coffer.inherited(tenantId, namespace));
        } catch (CofferException failure) {
            fallBack(failure);
        }
        super.inheritedSecrets(tenantId, namespace)
            .forEach((holder, names) -> keys.computeIfAbsent(holder, none -> new LinkedHashSet<>()).addAll(names));
        return keys;
    }

    /** Throws the failure again unless the variables are to be used instead. */
    private void fallBack(CofferException failure) throws CofferException {
        if (onError != Settings.OnError.FALLBACK || !failure.isUnavailable()) throw failure;
        LOG.warn("{}; SECRET_* variables are used instead", failure.getMessage());
    }
}
