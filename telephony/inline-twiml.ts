import { AppError } from '../contracts/errors.ts';
import type { Speech } from '../contracts/instructions.ts';
import { maxInlineCharacters } from './degraded-twiml.ts';
import { createTwimlDocument, type TwimlDocument } from './twiml-document.ts';

/** Says something to a call that is not streaming, and then asks where it was. */
export function inlineSpeech(speech: Speech, continueUrl: string): string {
  const document = createTwimlDocument();
  document.say(speech);
  return returning(document, continueUrl);
}

/** Sends tones to a call that is not streaming, and then asks where it was. */
export function inlineDigits(digits: string, continueUrl: string): string {
  if (!/^[0-9*#wW]{1,32}$/.test(digits)) throw new AppError('carrier-refused', 'these are no tones');
  const document = createTwimlDocument();
  document.add('Play', { digits });
  return returning(document, continueUrl);
}

function returning(document: TwimlDocument, continueUrl: string): string {
  document.add('Redirect', { method: 'POST' }, continueUrl);
  const text = document.toString();
  if (text.length > maxInlineCharacters)
    throw new AppError('carrier-refused', `a document of ${text.length} characters is too long for the carrier`);
  return text;
}
