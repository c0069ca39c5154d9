/**
 * Whose turn it is to dial on one account of the carrier, which tenants may share. Pure: the state is kept by whoever lets
 * one asker at a time change it, and the times are his clock's.
 *
 * (a) Two turns are at least `spacingMs` apart; a turn that was taken a little late is made up for by `catchUpMs` at most.
 * (b) Tenants take turns, whoever of them asks for more.
 * (c) Who must wait is told for how long, keeps his place, and comes back: one who is overdue by `graceMs` has lost it.
 * (d) A tenant has `mostWaiting` places; the others of his are told when to come for one, each to a time of his own.
 */
export interface DialQueue {
  /** Nobody dials before. */
  nextAtMs: number;
  /** Of those with nothing to do none is here; whose turn it is stands first. */
  tenants: readonly DialTenant[];
  /** When the carrier last said that it was asked too often, and how often in a row. */
  refused?: { atMs: number; times: number };
}

interface DialTenant {
  tenant: string;
  waiting: readonly { call: string; dueAtMs: number }[];
  /** When the last of those without a place comes back. */
  sentUntilMs: number;
}

/** `now`: dial. `later`: ask again after that time, in milliseconds. */
export type DialTurn = { type: 'now' } | { type: 'later'; afterMs: number };

export interface DialAsker {
  tenant: string;
  call: string;
}

export const emptyDialQueue: DialQueue = { nextAtMs: 0, tenants: [] };
export const graceMs = 2_000;
export const catchUpMs = 50;
export const mostWaiting = 50;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

export function askTurn(
  before: DialQueue,
  { tenant, call }: DialAsker,
  atMs: number,
  spacingMs: number,
): [DialQueue, DialTurn] {
  const present = before.tenants.map((one) => withoutLost(one, atMs)).filter((one) => isPresent(one, atMs));
  const index = present.findIndex((one) => one.tenant === tenant);
  const own = present[index] ?? { tenant, waiting: [], sentUntilMs: 0 };
  const tenants = index === -1 ? [...present, own] : present;
  const ownIndex = index === -1 ? tenants.length - 1 : index;
  const known = own.waiting.findIndex((one) => one.call === call);
  const place = known === -1 ? own.waiting.length : known;
  const ahead = turnsAhead(tenants, ownIndex, place);
  const put = (changed: DialTenant): DialTenant[] => tenants.map((one, i) => (i === ownIndex ? changed : one));

  if (ahead === 0 && before.nextAtMs <= atMs) {
    const left = { ...own, waiting: own.waiting.filter((one) => one.call !== call) };
    const others = tenants.filter((_, i) => i !== ownIndex);
    const nextAtMs = Math.max(before.nextAtMs, atMs - catchUpMs) + spacingMs;
    return [{ ...before, nextAtMs, tenants: [...others, left] }, { type: 'now' }];
  }
  const dueAtMs = Math.ceil(Math.max(before.nextAtMs, atMs) + ahead * spacingMs);
  if (place >= mostWaiting) {
    const backAtMs = Math.ceil(Math.max(dueAtMs, own.sentUntilMs + spacingMs * tenants.length));
    return [
      { ...before, tenants: put({ ...own, sentUntilMs: backAtMs }) },
      { type: 'later', afterMs: backAtMs - atMs },
    ];
  }
  const waiting = own.waiting.toSpliced(place, 1, { call, dueAtMs });
  return [
    { ...before, tenants: put({ ...own, waiting }) },
    { type: 'later', afterMs: dueAtMs - atMs },
  ];
}

/** The carrier was asked too often, for all that we kept to: the account pauses, longer each time in a row. */
export function tooOften(before: DialQueue, atMs: number): [DialQueue, pauseMs: number] {
  const last = before.refused;
  const isAgain = last !== undefined && atMs - last.atMs <= 2 * longestPauseMs;
  const times = isAgain ? last.times + 1 : 1;
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (times - 1));
  return [{ ...before, nextAtMs: Math.max(before.nextAtMs, atMs + pauseMs), refused: { atMs, times } }, pauseMs];
}

/** How many are served before who stands at that place of that tenant. */
function turnsAhead(tenants: readonly DialTenant[], ownIndex: number, place: number): number {
  return tenants.reduce((sum, { waiting }, i) => {
    if (i === ownIndex) return sum + place;
    return sum + Math.min(waiting.length, i < ownIndex ? place + 1 : place);
  }, 0);
}

function withoutLost(tenant: DialTenant, atMs: number): DialTenant {
  const waiting = tenant.waiting.filter(({ dueAtMs }) => dueAtMs + graceMs >= atMs);
  return waiting.length === tenant.waiting.length ? tenant : { ...tenant, waiting };
}

function isPresent({ waiting, sentUntilMs }: DialTenant, atMs: number): boolean {
  return waiting.length > 0 || sentUntilMs > atMs;
}
