package coffer.kestra;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The access token, which may be rotated while Kestra runs: its file is read anew for every request. */
final class TokenFile {
    private static final int MAX_BYTES = 64 * 1024;
    /** What may stand in a header of HTTP. */
    private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]+");

    private TokenFile() {}

    /** Rejects a file that holds no token with a sentence that never quotes it. */
    static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException unreadable) {
            throw new IOException("coffer.token-file cannot be read: " + unreadable.getClass().getSimpleName() + " of " + file);
        }
        String token = new String(bytes, 0, Math.min(bytes.length, MAX_BYTES), StandardCharsets.UTF_8).strip();
        if (bytes.length > MAX_BYTES || !TOKEN.matcher(token).matches()) {
            throw new IOException("coffer.token-file holds no token: " + file + " has to hold one access token, on one line");
        }
        return token;
    }
}
