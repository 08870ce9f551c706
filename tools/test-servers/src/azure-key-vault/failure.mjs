/**
 * An answer that is no success. Shape and codes:
 * https://learn.microsoft.com/en-us/rest/api/keyvault/secrets/set-secret/set-secret?view=rest-keyvault-secrets-7.4#keyvaulterror
 * https://learn.microsoft.com/en-us/azure/key-vault/general/rest-error-codes
 */
export class Failure extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {{inner?: string, headers?: Record<string, string>}} [more]
   */
  constructor(status, code, message, { inner, headers = {} } = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.body = { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } };
  }
}

/** @param {string} message */
export const badParameter = (message) => new Failure(400, 'BadParameter', message);

/** @param {string} name */
export const notFound = (name) =>
  new Failure(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`);

/**
 * 409, whose inner code says what to do about it.
 * https://learn.microsoft.com/en-us/azure/key-vault/general/soft-delete-overview
 * @param {string} inner @param {string} message
 */
export const conflict = (inner, message) => new Failure(409, 'Conflict', message, { inner });
