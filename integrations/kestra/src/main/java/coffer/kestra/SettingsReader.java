package coffer.kestra;

import io.micronaut.context.env.Environment;
import io.micronaut.context.env.EnvironmentPropertySource;
import io.micronaut.context.env.PropertySource;
import io.micronaut.core.naming.NameUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and judges {@code coffer.*}; says everything that is wrong at once, and what would be right. */
final class SettingsReader {
    private static final List<String> NAMES = List.of("url", "token-file", "tenant", "ca", "timeout", "on-error");
    private static final String PREFIX = "coffer.";
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(5);
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,7})\\s*(ms|s|m)");
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");

    private final Environment environment;
    private final List<String> problems = new ArrayList<>();

    private SettingsReader(Environment environment) {
        this.environment = environment;
    }

    /** Throws an {@link IllegalArgumentException} that names each setting that is wrong. */
    static Settings read(Environment environment) {
        return new SettingsReader(environment).settings();
    }

    private Settings settings() {
        unknownNames();
        URI url = text("url").map(this::url).orElseGet(() -> wrong("url", "is missing: set it to Coffer's address, such as https://coffer.example.org"));
        Path token = text("token-file").map(path -> path("token-file", path)).orElseGet(() -> wrong("token-file", "is missing: set it to the path of a file that holds an access token of Coffer"));
        if (token != null) tokenIsThere(token);
        Optional<Path> ca = text("ca").map(path -> path("ca", path));
        if (ca.isPresent() && url != null && url.getScheme().equals("http")) {
            wrong("ca", "needs an address in coffer.url that begins with https://");
        }
        Optional<String> tenant = text("tenant").filter(this::isTenant);
        Duration timeout = text("timeout").map(this::timeout).orElse(DEFAULT_TIMEOUT);
        Settings.OnError onError = text("on-error").map(this::onError).orElse(Settings.OnError.FAIL);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("the configuration of Coffer's secrets is wrong: " + String.join("; ", problems));
        }
        return new Settings(url, token, tenant, ca, timeout, onError);
    }

    /** Empty text counts as absent, as it does where a variable in a file of Compose or Helm is not set. */
    private Optional<String> text(String name) {
        return environment.getProperty(PREFIX + name, String.class).map(String::strip).filter(value -> !value.isEmpty());
    }

    private <T> T wrong(String name, String reason) {
        problems.add(PREFIX + name + " " + reason);
        return null;
    }

    /** Variables of the process are passed over: those of Coffer's own servers begin with the same word. */
    private void unknownNames() {
        TreeSet<String> unknown = new TreeSet<>();
        for (PropertySource source : environment.getPropertySources()) {
            if (source instanceof EnvironmentPropertySource) continue;
            for (String property : source) {
                if (!property.startsWith(PREFIX)) continue;
                String name = NameUtils.hyphenate(property.substring(PREFIX.length()), true);
                if (!NAMES.contains(name)) unknown.add(name);
            }
        }
        unknown.forEach(name -> wrong(name, "is not known; there are " + String.join(", ", NAMES)));
    }

    private URI url(String text) {
        try {
            URI url = new URI(text.replaceAll("/+$", ""));
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            if (web && url.getHost() != null && url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null) {
                return url;
            }
        } catch (URISyntaxException malformed) {
            // Named below, without the text: somebody may have put a password into it.
        }
        return wrong("url", "is no address: it begins with http:// or https://, has a host, and no user, query or fragment");
    }

    private Path path(String name, String text) {
        try {
            return Path.of(text).toAbsolutePath();
        } catch (InvalidPathException malformed) {
            return wrong(name, "is not the path of a file");
        }
    }

    private void tokenIsThere(Path file) {
        try {
            TokenFile.read(file);
        } catch (IOException unreadable) {
            problems.add(unreadable.getMessage());
        }
    }

    private boolean isTenant(String text) {
        if (TENANT.matcher(text).matches()) return true;
        wrong("tenant", "is no tenant's name: letters, digits, - and _ only");
        return false;
    }

    private Duration timeout(String text) {
        Duration timeout = duration(text);
        if (timeout != null && timeout.compareTo(Duration.ZERO) > 0 && timeout.compareTo(MAX_TIMEOUT) <= 0) return timeout;
        return wrong("timeout", "is no duration from 1ms to 5m, such as 10s or PT10S");
    }

    private static Duration duration(String text) {
        Matcher parts = SHORT_DURATION.matcher(text);
        if (parts.matches()) {
            long amount = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException malformed) {
            return null;
        }
    }

    private Settings.OnError onError(String text) {
        return Arrays.stream(Settings.OnError.values())
            .filter(value -> value.name().equals(text.toUpperCase(Locale.ROOT)))
            .findFirst()
            .orElseGet(() -> wrong("on-error", "is neither \"fail\" nor \"fallback\""));
    }
}
