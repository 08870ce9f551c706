import { randomUUID } from 'node:crypto';
import type { ExternalSecrets } from '@coffer/backend-conformance';
import type { SecretPath, Tag } from '@coffer/secrets';
import { identityAnnotations, identityLabels } from '../identity.js';
import type { Service } from '../connection.js';

const call = () => ({ signal: AbortSignal.timeout(20_000) });

const isLabel = ({ key, value }: Tag): boolean =>
  /^[a-z][a-z0-9_-]{0,62}$/.test(key) && /^[a-z0-9_-]{0,63}$/.test(value);

/** What people do with `gcloud` in the project, as docs/backends/google-secret-manager.md tells them to. */
export const externalSecrets = (
  service: Service,
): ExternalSecrets & {
  createSecret(
    id: string,
    labels: Record<string, string>,
    annotations: Record<string, string>,
    value?: string,
  ): Promise<string>;
} => {
  const nameOf = async (id: string): Promise<string> => `projects/${await service.project(call())}/secrets/${id}`;
  const addVersion = async (id: string, value: string): Promise<void> => {
    const parent = await nameOf(id);
    const payload = { data: Buffer.from(value, 'utf8') };
    await service.call((client, options) => client.addSecretVersion({ parent, payload }, options), call());
  };
  const createSecret = async (
    secretId: string,
    labels: Record<string, string>,
    annotations: Record<string, string>,
    value?: string,
  ): Promise<string> => {
    const parent = `projects/${await service.project(call())}`;
    const secret = { replication: { automatic: {} }, labels, annotations };
    await service.call((client, options) => client.createSecret({ parent, secretId, secret }, options), call());
    if (value !== undefined) await addVersion(secretId, value);
    return secretId;
  };
  return {
    createSecret,
    async create(prefix: string, path: SecretPath, value: string, tags: readonly Tag[] = []) {
      const labels: Record<string, string> = { ...identityLabels(prefix, path) };
      const annotations: Record<string, string> = {};
      // An annotation only where a label cannot hold the part as it is; a tenant only where it is not the default one.
      for (const [name, text] of Object.entries(identityAnnotations(prefix, path))) {
        if (labels[name] !== text) annotations[name] = text;
      }
      if (path.tenant === 'main') delete labels['tenant'];
      for (const tag of tags) (isLabel(tag) ? labels : annotations)[tag.key] = tag.value;
      return createSecret(`made-by-hand-${randomUUID()}`, labels, annotations, value);
    },
    /** Adds a version, and takes away the annotations that say which one Coffer means. */
    async change(id, value) {
      await addVersion(id, value);
      const name = await nameOf(id);
      const [secret] = await service.call((client, options) => client.getSecret({ name }, options), call());
      const {
        'coffer-layout': _l,
        'coffer-version': _v,
        'coffer-fence': _f,
        ...annotations
      } = secret.annotations ?? {};
      const request = { secret: { name, annotations }, updateMask: { paths: ['annotations'] } };
      await service.call((client, options) => client.updateSecret(request, options), call());
    },
    async valueOf(id) {
      const name = `${await nameOf(id)}/versions/latest`;
      const [{ payload }] = await service.call(
        (client, options) => client.accessSecretVersion({ name }, options),
        call(),
      );
      return Buffer.from(payload?.data ?? '').toString('utf8');
    },
    duplicates: true,
  };
};
