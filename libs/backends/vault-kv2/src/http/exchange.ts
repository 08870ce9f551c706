export interface VaultRequest {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, already percent-encoded. */
  readonly path: string;
  readonly body?: object;
}

export interface VaultAnswer {
  readonly status: number;
  /** `undefined` where it is no JSON object: not Vault has answered, or nothing was to be said. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}
