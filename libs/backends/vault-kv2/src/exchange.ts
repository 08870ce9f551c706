export interface VaultRequest {
  /** `LIST` is sent as GET with `list=true`, which every proxy lets through. */
  readonly method: 'GET' | 'POST' | 'LIST';
  /** Below `/v1/`, already percent-encoded. */
  readonly path: string;
  readonly body?: object;
}

export interface VaultAnswer {
  readonly status: number;
  /** `undefined` where it is no JSON object: not Vault has answered, or nothing was to be said. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}
