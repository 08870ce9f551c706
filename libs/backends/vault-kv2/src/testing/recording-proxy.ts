import { HttpProxy, type HttpAnswer, type HttpRequest, type HttpVerdict } from '@coffer/backend-conformance/faults';

type Verdict = (request: HttpRequest) => HttpVerdict;

/** A real Vault behind a proxy that remembers what was asked. */
export class RecordingProxy {
  readonly seen: HttpRequest[] = [];
  #verdict: Verdict = () => 'pass';

  private constructor(private readonly proxy: HttpProxy) {}

  static async before(address: string, tls?: { readonly key: string; readonly cert: string }): Promise<RecordingProxy> {
    const proxy = await HttpProxy.to(address, tls === undefined ? {} : { tls });
    const watched = new RecordingProxy(proxy);
    watched.set('pass');
    return watched;
  }

  get address(): string {
    return this.proxy.url;
  }

  set(verdict: HttpVerdict | Verdict): void {
    this.#verdict = typeof verdict === 'function' ? verdict : () => verdict;
    // Given anew, so that what hangs is let go.
    this.proxy.set((request) => {
      this.seen.push(request);
      return this.#verdict(request);
    });
  }

  /** How many requests there were to paths that end so. */
  count(end: string): number {
    return this.seen.filter(({ path }) => path.endsWith(end)).length;
  }

  close(): Promise<void> {
    return this.proxy.close();
  }
}

/** An error in Vault's form that quotes the token and the body of the request, as an error may. */
export const vaultError =
  (status: number, text: string) =>
  ({ headers, body }: HttpRequest): HttpAnswer => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [`${text}: ${String(headers['x-vault-token'])} ${body.toString('utf8')}`] }),
  });
