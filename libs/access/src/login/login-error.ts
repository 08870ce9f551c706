/**
 * Why nobody is signed in. `expired`: what the browser began is gone, too old, or another log-in took its place. `denied`: the issuer
 * said no. `refused`: what the issuer sent does not count. `no-grants`: it counts, and nothing is granted for it. `too-many-claims`: no
 * cookie holds what counts of it. `unavailable`: the issuer cannot be reached.
 */
export type LoginFailure = 'expired' | 'denied' | 'refused' | 'no-grants' | 'too-many-claims' | 'unavailable';

/** The message is for the log; it quotes nothing that a browser or an issuer sent. */
export class LoginError extends Error {
  constructor(
    readonly reason: LoginFailure,
    message: string,
  ) {
    super(message);
  }
}
