package coffer.kestra;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls of Coffer's API, each bounded in time and in the bytes of its answer. Nothing is cached. */
final class HttpCalls {
    private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;
    private static final int MAX_DETAIL_CHARS = 400;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Settings settings;
    private final HttpClient http;

    HttpCalls(Settings settings) {
        this.settings = settings;
        HttpClient.Builder builder = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout());
        settings.ca().map(TrustedCertificates::context).ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /** An answer of Coffer's: its status, and its body, which is JSON. */
    record Answer(int status, JsonNode body) {
        /** The stable code of an error; empty where there is none. */
        String code() {
            return body.path("code").asText("");
        }
    }

    /** `what`: what is asked for, for people. Returns an answer of any status. */
    Answer get(String path, String what) throws CofferException {
        HttpResponse<byte[]> response = send(request(path, what), what);
        return new Answer(response.statusCode(), json(response, what));
    }

    /** An answer that is none of those that were expected. */
    CofferException refusal(Answer answer, String what) {
        String detail = answer.body().path("detail").asText("");
        String said = detail.length() > MAX_DETAIL_CHARS ? detail.substring(0, MAX_DETAIL_CHARS) + "…" : detail;
        boolean later = answer.status() == TOO_MANY_REQUESTS || answer.status() >= SERVER_ERROR;
        String reason = "answered %d %s%s".formatted(answer.status(), answer.code(), said.isEmpty() ? "" : ": " + said);
        return failure(what, reason, later);
    }

    private CofferException failure(String what, String reason, boolean unavailable) {
        return new CofferException("%s could not be read: Coffer at %s %s".formatted(what, settings.url(), reason), unavailable);
    }

    private HttpRequest request(String path, String what) throws CofferException {
        try {
            return HttpRequest.newBuilder(URI.create(settings.url() + path))
                .header("Authorization", "Bearer " + TokenFile.read(settings.tokenFile()))
                .header("Accept", "application/json")
                .build();
        } catch (IOException noToken) {
            throw failure(what, "was not asked: " + noToken.getMessage(), false);
        }
    }

    private HttpResponse<byte[]> send(HttpRequest request, String what) throws CofferException {
        CompletableFuture<HttpResponse<byte[]>> call = http.sendAsync(request, head -> new BoundedBody(MAX_ANSWER_BYTES));
        try {
            return call.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            call.cancel(true);
            throw failure(what, "did not answer within coffer.timeout, " + settings.timeout(), true);
        } catch (InterruptedException stopped) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw failure(what, "was not waited for, since the task was stopped", false);
        } catch (ExecutionException failed) {
            throw failure(what, "cannot be reached: " + reason(failed.getCause()), true);
        }
    }

    /** Some of Java's own errors have no text. */
    private static String reason(Throwable error) {
        String name = error.getClass().getSimpleName();
        return error.getMessage() == null ? name : name + ": " + error.getMessage();
    }

    /** Whatever is no JSON object does not come from Coffer. Jackson's own error, which may quote what it read, is left out. */
    private JsonNode json(HttpResponse<byte[]> response, String what) throws CofferException {
        try {
            JsonNode body = JSON.readTree(response.body());
            if (body != null && body.isObject()) return body;
        } catch (JsonProcessingException malformed) {
            // As any other body that is no object.
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
        int status = response.statusCode();
        String reason = "answered %d without JSON, so coffer.url may lead to something else".formatted(status);
        throw failure(what, reason, status == TOO_MANY_REQUESTS || status >= SERVER_ERROR);
    }
}
