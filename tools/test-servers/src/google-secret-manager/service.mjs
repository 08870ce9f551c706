import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Callers } from './callers.mjs';
import { Project } from './project.mjs';
import { Refusal, refuse } from './status.mjs';

const require = createRequire(import.meta.url);
const protosOf = (/** @type {string} */ library) => join(dirname(require.resolve(library)), '../protos');

/** The service as the vendor's own `.proto` files describe it, which come with the vendor's client. */
export const definition = /** @type {any} */ (
  loadPackageDefinition(
    loadSync('google/cloud/secretmanager/v1/service.proto', {
      includeDirs: [protosOf('@google-cloud/secret-manager'), protosOf('google-gax')],
      ...{ longs: String, enums: String, defaults: true, oneofs: true },
    }),
  )
).google.cloud.secretmanager.v1.SecretManagerService.service;

/** Each call's permission (https://cloud.google.com/secret-manager/docs/access-control#permissions) and where its resource is named. */
const CALLS = /** @type {const} */ ({
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
});
/** @typedef {keyof typeof CALLS} Call */

const STATES = /** @type {const} */ ({
  EnableSecretVersion: 'ENABLED',
  DisableSecretVersion: 'DISABLED',
  DestroySecretVersion: 'DESTROYED',
});

/**
 * Everything that the stand-in holds.
 * @param {() => number} [now] milliseconds since the epoch
 */
export class SecretManager {
  constructor(now = Date.now) {
    this.now = now;
    this.callers = new Callers(now);
    /** @type {Map<string, Project>} by id and by number */
    this.projects = new Map();
  }

  /** @param {string} id made when it is first named here @returns {Project} */
  project(id) {
    const known = this.projects.get(id);
    if (known) return known;
    const project = new Project(String(100_000_000_000 + this.projects.size), this.now);
    this.projects.set(id, project).set(project.number, project);
    return project;
  }

  /**
   * @param {Call} call @param {Record<string, any>} request @param {string | undefined} authorization
   * @returns {Record<string, any>}
   */
  answer(call, request, authorization) {
    const [permission, field] = CALLS[call];
    const name = field === 'secret' ? request.secret?.name : request[field];
    const parts = /^projects\/([^/]+)(?:\/secrets\/([^/]+)(?:\/versions\/([^/]+))?)?$/.exec(name ?? '');
    if (!parts) return refuse('INVALID_ARGUMENT', 'The resource name is invalid.');
    const [, projectId, id, versionId] = parts;
    this.callers.check(authorization, this.#idOf(projectId), permission, name);
    const project = this.projects.get(projectId);
    if (!project) return refuse('NOT_FOUND', `Project [${projectId}] not found.`);
    const method = `${call[0].toLowerCase()}${call.slice(1)}`;
    const where = { ...request, id, versionId };
    if (call in STATES)
      return project.setState(/** @type {any} */ (where), STATES[/** @type {keyof typeof STATES} */ (call)]);
    return /** @type {any} */ (project)[method](where);
  }

  /** Callers are known by the project's id, whether it is called by that or by its number. @param {string} name */
  #idOf(name) {
    for (const [id, project] of this.projects) if (project.number === name) return id;
    return name;
  }

  /** For a gRPC server; `beforehand` may throw what a call is answered with. @param {(call: Call, request: Record<string, any>) => void} [beforehand] */
  handlers(beforehand = () => undefined) {
    return Object.fromEntries(
      Object.keys(CALLS).map((call) => [
        call,
        (/** @type {any} */ { request, metadata }, /** @type {any} */ reply) => {
          try {
            beforehand(/** @type {Call} */ (call), request);
            reply(null, this.answer(/** @type {Call} */ (call), request, metadata.get('authorization')[0]));
          } catch (error) {
            if (error instanceof Refusal) return reply(error);
            reply({ code: status.INTERNAL, details: 'Internal error encountered.' });
            process.stderr.write(`${error.stack}\n`);
          }
        },
      ]),
    );
  }
}
