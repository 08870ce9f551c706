import { status } from '@grpc/grpc-js';
import { SecretPath } from '@coffer/secrets';
import { toFailure } from './errors.js';
import { identityLabels } from './identity.js';
import type { Resource } from './layout.js';
import type { SecretPage, SecretsApi } from './client.js';
import { SecretLocator } from './locator.js';

const path = SecretPath.of('main', 'team', 'key');
const call = { signal: new AbortController().signal };

const madeOutside = (id: string): Resource => ({
  name: `projects/p/secrets/${id}`,
  etag: 'e',
  labels: { ...identityLabels('prefix', path) },
  annotations: {},
  aliases: {},
});

/** A project whose list comes in these pages, without a secret of Coffer's name. */
const finderOf = (...pages: (readonly Resource[])[]): SecretLocator => {
  const api = {
    service: { project: () => Promise.resolve('p') },
    nameOf: (project: string, id: string) => `projects/${project}/secrets/${id}`,
    getSecret: () => Promise.reject(toFailure({ code: status.NOT_FOUND })),
    listSecrets: (_project: string, { pageToken = '0' }: { pageToken?: string }): Promise<SecretPage> => {
      const at = Number(pageToken);
      return Promise.resolve({ secrets: pages[at] ?? [], next: at + 1 < pages.length ? `${at + 1}` : undefined });
    },
  };
  return new SecretLocator(api as unknown as SecretsApi, 'prefix');
};

describe('the secrets of a path', () => {
  it('one that is on two pages, for the project changed between them, is one', async () => {
    const { living } = await finderOf([madeOutside('a')], [madeOutside('a')]).find(path, true, call);
    expect(living?.name).toBe('projects/p/secrets/a');
  });

  it('two on two pages are a conflict that names both', async () => {
    const finding = finderOf([madeOutside('a')], [madeOutside('b')]).find(path, true, call);
    await expect(finding).rejects.toMatchObject({ code: 'conflict', details: { secrets: ['a', 'b'] } });
  });
});
