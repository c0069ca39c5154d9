/** What an attribute's value must look like. */
export type AttributeRule =
  | { kind: 'url' }
  | { kind: 'stream-url' }
  | { kind: 'text'; pattern?: RegExp }
  | { kind: 'integer'; least: number; most: number }
  | { kind: 'one-of'; values: readonly string[] }
  | { kind: 'some-of'; values: readonly string[] };

export interface ElementRule {
  attributes: Readonly<Record<string, AttributeRule>>;
  required?: readonly string[];
  children: readonly string[];
  text: 'required' | 'none';
}

const url: AttributeRule = { kind: 'url' };
const text: AttributeRule = { kind: 'text' };
const method: AttributeRule = { kind: 'one-of', values: ['GET', 'POST'] };
const boolean: AttributeRule = { kind: 'one-of', values: ['true', 'false'] };
const integer = (least: number, most: number): AttributeRule => ({ kind: 'integer', least, most });
const oneOf = (...values: string[]): AttributeRule => ({ kind: 'one-of', values });
const someOf = (...values: string[]): AttributeRule => ({ kind: 'some-of', values });
const keys: AttributeRule = { kind: 'text', pattern: /^[0-9*#]*$/ };

const language = oneOf('cs-CZ', 'en-US', 'en-GB', 'en-AU', 'en-IN', 'de-DE', 'sk-SK', 'pl-PL');
const voice = oneOf(
  'man',
  'woman',
  'alice',
  ...['A', 'B'].flatMap((letter) => [`Google.cs-CZ-Standard-${letter}`, `Google.cs-CZ-Wavenet-${letter}`]),
  ...['en-US', 'en-GB'].flatMap((locale) =>
    ['A', 'B', 'C', 'D'].flatMap((letter) => [
      `Google.${locale}-Standard-${letter}`,
      `Google.${locale}-Wavenet-${letter}`,
    ]),
  ),
  'Polly.Joanna',
  'Polly.Matthew',
  'Polly.Amy',
  'Polly.Joanna-Neural',
  'Polly.Matthew-Neural',
  'Polly.Amy-Neural',
);

const recordingCallback = {
  recordingStatusCallback: url,
  recordingStatusCallbackMethod: method,
  recordingStatusCallbackEvent: someOf('in-progress', 'completed', 'absent'),
};
const trim = oneOf('trim-silence', 'do-not-trim');

/** The verbs and nouns that the network executes, with their attributes; anything else is a document error. */
export const TWIML_GRAMMAR: Readonly<Record<string, ElementRule>> = {
  Response: {
    attributes: {},
    children: [
      'Say',
      'Play',
      'Pause',
      'Gather',
      'Connect',
      'Dial',
      'Record',
      'Redirect',
      'Reject',
      'Hangup',
      'Start',
      'Stop',
    ],
    text: 'none',
  },
  Say: { attributes: { voice, language, loop: integer(0, 1000) }, children: [], text: 'required' },
  Play: {
    attributes: { digits: { kind: 'text', pattern: /^[0-9*#w]+$/ }, loop: integer(0, 1000) },
    children: [],
    text: 'none',
  },
  Pause: { attributes: { length: integer(1, 14_400) }, children: [], text: 'none' },
  Gather: {
    attributes: {
      action: url,
      method,
      actionOnEmptyResult: boolean,
      bargeIn: boolean,
      finishOnKey: keys,
      hints: text,
      input: someOf('dtmf', 'speech'),
      language,
      maxSpeechTime: integer(1, 120),
      numDigits: integer(1, 1000),
      profanityFilter: boolean,
      speechModel: oneOf('default', 'phone_call', 'numbers_and_commands', 'experimental_conversations'),
      speechTimeout: { kind: 'text', pattern: /^(auto|[1-9]\d*)$/ },
      timeout: integer(0, 600),
    },
    children: ['Say', 'Play', 'Pause'],
    text: 'none',
  },
  Connect: { attributes: { action: url, method }, children: ['Stream'], text: 'none' },
  Stream: {
    attributes: {
      url: { kind: 'stream-url' },
      name: text,
      track: oneOf('inbound_track', 'outbound_track', 'both_tracks'),
      statusCallback: url,
      statusCallbackMethod: method,
    },
    required: ['url'],
    children: ['Parameter'],
    text: 'none',
  },
  Parameter: { attributes: { name: text, value: text }, required: ['name', 'value'], children: [], text: 'none' },
  Dial: {
    attributes: {
      action: url,
      method,
      answerOnBridge: boolean,
      callerId: { kind: 'text', pattern: /^[\w+.-]{1,255}$/ },
      hangupOnStar: boolean,
      record: oneOf(
        'do-not-record',
        'record-from-answer',
        'record-from-ringing',
        'record-from-answer-dual',
        'record-from-ringing-dual',
      ),
      ...recordingCallback,
      recordingTrack: oneOf('both', 'inbound', 'outbound'),
      ringTone: oneOf('cz', 'us', 'uk', 'de', 'sk', 'at', 'pl'),
      sequential: boolean,
      timeLimit: integer(1, 86_400),
      timeout: integer(1, 600),
      trim,
    },
    children: ['Number', 'Sip'],
    text: 'none',
  },
  Number: {
    attributes: {
      url,
      method,
      sendDigits: { kind: 'text', pattern: /^[0-9*#wW]{1,32}$/ },
      statusCallback: url,
      statusCallbackMethod: method,
      statusCallbackEvent: someOf('initiated', 'ringing', 'answered', 'completed'),
    },
    children: [],
    text: 'required',
  },
  Sip: {
    attributes: {
      url,
      method,
      username: text,
      password: text,
      statusCallback: url,
      statusCallbackMethod: method,
      statusCallbackEvent: someOf('initiated', 'ringing', 'answered', 'completed'),
    },
    children: [],
    text: 'required',
  },
  Record: {
    attributes: {
      action: url,
      method,
      finishOnKey: keys,
      maxLength: integer(1, 14_400),
      playBeep: boolean,
      ...recordingCallback,
      timeout: integer(0, 600),
      trim,
    },
    children: [],
    text: 'none',
  },
  Redirect: { attributes: { method }, children: [], text: 'required' },
  Reject: { attributes: { reason: oneOf('rejected', 'busy') }, children: [], text: 'none' },
  Hangup: { attributes: {}, children: [], text: 'none' },
  Start: { attributes: {}, children: ['Recording'], text: 'none' },
  Stop: { attributes: {}, children: ['Recording'], text: 'none' },
  Recording: {
    attributes: {
      ...recordingCallback,
      channels: oneOf('mono', 'dual'),
      track: oneOf('inbound', 'outbound', 'both'),
      trim,
    },
    children: [],
    text: 'none',
  },
};

/** Why a value breaks its rule; undefined when it is fine. URLs are judged by the parser, which knows the document. */
export function valueProblem(rule: AttributeRule, value: string): string | undefined {
  switch (rule.kind) {
    case 'url':
    case 'stream-url':
      return undefined;
    case 'text':
      return rule.pattern && !rule.pattern.test(value) ? 'has a bad format' : undefined;
    case 'integer': {
      const inRange = /^\d+$/.test(value) && Number(value) >= rule.least && Number(value) <= rule.most;
      return inRange ? undefined : `is not a whole number from ${rule.least} to ${rule.most}`;
    }
    case 'one-of':
      return rule.values.includes(value) ? undefined : 'is not one of the known values';
    case 'some-of': {
      const parts = value.split(' ').filter((part) => part !== '');
      const known = parts.length > 0 && parts.every((part) => rule.values.includes(part));
      return known ? undefined : 'holds an unknown value';
    }
  }
}
