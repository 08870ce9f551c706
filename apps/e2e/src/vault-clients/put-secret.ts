import type { VaultTarget } from './target.js';

/** Writes a secret as the target's operator. `path`: below the engine. Rejects with what the server says. */
export const putSecret = async (
  { address, token }: Pick<VaultTarget, 'address' | 'token'>,
  path: string,
  data: object,
): Promise<void> => {
  const response = await fetch(`${address}/v1/secret/data/${path}`, {
    method: 'POST',
    headers: { 'x-vault-token': token, 'content-type': 'application/json' },
    body: JSON.stringify({ data }),
  });
  if (!response.ok) throw new Error(`the write was answered ${response.status}: ${await response.text()}`);
};
