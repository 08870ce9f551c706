import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EventSource } from 'eventsource';
import { listen } from '../fixture/raw-request.js';
import { openTestApi, type TestApi } from '../fixture/test-api.js';
import { until } from '../fixture/until.js';
import { EventHub } from './event-hub.js';

const run = promisify(execFile);

/** Prints the changes after a position until a key has come, and then the position; nothing but the standard library. */
const PYTHON = `
import json, sys, urllib.request
url, token, since, last = sys.argv[1:]
headers = {"Authorization": "Bearer " + token, **({"Last-Event-ID": since} if since else {})}
keys, event, position = [], {}, since
with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as stream:
    for line in stream:
        name, _, value = line.decode().rstrip("\\n").partition(": ")
        if name:
            event[name] = value
            continue
        position = event.get("id", position)
        if event.get("event") == "change":
            keys.append(json.loads(event["data"])["key"])
        event = {}
        if keys[-1:] == [last]:
            break
print(json.dumps([keys, position]))
`;

let api: TestApi;
let url: string;
beforeAll(async () => {
  api = await openTestApi();
  const hub = api.app.get(EventHub, { strict: false });
  await api.messaging.log.tail([0], { read: (entry) => hub.read(entry) });
  url = `http://127.0.0.1:${await listen(api.app)}/coffer/v1/main/events`;
});
afterAll(() => api.app.close());

it('is read by the eventsource package, and resumed where it was', async () => {
  const keys: string[] = [];
  let position = '';
  const open = (since: string): EventSource => {
    const authorization = 'Bearer root';
    const source = new EventSource(since === '' ? url : `${url}?since=${since}`, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization } }),
    });
    source.addEventListener('change', ({ data, lastEventId }) => {
      keys.push((JSON.parse(String(data)) as { key: string }).key);
      position = lastEventId;
    });
    return source;
  };
  const first = open('');
  let isReady = false;
  first.addEventListener('ready', () => (isReady = true));
  await until(() => isReady);
  await api.put('company', 'A');
  await until(() => keys.length === 1);
  first.close();
  await api.put('company', 'B');
  const second = open(position);
  await until(() => keys.length === 2);
  second.close();
  expect(keys).toEqual(['A', 'B']);
});

it("is read by Python's standard library, and resumed where it was", async () => {
  const read = async (since: string, last: string): Promise<[string[], string]> => {
    const { stdout } = await run('python3', ['-c', PYTHON, url, 'root', since, last]);
    return JSON.parse(stdout) as [string[], string];
  };
  const watching = async (): Promise<number> => (await api.figures()).get('coffer_event_watchers') ?? 0;
  await until(async () => (await watching()) === 0);
  const reading = read('', 'D');
  await until(async () => (await watching()) === 1);
  await api.put('company', 'C');
  await api.put('company', 'D');
  const [keys, position] = await reading;
  expect(keys).toEqual(['C', 'D']);
  await api.put('company', 'E');
  await api.put('company', 'F');
  expect((await read(position, 'F'))[0]).toEqual(['E', 'F']);
});
