import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { CallAnswer, Instruction } from '../contracts/instructions.ts';
import { renderTwiml } from './render-twiml.ts';

const czech = { voiceId: 'cs-CZ-Standard-A', language: 'cs-CZ' };
const context = {
  publicUrl: 'https://api.switchboard.test/',
  tenantId: 'acme',
  callId: 'CA1',
  ownNumber: '+420222111000',
};
const base = 'https://api.switchboard.test/telephony/t/acme/calls/CA1';
const overrides = '#ct=1000&amp;rt=4000&amp;rc=2&amp;rp=all&amp;tt=5000';
const say = (text: string) => `<Say voice="Google.cs-CZ-Standard-A" language="cs-CZ">${text}</Say>`;
const play = (audioId: string) =>
  `<Play>https://api.switchboard.test/telephony/t/acme/prompts/${audioId}${overrides}</Play>`;
const next = (awaited: string) => `${base}/next/4/${awaited}${overrides}`;
const dialled = `<Dial action="${next('dial')}" method="POST" timeout="20" callerId="+420222111000"><Number statusCallback="${base}/leg/4${overrides}" statusCallbackMethod="POST">+420222999888</Number></Dial>`;

function render(instructions: Instruction[], media?: CallAnswer['media']): string {
  const answer = { number: 4, instructions, ...(media ? { media } : {}) };
  const document = renderTwiml(answer, { ...context, ...(media ? { mediaToken: 'token.signed' } : {}) });
  expect(document).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><Response>.*<\/Response>$/s);
  new SaxesParser().write(document).close();
  return document.slice(document.indexOf('<Response>') + 10, -11);
}

describe('renderTwiml', () => {
  it.each<[string, Instruction[], string]>([
    [
      'says, then asks on',
      [{ type: 'say', speech: { ...czech, text: 'Dobrý den & vítejte' } }],
      `${say('Dobrý den &amp; vítejte')}<Redirect method="POST">${next('done')}</Redirect>`,
    ],
    [
      'pauses for whole seconds',
      [{ type: 'pause', lengthMs: 1200 }],
      `<Pause length="2"/><Redirect method="POST">${next('done')}</Redirect>`,
    ],
    [
      'collects digits, and hears of silence too',
      [
        {
          type: 'gather',
          input: 'digits',
          prompts: [{ type: 'say', speech: { ...czech, text: 'Číslo?' } }],
          maxDigits: 4,
          finishOnKey: '#',
          timeoutMs: 5000,
        },
      ],
      `<Gather input="dtmf" actionOnEmptyResult="true" numDigits="4" timeout="5" finishOnKey="#" action="${next('digits')}" method="POST">${say('Číslo?')}</Gather>`,
    ],
    [
      'collects digits without a prompt and without an end key',
      [{ type: 'gather', input: 'digits', prompts: [], maxDigits: 1, finishOnKey: '', timeoutMs: 5000 }],
      `<Gather input="dtmf" actionOnEmptyResult="true" numDigits="1" timeout="5" finishOnKey="" action="${next('digits')}" method="POST"/>`,
    ],
    ['dials', [{ type: 'dial', to: { phoneNumber: '+420222999888' }, timeoutS: 20 }], dialled],
    [
      'records a voicemail, and goes on where nobody spoke',
      [
        {
          type: 'voicemail',
          prompts: [{ type: 'say', speech: { ...czech, text: 'Vzkaz' } }],
          maxLengthS: 60,
          finishOnKey: '#',
        },
      ],
      `${say('Vzkaz')}<Record action="${next('voicemail')}" method="POST" maxLength="60" timeout="5" finishOnKey="#" playBeep="true" recordingStatusCallback="${base}/recording${overrides}" recordingStatusCallbackMethod="POST"/><Redirect method="POST">${next('voicemail')}</Redirect>`,
    ],
    [
      'hangs up after last words',
      [{ type: 'hangUp', lastWords: { ...czech, text: 'Na shledanou' } }],
      `${say('Na shledanou')}<Hangup/>`,
    ],
    [
      'takes words as well as keys, and tells what may be said',
      [
        {
          type: 'gather',
          input: 'both',
          prompts: [{ type: 'play', audio: { promptId: 'menu', audioId: 'a1', durationMs: 2000 } }],
          maxDigits: 1,
          finishOnKey: '',
          timeoutMs: 5000,
          speech: { language: 'cs-CZ', hints: ['prodej', ' ano, prosím,', ',', 'a'.repeat(101)] },
        },
      ],
      `<Gather input="dtmf speech" actionOnEmptyResult="true" numDigits="1" timeout="5" finishOnKey="" speechTimeout="auto" language="cs-CZ" hints="prodej, ano prosím" action="${next('digits')}" method="POST">${play('a1')}</Gather>`,
    ],
    [
      'lets an answer cut short what may be interrupted before the question',
      [
        { type: 'say', speech: { ...czech, text: 'Vítejte' }, mayBeInterrupted: true },
        { type: 'say', speech: { ...czech, text: 'Hovor nahráváme' } },
        { type: 'say', speech: { ...czech, text: 'Máme slevy' }, mayBeInterrupted: true },
        { type: 'gather', input: 'digits', prompts: [], maxDigits: 1, finishOnKey: '', timeoutMs: 5000 },
      ],
      `${say('Vítejte')}${say('Hovor nahráváme')}<Gather input="dtmf" actionOnEmptyResult="true" numDigits="1" timeout="5" finishOnKey="" action="${next('digits')}" method="POST">${say('Máme slevy')}</Gather>`,
    ],
    [
      'plays a prompt and goes on',
      [{ type: 'play', audio: { promptId: 'hello', audioId: 'a2', durationMs: 900 } }],
      `${play('a2')}<Redirect method="POST">${next('done')}</Redirect>`,
    ],
    [
      'holds with music for as long as it shall take, the last time with a part of it',
      [{ type: 'wait', durationMs: 70_000, music: { promptId: 'm', audioId: 'a3', durationMs: 20_000 } }],
      `${play('a3').replace('<Play>', '<Play loop="3">')}${play('a3/first/10000')}<Redirect method="POST">${next('done')}</Redirect>`,
    ],
    [
      'holds with as many repeats of short music as the carrier takes at a time',
      [{ type: 'wait', durationMs: 3_600_000, music: { promptId: 'm', audioId: 'a3', durationMs: 2_000 } }],
      `${play('a3').replace('<Play>', '<Play loop="1000">')}${play('a3').replace('<Play>', '<Play loop="800">')}<Redirect method="POST">${next('done')}</Redirect>`,
    ],
    [
      'holds with the beginning of music that is longer',
      [{ type: 'wait', durationMs: 5_000, music: { promptId: 'm', audioId: 'a3', durationMs: 20_000 } }],
      `${play('a3/first/5000')}<Redirect method="POST">${next('done')}</Redirect>`,
    ],
    [
      'holds in silence',
      [{ type: 'wait', durationMs: 2500 }],
      `<Pause length="3"/><Redirect method="POST">${next('done')}</Redirect>`,
    ],
    [
      'dials a SIP address as another number',
      [{ type: 'dial', to: { sipUri: 'sip:desk@pbx.test' }, timeoutS: 15, callerId: '+420222999888' }],
      `<Dial action="${next('dial')}" method="POST" timeout="15" callerId="+420222999888"><Sip>sip:desk@pbx.test</Sip></Dial>`,
    ],
    ['rejects', [{ type: 'reject', reason: 'busy' }], '<Reject reason="busy"/>'],
    [
      'hangs up a degraded plan of words',
      [{ type: 'degraded', plan: { ...czech, steps: [{ type: 'say', text: 'Později' }] } }],
      `${say('Později')}<Hangup/>`,
    ],
    [
      'stops a degraded plan at its first step that waits',
      [
        {
          type: 'degraded',
          plan: {
            ...czech,
            steps: [
              { type: 'say', text: 'Spojuji' },
              { type: 'dial', phoneNumber: '+420222999888', timeoutS: 9 },
              { type: 'say', text: 'Nikdo' },
            ],
          },
        },
      ],
      `${say('Spojuji')}<Dial action="${next('dial')}" method="POST" timeout="9" callerId="+420222111000"><Number>+420222999888</Number></Dial>`,
    ],
    [
      'drops what follows a verb that waits',
      [
        { type: 'dial', to: { phoneNumber: '+420222999888' }, timeoutS: 20 },
        { type: 'say', speech: { ...czech, text: 'nie' } },
      ],
      dialled,
    ],
  ])('%s', (_name, instructions, expected) => {
    expect(render(instructions)).toBe(expected);
  });

  it('streams to the gateway with the token as a parameter, and asks us when the stream is over', () => {
    const media = {
      gateway: { gatewayId: 'gw-1', mediaUrl: 'wss://media.switchboard.test/media' },
      epoch: 1,
      nodeId: 'n',
      assistantVersionId: 'a@1',
    };
    expect(
      render(
        [
          { type: 'say', speech: { ...czech, text: 'Moment' } },
          { type: 'assistant', nodeId: 'n', assistantId: 'a' },
        ],
        media,
      ),
    ).toBe(
      `${say('Moment')}<Connect action="${base}/next/4/stream/gw-1${overrides}" method="POST">` +
        `<Stream url="wss://media.switchboard.test/media" statusCallback="${base}/stream-status${overrides}" statusCallbackMethod="POST">` +
        '<Parameter name="token" value="token.signed"/></Stream></Connect>',
    );
  });

  it('refuses an assistant without a gateway: the caller must not fall into nothing', () => {
    expect(() => render([{ type: 'assistant', nodeId: 'n', assistantId: 'a' }])).toThrow(
      expect.objectContaining({ code: 'stream-refused' }),
    );
  });

  it('leaves out what no XML document may hold', () => {
    expect(render([{ type: 'hangUp', lastWords: { ...czech, text: 'a\u0000b\u001fc\ud800d<Hangup/>' } }])).toBe(
      `${say('a b c\ufffdd&lt;Hangup/&gt;')}<Hangup/>`,
    );
  });

  it('speaks the language of its voice', () => {
    expect(render([{ type: 'hangUp', lastWords: { text: 'x', voiceId: 'Kore', language: 'cs' } }])).toContain(
      'voice="Google.cs-CZ-Standard-A" language="cs-CZ"',
    );
    expect(
      render([{ type: 'hangUp', lastWords: { text: 'x', voiceId: 'en-GB-Standard-A', language: 'en-US' } }]),
    ).toContain('language="en-GB"');
  });
});
