import type { Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { createPayloadCodec } from './payload-codec.ts';

const key = Buffer.alloc(32, 'first');
const otherKey = Buffer.alloc(32, 'second');
const codec = createPayloadCodec([key]);
const ownedBy = (workflowId: string) => ({ type: 'workflow', namespace: 'default', workflowId }) as const;
const acme = ownedBy('t/acme/call/CA1');
const globex = ownedBy('t/globex/call/CA1');
const platform = ownedBy('gw/g1');

const payloadOf = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(text),
});
const textOf = (payload: Payload | undefined): string => Buffer.from(payload?.data ?? []).toString();

async function sealed(text: string, owner?: typeof acme): Promise<Payload> {
  const [payload] = await codec.encode([payloadOf(text)], owner);
  if (!payload) throw new Error('nothing was sealed');
  return payload;
}

describe('the payload codec', () => {
  it.each([
    ['nothing', ''],
    ['a short text', '"+420800000001"'],
    ['a long text', JSON.stringify('Dobrý den, '.repeat(1_000))],
    ['noise', JSON.stringify(Array.from({ length: 500 }, (_, i) => Math.sin(i)))],
  ])('gives back %s, metadata included', async (_what, text) => {
    const [opened] = await codec.decode([await sealed(text, acme)], acme);
    expect(textOf(opened)).toBe(text);
    expect(Buffer.from(opened?.metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
  });

  it('shows neither text nor length of what repeats, and never the same twice', async () => {
    const text = JSON.stringify('+420800000001 '.repeat(1_000));
    const [one, two] = [await sealed(text, acme), await sealed(text, acme)];
    expect(Buffer.from(one.data ?? []).includes('+420800000001')).toBe(false);
    expect(one.data?.length).toBeLessThan(text.length / 10);
    expect(Buffer.from(one.data ?? []).equals(Buffer.from(two.data ?? []))).toBe(false);
  });

  it('opens what an earlier release sealed', async () => {
    const vector = {
      metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==', key: 'YTk5ZmQzNDAzMjEy', scope: 'dC9hY21l' },
      data: 'UCEOpMR+9lve9cM6LumS8wUt9jFGmRVJkXAP90k+oD6s9ibMQPcfntUqQfe5Eh1dR7T2GpX5c1MJkJVPjKE5ULRyVPYFgu+b',
    };
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
    const { encoding, key: keyId, scope } = vector.metadata;
    const payload: Payload = {
      metadata: { encoding: bytes(encoding), key: bytes(keyId), scope: bytes(scope) },
      data: bytes(vector.data),
    };
    expect(textOf((await codec.decode([payload], acme))[0])).toBe('{"hello":"world"}');
  });

  it('is refused in another tenant’s workflow, and in one of the platform', async () => {
    const payload = await sealed('"x"', acme);
    await expect(codec.decode([payload], globex)).rejects.toMatchObject({ code: 'secret-unreadable' });
    await expect(codec.decode([payload], platform)).rejects.toMatchObject({ code: 'secret-unreadable' });
    await expect(codec.decode([await sealed('"x"', platform)], acme)).rejects.toMatchObject({
      code: 'secret-unreadable',
    });
  });

  it('belongs to its tenant, whichever of its workflows and activities reads it', async () => {
    const payload = await sealed('"x"', acme);
    const activity = { type: 'activity', namespace: 'default', workflowId: 't/acme/call/CA2', isLocal: false } as const;
    expect(textOf((await codec.decode([payload], activity))[0])).toBe('"x"');
  });

  it('is opened without an owner by its own scope, which cannot be changed', async () => {
    const payload = await sealed('"x"', acme);
    expect(textOf((await codec.decode([payload]))[0])).toBe('"x"');
    const moved = { ...payload, metadata: { ...payload.metadata, scope: Buffer.from('t/globex') } };
    await expect(codec.decode([moved], globex)).rejects.toMatchObject({ code: 'secret-unreadable' });
  });

  it('may go to any workflow when it was sealed for none', async () => {
    expect(textOf((await codec.decode([await sealed('"x"')], acme))[0])).toBe('"x"');
  });

  it.each([
    ['a flipped bit', (data: Buffer) => data.fill(data.readUInt8(20) ^ 1, 20, 21)],
    ['a cut end', (data: Buffer) => data.subarray(0, 20)],
    ['nothing at all', () => Buffer.alloc(0)],
  ])('refuses %s', async (_what, change) => {
    const payload = await sealed('"something longer than a tag"', acme);
    const changed = { ...payload, data: change(Buffer.from(payload.data ?? [])) };
    await expect(codec.decode([changed], acme)).rejects.toMatchObject({ code: 'secret-unreadable' });
  });

  it('opens what an older key sealed, and names a key that is not there', async () => {
    const payload = await sealed('"x"', acme);
    expect(textOf((await createPayloadCodec([otherKey, key]).decode([payload], acme))[0])).toBe('"x"');
    await expect(createPayloadCodec([otherKey]).decode([payload], acme)).rejects.toThrow(/no key [0-9a-f]{12}/);
  });

  it('lets through what nobody sealed', async () => {
    expect(await codec.decode([payloadOf('"x"')], acme)).toEqual([payloadOf('"x"')]);
  });

  it('refuses a platform key that is too short', () => {
    expect(() => createPayloadCodec([Buffer.alloc(16)])).toThrow(/16 bytes/);
  });
});
