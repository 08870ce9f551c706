import { promisify } from 'node:util';
import { Client, Server, ServerCredentials, credentials, type ServiceDefinition, type status } from '@grpc/grpc-js';
import type { Endpoint } from '../connection.js';

const SERVICE = 'google.cloud.secretmanager.v1.SecretManagerService';
const CALLS = [
  ...['ListSecrets', 'CreateSecret', 'GetSecret', 'UpdateSecret', 'DeleteSecret'],
  ...['AddSecretVersion', 'ListSecretVersions', 'GetSecretVersion', 'AccessSecretVersion'],
  ...['EnableSecretVersion', 'DisableSecretVersion', 'DestroySecretVersion'],
];

const asIs = (bytes: Buffer): Buffer => bytes;

const definitionOf = (call: string) => ({
  path: `/${SERVICE}/${call}`,
  requestStream: false as const,
  responseStream: false as const,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
});

interface Refusal {
  readonly code: status;
  readonly details: string;
  /** The call is passed on and answered by this all the same. */
  readonly after?: boolean;
}

/** The call is passed on and not answered; `done` is called when the service has answered it. */
interface Withheld {
  readonly done: () => void;
}

/** The call is not passed on, and answered by these bytes. */
interface Answer {
  readonly bytes: Buffer;
}

type Judgement = Refusal | Withheld | Answer | undefined;

/** What a call is answered with instead of being passed on; `undefined` passes it on, once the promise is fulfilled. */
export type Verdict = (call: string) => Judgement | Promise<Judgement>;

/** A gRPC proxy on 127.0.0.1 that passes calls on as they are, except for those that its verdict refuses. */
export class GrpcProxy {
  verdict: Verdict = () => undefined;
  /** The names of the calls that came, passed on or not. */
  readonly calls: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly upstream: Client,
    readonly port: number,
  ) {}

  static async to({ host, port, plaintext }: Endpoint): Promise<GrpcProxy> {
    const channel = plaintext ? credentials.createInsecure() : credentials.createSsl();
    const upstream = new Client(`${host}:${port}`, channel, { 'grpc.initial_reconnect_backoff_ms': 100 });
    const server = new Server();
    const definition: ServiceDefinition = Object.fromEntries(CALLS.map((call) => [call, definitionOf(call)]));
    const late: { proxy?: GrpcProxy } = {};
    const handlers = CALLS.map((call) => [
      call,
      (incoming: Parameters<GrpcProxy['pass']>[1], reply: Parameters<GrpcProxy['pass']>[2]): void =>
        void late.proxy?.pass(call, incoming, reply),
    ]);
    server.addService(definition, Object.fromEntries(handlers) as never);
    const bind = promisify(server.bindAsync.bind(server));
    const bound = await bind('127.0.0.1:0', ServerCredentials.createInsecure());
    late.proxy = new GrpcProxy(server, upstream, bound);
    return late.proxy;
  }

  get endpoint(): Endpoint {
    return { host: '127.0.0.1', port: this.port, plaintext: true };
  }

  async pass(
    call: string,
    { request, metadata }: { request: Buffer; metadata: import('@grpc/grpc-js').Metadata },
    reply: import('@grpc/grpc-js').sendUnaryData<Buffer>,
  ): Promise<void> {
    this.calls.push(call);
    const verdict = await this.verdict(call);
    if (verdict !== undefined && 'bytes' in verdict) return reply(null, verdict.bytes);
    const withheld = verdict !== undefined && 'done' in verdict;
    if (verdict !== undefined && !withheld && verdict.after !== true) return reply(verdict);
    const options = { deadline: Date.now() + 60_000 };
    this.upstream.makeUnaryRequest(`/${SERVICE}/${call}`, asIs, asIs, request, metadata, options, (error, answer) =>
      verdict !== undefined
        ? withheld
          ? verdict.done()
          : reply(verdict)
        : error === null
          ? reply(null, answer)
          : reply({ code: error.code, details: error.details }),
    );
  }

  close(): void {
    this.server.forceShutdown();
    this.upstream.close();
  }
}
