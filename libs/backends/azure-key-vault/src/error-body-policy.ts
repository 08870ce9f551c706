import type { SecretClientOptions } from '@azure/keyvault-secrets';

type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy'];

const isObject = (text: string): boolean => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null;
  } catch {
    return false;
  }
};

/**
 * Gives an error without a JSON body an empty one, such as a gateway's 502 page: the SDK reads a field of the body before
 * it looks at the status, and would throw a TypeError, or an error that quotes the body, instead of telling the status.
 */
export const errorBodyPolicy: Policy = {
  name: 'cofferErrorBodyPolicy',
  async sendRequest(request, next) {
    const response = await next(request);
    if (response.status < 400 || isObject(response.bodyAsText ?? '')) return response;
    response.headers.set('content-type', 'application/json');
    return { ...response, bodyAsText: '{}' };
  },
};
