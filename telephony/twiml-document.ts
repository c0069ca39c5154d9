import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { carrierVoice } from '../contracts/voices.ts';
import type { Speech } from '../contracts/instructions.ts';

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
interface XmlNode {
  addChild(name: string, attributes: Record<string, string>): XmlNode;
  addText(text: string): void;
}

/** A TwiML document under construction. */
export interface TwimlDocument {
  /** Appends a verb; returns its node for nouns inside. */
  add(name: string, attributes?: Attributes, text?: string): TwimlNode;
  say(speech: Speech): void;
  toString(): string;
}

export interface TwimlNode {
  add(name: string, attributes?: Attributes, text?: string): TwimlNode;
  say(speech: Speech): void;
}

export function createTwimlDocument(): TwimlDocument {
  const response = new VoiceResponse();
  return { ...wrap(response), toString: () => response.toString() };
}

function wrap(node: XmlNode): TwimlNode {
  const add: TwimlNode['add'] = (name, attributes = {}, text) => {
    const child = node.addChild(name, written(attributes));
    if (text !== undefined) child.addText(speakable(text));
    return wrap(child);
  };
  return { add, say: (speech) => void add('Say', voiceOf(speech), speech.text) };
}

/** The language is the voice's own: one that contradicts the voice is an error at the carrier (13520). */
function voiceOf({ voiceId, language }: Speech): Attributes {
  const voice = carrierVoice(voiceId, language);
  return { voice, language: /^Google\.([a-z]{2,3}-[A-Z]{2})-/.exec(voice)?.[1] ?? language };
}

function written(attributes: Attributes): Record<string, string> {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, String(value)]));
}

/** XML 1.0 has no other control characters, and no lone surrogates: either makes the whole document unreadable. */
function speakable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ' ');
}
