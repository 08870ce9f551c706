import type { Answer, Api, CallOptions } from '../../harness/index.js';

/** Something that was shown or written, to be looked through. */
export interface Evidence {
  readonly place: string;
  readonly text: string;
}

const headersOf = ({ headers }: Answer): string => [...headers].map(([name, value]) => `${name}: ${value}`).join('\n');

/** Calls, and keeps everything that was answered but for the values that were asked for. */
export class RecordingClient {
  readonly evidence: Evidence[] = [];
  /** Answers by status. */
  readonly statuses = new Map<number, number>();
  /** What was not as it must be for the search to mean anything. */
  readonly problems: string[] = [];

  constructor(private readonly client: Api) {}

  /** `expected`: the statuses that this call may be answered with. */
  async call(
    what: string,
    expected: readonly number[],
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<Answer> {
    const answer = await this.#send(what, expected, method, path, options);
    this.evidence.push({ place: `answer: ${what}`, text: `${headersOf(answer)}\n${answer.text}` });
    return answer;
  }

  /** A call that is answered with this value, and with nothing secret beside it. */
  async reveals(what: string, value: string, path: string): Promise<void> {
    const answer = await this.#send(what, [200], 'GET', path, {});
    const found = answer.status === 200 ? answer.json()['value'] : undefined;
    if (found !== value) this.problems.push(`${what}: the value did not come back`);
    this.evidence.push({ place: `headers: ${what}`, text: headersOf(answer) });
  }

  /** A batch; what was found is checked, what was not is kept. */
  async revealsBatch(what: string, values: readonly (string | undefined)[], path: string, body: unknown) {
    const answer = await this.#send(what, [200], 'POST', path, { body });
    const items = answer.json<{ value?: string }[]>();
    if (values.some((value, index) => items[index]?.value !== value)) this.problems.push(`${what}: other values`);
    const rest = items.map(({ value: _value, ...item }) => item);
    this.evidence.push({ place: `answer: ${what}`, text: `${headersOf(answer)}\n${JSON.stringify(rest)}` });
  }

  async #send(what: string, expected: readonly number[], method: string, path: string, options: CallOptions) {
    const answer = await this.client.call(method, path, options);
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    if (!expected.includes(answer.status)) {
      this.problems.push(`${what}: answered ${answer.status}, not ${expected.join(' or ')}`);
    }
    return answer;
  }
}
