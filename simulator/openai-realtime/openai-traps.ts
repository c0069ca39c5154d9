/**
 * What this vendor's model can do wrong, by name; `section` is where its behaviour is described, `hears` is what the
 * customer's side meets, `caller` what the person on the telephone is to hear of it.
 */
export const openAiTraps = [
  {
    name: 'openai-session-expired',
    section: 'C.2',
    hears: 'an error event session_expired between two turns, then close 1001: there is no resumption',
    caller: 'nothing of it: the next session is told what was said so far',
  },
  {
    name: 'openai-error-event',
    section: 'C.2',
    hears: 'an error event in the middle of an answer; the session goes on',
    caller: 'nothing of it',
  },
  {
    name: 'openai-late-deltas',
    section: 'C.2',
    hears: 'audio of a cancelled response after its end',
    caller: 'nothing of it: what was cut stays cut',
  },
  {
    name: 'openai-truncation-beyond-end',
    section: 'C.2',
    hears: 'a truncation refused with an error event, as if it lay beyond the end of the audio',
    caller: 'nothing of it',
  },
  {
    name: 'openai-no-response',
    section: 'C.2',
    hears: 'an utterance committed, and no response until one is asked for',
    caller: 'the answer a little later: the model is asked for it',
  },
  {
    name: 'openai-transcription-failed',
    section: 'C.2',
    hears: 'an event that says that one utterance could not be transcribed',
    caller: 'nothing of it: the turn is stored without words',
  },
  {
    name: 'openai-transcription-out-of-order',
    section: 'C.2',
    hears: 'the transcription of the first utterance after that of the second',
    caller: 'nothing of it: each turn gets its own words',
  },
  {
    name: 'openai-response-failed',
    section: 'C.2',
    hears: 'a response that ends as failed without a sound',
    caller: 'the answer a little later: the model is asked for it once more',
  },
  {
    name: 'openai-response-incomplete',
    section: 'C.2',
    hears: 'a response that ends as incomplete in the middle of an answer',
    caller: 'a pause in the sentence, then the rest',
  },
] as const;

export type OpenAiTrapName = (typeof openAiTraps)[number]['name'];

const names: ReadonlySet<string> = new Set(openAiTraps.map((trap) => trap.name));

export function isOpenAiTrap(name: string): name is OpenAiTrapName {
  return names.has(name);
}
