import { once } from 'node:events';
import { createServer } from 'node:net';
import { AppError } from '../../contracts/errors.ts';

export interface WantedPort {
  /** What listens there. */
  name: string;
  port: number;
  /** The variable that changes it. */
  variable: string;
}

/** Refuses to go on where a wanted port is taken on loopback; one error names them all. */
export async function assertPortsFree(wanted: readonly WantedPort[]): Promise<void> {
  const taken: string[] = [];
  for (const { name, port, variable } of wanted) {
    if (port !== 0 && !(await isFree(port)))
      taken.push(`port ${port}, meant for ${name}: set ${variable} to another one`);
  }
  const twice = wanted.filter(({ port }, i) => port !== 0 && wanted.findIndex((other) => other.port === port) !== i);
  taken.push(
    ...twice.map(({ name, port, variable }) => `port ${port}, meant for ${name}, is given twice: change ${variable}`),
  );
  if (taken.length > 0)
    throw new AppError('port-in-use', `ports in use:\n${taken.map((line) => `  ${line}`).join('\n')}`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, '127.0.0.1');
  try {
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}
