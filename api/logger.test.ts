import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AppError } from '../contracts/errors.ts';
import { createLogger } from './logger.ts';

function logged(personalData: boolean, fields: object): string {
  let text = '';
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  createLogger({ level: 'info', personalData, sink }).child({ callId: 'c1' }).info(fields, 'call arrived');
  return text;
}

describe('the logger', () => {
  it('hides what stands under pii and what foreign errors say, and keeps where they arose', () => {
    const line = logged(false, { pii: { from: '+420777123456' }, err: new TypeError('bad number +420777123456') });
    expect(line).not.toContain('777123456');
    expect(JSON.parse(line)).toMatchObject({
      callId: 'c1',
      msg: 'call arrived',
      err: { type: 'TypeError', stack: expect.stringContaining('logger.test.ts') },
    });
  });

  it('keeps the words of our own errors', () => {
    expect(logged(false, { err: new AppError('call-ended', 'the call is over') })).toContain('the call is over');
  });

  it('shows all where it is asked to', () => {
    expect(logged(true, { pii: { from: '+420777123456' } })).toContain('+420777123456');
  });
});
