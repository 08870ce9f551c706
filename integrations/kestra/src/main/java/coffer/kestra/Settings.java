package coffer.kestra;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What {@code coffer} in Kestra's configuration says.
 *
 * @param url Coffer's address, without a slash at its end
 * @param tokenFile the file that holds the access token; read for every request
 * @param tenant Coffer's tenant; Kestra's own one where absent
 * @param ca a file of certificates in PEM to trust instead of Java's own
 * @param timeout how long an answer may take, as a whole
 */
record Settings(URI url, Path tokenFile, Optional<String> tenant, Optional<Path> ca, Duration timeout, OnError onError) {

    /** What happens to a secret that Coffer could not be asked for. */
    enum OnError {
        /** The expression fails, and with it the task. */
        FAIL,
        /** {@code SECRET_*} variables are asked; the expression fails where they have it not. */
        FALLBACK
    }
}
