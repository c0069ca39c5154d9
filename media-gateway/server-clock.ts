import { Context } from '@temporalio/activity';
import type { GatewayActivities } from '../contracts/gateway.ts';
import { createStreamClock } from './session/stream-clock.ts';

/**
 * Temporal's clock as it is seen from here. Whatever it dates comes later than it was dated, by a hundredth of a second
 * or, from a worker that has to read a history first, by a second or two: the least delayed so far tells how late the others are.
 * So a call's clock goes on at one gateway as it was at another, without the machines' own clocks.
 */
export interface ServerClock {
  /** When that was on our own clock; it has come just now. */
  date(serverMs: number): number;
  /** The same activities, which learn from each order when it was given. */
  learningFrom(activities: GatewayActivities): GatewayActivities;
}

export function createServerClock(
  nowMs: () => number,
  orderedAtMs = (): number => Context.current().info.currentAttemptScheduledTimestampMs,
): ServerClock {
  const clock = createStreamClock();
  const date = (serverMs: number): number => clock.date(serverMs, nowMs());
  const learn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    date(orderedAtMs());
    return run();
  };
  return {
    date,
    learningFrom: (activities) => ({
      warm: (input) => learn(() => activities.warm(input)),
      command: (input) => learn(() => activities.command(input)),
      holds: (input) => learn(() => activities.holds(input)),
      holdLease: () => learn(() => activities.holdLease()),
    }),
  };
}
