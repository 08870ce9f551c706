/** A secret in an address: `company.team/KEY`. A namespace has no slash; a key may have some. */
export interface SecretPlace {
  namespace: string;
  key: string;
}

export const addressOf = ({ namespace, key }: SecretPlace): string => `${namespace}/${key}`;

export const placeOf = (address: string): SecretPlace | undefined => {
  const slash = address.indexOf('/');
  if (slash <= 0 || slash === address.length - 1) return undefined;
  return { namespace: address.slice(0, slash), key: address.slice(slash + 1) };
};

/** The namespace in which a secret is read that is looked at from `reader`, which may be one that inherits it. */
export const readingNamespaceOf = ({ namespace }: SecretPlace, reader: string): string =>
  reader.startsWith(`${namespace}.`) ? reader : namespace;

/** As a flow of Kestra names it. */
export const kestraReference = (key: string): string => `{{ secret('${key.replace(/[\\']/g, '\\$&')}') }}`;
