/** A secret in Vault's engine `secret/` as somebody changes it there, without Coffer. */
export class VaultSecret {
  constructor(
    private readonly server: Readonly<Record<string, string>>,
    private readonly path: string,
  ) {}

  /** Puts another value in the place of the one that is there. Resolves when Vault has it. */
  async change(before: string, after: string): Promise<void> {
    const { data } = (await (await this.#ask('GET')).json()) as { data: { data: Readonly<Record<string, unknown>> } };
    const changed = Object.fromEntries(
      Object.entries(data.data).map(([field, is]) => [field, is === before ? after : is]),
    );
    if (!Object.values(data.data).includes(before)) throw new Error('Vault does not hold the value as it is');
    await this.#ask('POST', { data: changed });
  }

  async #ask(method: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.server['COFFER_TEST_VAULT_ADDR']}/v1/secret/data/${this.path}`, {
      method,
      headers: { 'x-vault-token': this.server['COFFER_TEST_VAULT_TOKEN'] ?? '' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`Vault answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}
