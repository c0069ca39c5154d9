/** The end of a stack, in order or at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../contracts/errors.ts';
import type { Addresses } from './child-env.ts';
import type { StackOptions, StackParts } from './stack-parts.ts';

// Together, services twice, within `stopDeadlineMs`.
const evacuationMs = 2500;
const productGraceMs = 3500;
const simulatorGraceMs = 500;
const serviceGraceMs = 1200;
const stopDeadlineMs = 9500;

/** Live calls first, then the product, the simulators (they carry the calls), Temporal, Postgres; at the deadline all that is left. */
export async function stopStack(options: StackOptions, parts: StackParts, addresses: Addresses): Promise<void> {
  const inTime = stopInOrder(options, parts, addresses).then(() => true);
  if (await Promise.race([inTime, delay(stopDeadlineMs, false, { ref: false })])) return;
  options.say('supervisor', 'not everything stopped in time: killing the rest');
  await killStack(parts);
}

/** No evacuation, no grace. */
export async function killStack(parts: StackParts): Promise<void> {
  forceTemporal(parts);
  await Promise.all([
    ...[...parts.children, ...parts.simulators].map((child) => child.kill()),
    stopService(parts.temporal, () => undefined),
    stopService(parts.postgres, () => undefined),
  ]);
  parts.guard.close(); // it ends what may still be there
}

async function stopInOrder(options: StackOptions, parts: StackParts, addresses: Addresses): Promise<void> {
  if (parts.postgres) await evacuate(options, addresses);
  await Promise.all(parts.children.map((child) => child.stop(productGraceMs)));
  await Promise.all(parts.simulators.map((child) => child.stop(simulatorGraceMs)));
  await stopService(parts.temporal, () => forceTemporal(parts));
  await stopService(parts.postgres, () => undefined);
  parts.guard.close();
}

async function evacuate({ evacuate: move, say }: StackOptions, addresses: Addresses): Promise<void> {
  const moved = move?.(addresses, evacuationMs).catch((failure: unknown) => {
    say('supervisor', `live calls could not be moved: ${messageOf(failure)}`);
  });
  const late = delay(evacuationMs + 200, 'late', { ref: false });
  if ((await Promise.race([moved, late])) === 'late') say('supervisor', 'moving live calls took too long');
}

/** Stops a service, with force after a short grace; a service that even then remains is left to the guard. */
async function stopService(service: { stop(): Promise<void> } | undefined, force: () => void): Promise<void> {
  if (!service) return;
  const stopped = service.stop().then(() => true);
  if (await Promise.race([stopped, delay(serviceGraceMs, false, { ref: false })])) return;
  force();
  await Promise.race([stopped, delay(serviceGraceMs, false, { ref: false })]);
}

function forceTemporal({ temporal }: StackParts): void {
  const server = temporal?.current();
  try {
    if (server) process.kill(server.pid, 'SIGKILL');
  } catch {
    // it has gone
  }
}
