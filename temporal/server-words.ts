import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Passes on what a server says; from the moment that it is told to stop, without what says only that. */
export function passOnWords(words: Readable, isStopping: () => boolean, write: (line: string) => void): void {
  createInterface({ input: words }).on('line', (line) => {
    if (!(isStopping() && saysThatItStops(line))) write(`${line}\n`);
  });
}

/**
 * Whether a line of a server that was told to stop says no more than that it stops. Its matching engine tidies up its queues
 * in the background, by statements that the stop cuts off: `level=ERROR … error="context canceled"`, once for each that is
 * under way. What is left undone is done at the next start.
 */
function saysThatItStops(line: string): boolean {
  return /\blevel=ERROR msg="Persistent store operation failure" .*\berror="context canceled"/.test(line);
}
