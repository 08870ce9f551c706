/**
 * An answer that is no success. Shape and codes:
 * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/set-secret/set-secret?view=rest-keyvault-secrets-7.4#keyvaulterror
 * https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes
 */
export class Failure extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: { error: { code: string; message: string; innererror?: { code: string } } };

  constructor(
    status: number,
    code: string,
    message: string,
    { inner, headers = {} }: { inner?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } };
  }
}

export const badParameter = (message: string) => new Failure(400, 'BadParameter', message);

export const notFound = (name: string) =>
  new Failure(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`);

/**
 * 409, whose inner code says what to do about it.
 * https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview
 */
export const conflict = (inner: string, message: string) => new Failure(409, 'Conflict', message, { inner });
