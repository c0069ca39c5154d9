/**
 * Outlives a supervisor that was killed: its standard input is a pipe from the supervisor, one line for each process
 * that began (`+ID SIGNAL`, a negative id for a group) or went (`-ID`). When the pipe closes it signals what is left,
 * and kills it two seconds later. Runs in a session of its own, so that what kills the supervisor does not reach it.
 */
import { createInterface } from 'node:readline';

const graceMs = 2000;
const watched = new Map();

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [, sign, id, signal] = /^([+-])(-?\d+)(?: (\w+))?$/.exec(line) ?? [];
  if (sign === '+') watched.set(Number(id), signal);
  if (sign === '-') watched.delete(Number(id));
});
lines.on('close', () => {
  for (const [id, signal] of watched) send(id, signal);
  if (watched.size > 0) setTimeout(() => [...watched.keys()].forEach((id) => send(id, 'SIGKILL')), graceMs);
});
// Only the end of the pipe counts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

function send(id, signal) {
  try {
    process.kill(id, signal);
  } catch {
    watched.delete(id); // gone already
  }
}
