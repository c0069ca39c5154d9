import { listAt, parseJson, stringAt } from './json.ts';
import type { KeyRing } from './keys.ts';
import type { LiveSession } from './live-session.ts';
import { isModelTrap } from './model-traps.ts';
import type { RestAnswer } from './rest-answers.ts';

/** What the control API looks at. */
export interface ControlDeps {
  readonly keys: KeyRing;
  /** Newest last; ended ones are kept. */
  readonly sessions: readonly LiveSession[];
  readonly violations: readonly Violation[];
  readonly nowMs: () => number;
}

/** Something that a client did and the real server would refuse. */
export interface Violation {
  readonly atMs: number;
  readonly sessionId: string;
  readonly key: string;
  readonly detail: string;
}

/** Answers `/_sim/…`; undefined for any other path. */
export function controlAnswer(
  method: string,
  path: string,
  query: URLSearchParams,
  body: string,
  deps: ControlDeps,
): RestAnswer | undefined {
  if (!path.startsWith('/_sim/')) return undefined;
  const parts = path.slice('/_sim/'.length).split('/').map(decodeURIComponent);
  const [kind, id] = parts;
  if (method === 'GET' && kind === 'violations') return { status: 200, body: deps.violations };
  if (method === 'GET' && kind === 'sessions' && id === undefined) {
    const key = query.get('key');
    const records = deps.sessions.map((session) => session.record);
    return { status: 200, body: key === null ? records : records.filter((record) => record.key === key) };
  }
  if (method === 'PUT' && kind === 'keys' && id !== undefined) return bindKey(id, body, deps.keys);
  if (method === 'GET' && kind === 'keys' && id !== undefined) return keyAnswer(id, deps.keys);
  const session = kind === 'sessions' ? deps.sessions.find((one) => one.record.id === id) : undefined;
  if (!session) return { status: 404, body: { message: `nothing at ${path}` } };
  if (method === 'GET' && parts.length === 2) return { status: 200, body: session.record };
  if (method === 'POST' && parts[2] === 'trap') return springTrap(session, body, deps);
  return { status: 404, body: { message: `nothing at ${path}` } };
}

/** Binds a key anew: its traps are armed again. */
export function bindKey<Trap extends string>(key: string, body: string, keys: KeyRing<Trap>): RestAnswer {
  const request = parseJson(body);
  const traps = listAt(request, 'traps').map(String);
  try {
    keys.bind(key, stringAt(request, 'scenario') ?? '', traps);
    return keyAnswer(key, keys);
  } catch (error) {
    if (error instanceof RangeError) return { status: 400, body: { message: error.message } };
    throw error;
  }
}

/** What a key stands for, and its traps that have not sprung yet. */
export function keyAnswer<Trap extends string>(key: string, keys: KeyRing<Trap>): RestAnswer {
  const binding = keys.find(key);
  if (!binding) return { status: 404, body: { message: `no key ${key}` } };
  return { status: 200, body: { key, scenario: binding.scenario.name, traps: binding.traps.armed } };
}

function springTrap(session: LiveSession, body: string, { nowMs }: ControlDeps): RestAnswer {
  const name = stringAt(parseJson(body), 'name') ?? '';
  if (!isModelTrap(name)) return { status: 400, body: { message: `unknown trap "${name}"` } };
  if (session.record.closed) return { status: 409, body: { message: 'the session has ended' } };
  session.spring(name, nowMs());
  return { status: 200, body: { id: session.record.id, trap: name } };
}
