import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Callers } from './callers.ts';
import { Project } from './project.ts';
import { Refusal, refuse } from './status.ts';

const require = createRequire(import.meta.url);
const protosOf = (library: string) => join(dirname(require.resolve(library)), '../protos');

/** The service as the vendor's own `.proto` files describe it, which come with the vendor's client. */
export const definition = (
  loadPackageDefinition(
    loadSync('google/cloud/secretmanager/v1/service.proto', {
      includeDirs: [protosOf('@google-cloud/secret-manager'), protosOf('google-gax')],
      ...{ longs: String, enums: String, defaults: true, oneofs: true },
    }),
  ) as any
).google.cloud.secretmanager.v1.SecretManagerService.service;

/** Each call's permission (https://cloud.google.com/secret-manager/docs/access-control#permissions) and where its resource is named. */
const CALLS = {
  ListSecrets: ['secretmanager.secrets.list', 'parent'],
  CreateSecret: ['secretmanager.secrets.create', 'parent'],
  GetSecret: ['secretmanager.secrets.get', 'name'],
  UpdateSecret: ['secretmanager.secrets.update', 'secret'],
  DeleteSecret: ['secretmanager.secrets.delete', 'name'],
  AddSecretVersion: ['secretmanager.versions.add', 'parent'],
  ListSecretVersions: ['secretmanager.versions.list', 'parent'],
  GetSecretVersion: ['secretmanager.versions.get', 'name'],
  AccessSecretVersion: ['secretmanager.versions.access', 'name'],
  EnableSecretVersion: ['secretmanager.versions.enable', 'name'],
  DisableSecretVersion: ['secretmanager.versions.disable', 'name'],
  DestroySecretVersion: ['secretmanager.versions.destroy', 'name'],
} as const;
type Call = keyof typeof CALLS;

const STATES = {
  EnableSecretVersion: 'ENABLED',
  DisableSecretVersion: 'DISABLED',
  DestroySecretVersion: 'DESTROYED',
} as const;

/** Everything that the stand-in holds. `now`: milliseconds since the epoch. */
export class SecretManager {
  readonly now: () => number;
  readonly callers: Callers;
  /** By id and by number. */
  readonly projects = new Map<string, Project>();

  constructor(now = Date.now) {
    this.now = now;
    this.callers = new Callers(now);
  }

  /** `id`: made when it is first named here. */
  project(id: string): Project {
    const known = this.projects.get(id);
    if (known) return known;
    const project = new Project(String(100_000_000_000 + this.projects.size), this.now);
    this.projects.set(id, project).set(project.number, project);
    return project;
  }

  answer(call: Call, request: Record<string, any>, authorization: string | undefined): Record<string, any> {
    const [permission, field] = CALLS[call];
    const name = field === 'secret' ? request.secret?.name : request[field];
    const parts = /^projects\/([^/]+)(?:\/secrets\/([^/]+)(?:\/versions\/([^/]+))?)?$/.exec(name ?? '');
    if (!parts) return refuse('INVALID_ARGUMENT', 'The resource name is invalid.');
    const [, projectId = '', id, versionId] = parts;
    this.callers.check(authorization, this.#idOf(projectId), permission, name);
    const project = this.projects.get(projectId);
    if (!project) return refuse('NOT_FOUND', `Project [${projectId}] not found.`);
    const method = `${call.charAt(0).toLowerCase()}${call.slice(1)}`;
    const where = { ...request, id, versionId };
    if (call in STATES) return project.setState(where as any, STATES[call as keyof typeof STATES]);
    return (project as any)[method](where);
  }

  /** Callers are known by the project's id, whether it is called by that or by its number. */
  #idOf(name: string) {
    for (const [id, project] of this.projects) if (project.number === name) return id;
    return name;
  }

  /** For a gRPC server; `beforehand` may throw what a call is answered with. */
  handlers(beforehand: (call: Call, request: Record<string, any>) => void = () => undefined) {
    return Object.fromEntries(
      Object.keys(CALLS).map((call) => [
        call,
        ({ request, metadata }: any, reply: any) => {
          try {
            beforehand(call as Call, request);
            reply(null, this.answer(call as Call, request, metadata.get('authorization')[0]));
          } catch (error) {
            if (error instanceof Refusal) return reply(error);
            reply({ code: status.INTERNAL, details: 'Internal error encountered.' });
            process.stderr.write(`${(error as Error).stack}\n`);
          }
        },
      ]),
    );
  }
}
