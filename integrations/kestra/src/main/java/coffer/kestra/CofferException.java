package coffer.kestra;

import java.io.IOException;

/** Coffer could not be asked, or refused; the message says which secret, where and why, and never quotes a value. */
final class CofferException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean unavailable;

    CofferException(String message, boolean unavailable) {
        super(message);
        this.unavailable = unavailable;
    }

    /** Whether asking again may help: there was no answer, or Coffer said that it cannot answer for now. */
    boolean isUnavailable() {
        return unavailable;
    }
}
