import { beforeEach, describe, expect, it } from 'vitest';
import { callSid, createWorld, type World } from './testing/api-harness.ts';

const path = `/telephony/t/acme/calls/${callSid}/message/node-3`;
const MessageSid = `SM${'5'.repeat(32)}`;
let world: World;
beforeEach(async () => {
  world = await createWorld();
});
/** The carrier says nothing of the call in it. */
const report = (MessageStatus: string, more: Record<string, string> = {}, to = path) =>
  world.signed(to, { MessageSid, MessageStatus, Direction: '', CallSid: '', ...more });

describe('a report on a text message', () => {
  it.each([
    ['delivered', {}, 'sms-delivered', {}],
    ['read', {}, 'sms-delivered', {}],
    ['undelivered', { ErrorCode: '30003' }, 'sms-undelivered', { reason: 'unreachable', carrierCode: 30_003 }],
    ['failed', { ErrorCode: '30007' }, 'sms-undelivered', { reason: 'filtered', carrierCode: 30_007 }],
    ['undelivered', { ErrorCode: '39999' }, 'sms-undelivered', { reason: 'carrier-refused', carrierCode: 39_999 }],
    ['failed', { ErrorCode: '' }, 'sms-undelivered', { reason: 'unknown' }],
  ])('%s %j becomes an event of the call', async (status, more, kind, why) => {
    expect((await report(status, more)).statusCode).toBe(204);
    expect(world.events).toEqual([
      {
        tenantId: 'acme',
        callId: callSid,
        eventId: `${MessageSid}/${kind}`,
        kind,
        atMs: world.now.atMs,
        data: { smsId: 'node-3', messageId: MessageSid, ...why },
      },
    ]);
  });

  it.each(['queued', 'sent', 'accepted', 'constructor', 'transcending'])(
    'that says %s changes nothing',
    async (status) => {
      expect((await report(status)).statusCode).toBe(204);
      expect(world.events).toEqual([]);
    },
  );

  it('of another tenant, of no message, or signed by nobody is refused', async () => {
    expect((await report('delivered', {}, path.replace('acme', 'other'))).statusCode).toBe(403);
    expect((await report('delivered', { MessageSid: 'SM1' })).statusCode).toBe(400);
    const forged = await world.signed(path, { MessageSid, MessageStatus: 'delivered' }, { token: 'token-of-nobody' });
    expect(forged.statusCode).toBe(403);
    expect(world.events).toEqual([]);
  });
});
