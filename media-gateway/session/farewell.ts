import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import type { CallLine, SessionDeps, Stopped } from './session-deps.ts';
import type { TurnWriter } from './turn-writer.ts';
import { within } from './within.ts';

const TELL_WITHIN_MS = 1000;
const SETTLE_WITHIN_MS = 30_000;

export interface Farewell {
  /** Absent: the stream ends without one, and the carrier asks anew. */
  outcome?: string;
  data?: JsonObject | undefined;
  visit?: number;
  lastSeq: number;
  /** The call was told of the outcome, or did not answer: then it is stored. */
  told?: 'told' | 'unanswered';
  /** The call is given up between two turns, for another gateway to go on as if nothing had been. */
  isHandover?: boolean;
  /** With that: up to where the caller was heard, on the call's clock. */
  heardUntilMs?: number;
  writer: TurnWriter;
  line: CallLine;
  onTurnsLost: SessionDeps['onTurnsLost'];
  log: Logger;
  closeStream: () => void;
}

/** Tells or stores the outcome and writes the last turns, then closes the stream, then keeps trying what is left. Never rejects. */
export async function sayFarewell({
  outcome,
  data,
  visit,
  lastSeq,
  told,
  isHandover,
  heardUntilMs,
  writer,
  line,
  onTurnsLost,
  log,
  closeStream,
}: Farewell): Promise<void> {
  const written = writer.settle(TELL_WITHIN_MS);
  const whose = visit === undefined ? {} : { visit };
  if (outcome !== undefined) await tellOutcome({ outcome, ...whose, lastSeq, ...(data && { data }) }, told, line, log);
  else if (isHandover)
    await within(
      line.handOver(lastSeq, heardUntilMs).catch(() => undefined),
      TELL_WITHIN_MS,
      undefined,
    );
  await written;
  closeStream();
  const missing = await writer.settle(SETTLE_WITHIN_MS);
  if (missing === 0) return;
  onTurnsLost?.('call-over', missing);
  log.error({ missing }, 'turns lost: storage was away to the end');
}

async function tellOutcome(stopped: Stopped, before: Farewell['told'], line: CallLine, log: Logger): Promise<void> {
  if (before === 'told') return;
  const { outcome, lastSeq: _, data: _unstored, ...whose } = stopped;
  const telling = before === 'unanswered' ? false : line.tellStopped(stopped).catch(() => false);
  if (telling !== false && (await within(telling, TELL_WITHIN_MS, false))) return;
  log.warn({ outcome }, 'the call could not be told, the outcome is stored');
  const stored = line.storeOutcome({ outcome, ...whose }).catch((failure: unknown) => {
    log.error({ outcome, reason: messageOf(failure) }, 'the outcome is lost');
  });
  await within(stored, TELL_WITHIN_MS, undefined);
}
