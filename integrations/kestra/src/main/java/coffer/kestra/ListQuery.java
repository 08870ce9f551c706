package coffer.kestra;

import io.kestra.core.models.QueryFilter;
import io.micronaut.data.model.Pageable;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** The query that asks Coffer for a page of Kestra's table of secrets. */
final class ListQuery {
    private static final Set<String> SORTED_BY = Set.of("key", "namespace", "description");

    private ListQuery() {}

    /** Filters on other fields than namespace and text are passed over, as Kestra does. */
    static String of(Pageable pageable, List<QueryFilter> filters) {
        StringJoiner query = new StringJoiner("&");
        query.add("page=" + pageable.getNumber()).add("size=" + pageable.getSize());
        pageable.getSort().getOrderBy().stream()
            .filter(order -> SORTED_BY.contains(order.getProperty()))
            .forEach(order -> query.add("sort=%s:%s".formatted(order.getProperty(), order.isAscending() ? "asc" : "desc")));
        for (QueryFilter filter : filters) {
            if (filter.field() == QueryFilter.Field.QUERY) add(query, "q", filter);
            if (filter.field() == QueryFilter.Field.NAMESPACE) add(query, "namespace", filter);
        }
        return query.toString();
    }

    private static void add(StringJoiner query, String field, QueryFilter filter) {
        if (filter.value() == null) return;
        String name = CofferClient.escape("filters[%s][%s]".formatted(field, filter.operation().name()));
        query.add(name + "=" + CofferClient.escape(text(filter.value())));
    }

    private static String text(Object value) {
        if (!(value instanceof Collection<?> values)) return value.toString();
        return values.stream().map(Object::toString).collect(Collectors.joining(","));
    }
}
