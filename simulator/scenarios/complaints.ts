/** Something that users of other voice systems complain about in public, and the calls that prove that it does not happen here. */
export interface Complaint {
  /** In kebab-case. */
  readonly name: string;
  /** What goes wrong elsewhere. */
  readonly elsewhere: string;
  /** What the caller must hear here. */
  readonly here: string;
  /** Scenarios that fail where it does not. */
  readonly scenarios: readonly string[];
}

export const complaints: readonly Complaint[] = [
  {
    name: 'connection-ends-mid-sentence',
    elsewhere:
      "the model's connection is over after ten minutes and cuts the assistant off in the middle of a sentence",
    here: 'the sentence to its end and the next answer at once: the connection was replaced meanwhile',
    scenarios: ['connection-ends-mid-answer', 'trap-go-away', 'trap-deadline-expired', 'half-hour', 'trap-close-1000'],
  },
  {
    name: 'announced-end-then-silence',
    elsewhere: 'the end of the connection is announced, nobody says anything until it comes, and then nobody answers',
    here: 'the answer to whatever is asked later: the deadline is kept by a clock and not by the next message',
    scenarios: ['silence-after-go-away'],
  },
  {
    name: 'long-prompt-forgets',
    elsewhere: 'with long instructions a session cannot be resumed, and the assistant forgets what was said',
    here: 'answers that need what was said before: the next session is told it from the stored turns',
    scenarios: ['long-prompt', 'trap-resumption-refused', 'trap-resumption-expired'],
  },
  {
    name: 'silent-stall',
    elsewhere: 'the model stops answering, or ends its turn without a sound, and reports no error',
    here: 'the answer a little later: the model is asked once more, and then replaced',
    scenarios: [
      'trap-silent-stall',
      'trap-empty-turn',
      'trap-swallowed-turn',
      'trap-half-open-socket',
      'trap-short-utterance-ignored',
      'trap-late-turn-end',
      'trap-model-mute',
    ],
  },
  {
    name: 'frozen-after-interruption',
    elsewhere: 'after an interruption the model says nothing any more',
    here: 'a pause, an apology and the answer to what he interrupted with',
    scenarios: ['trap-interrupted-wedge', 'trap-phantom-interrupted'],
  },
  {
    name: 'speech-after-interruption',
    elsewhere: 'the model stops, but what the carrier has queued is played on for seconds',
    here: 'silence as soon as he speaks, also where the model had nothing left to stop',
    scenarios: ['openai-late-interruption', 'demo-cs', 'demo-en', 'trap-openai-late-deltas'],
  },
  {
    name: 'unknown-what-was-heard',
    elsewhere: 'after an interruption the transcript holds what was sent and not what the caller heard',
    here: 'what the transcript says that he heard, to the word: in every call it is compared with what the line played',
    scenarios: [
      'demo-cs',
      'openai-talk',
      'trap-mark-echo-late',
      'trap-openai-truncation-beyond-end',
      'two-backchannels',
    ],
  },
  {
    name: 'hello-breaks-greeting',
    elsewhere: 'whoever is called says "Hello?", and the greeting stops at its first word',
    here: 'the greeting to its end',
    scenarios: ['outbound-hello', 'first-hello'],
  },
  {
    name: 'tool-wedges-call',
    elsewhere: 'a function call stops the conversation, ends it, or is carried out twice',
    here: 'that it takes a moment, and then what came of it, once; an answer to what he says meanwhile',
    scenarios: [
      'tool-hangs',
      'tool-talked-over',
      'tool-fails',
      'trap-duplicate-tool-call',
      'trap-tool-call-without-id',
      'trap-tool-call-cancellation',
      'trap-late-tool-cancellation',
      'trap-lost-tool-result',
      'trap-close-1008',
      'trap-malformed-function-call',
      'trap-function-taken-away',
    ],
  },
  {
    name: 'reply-never-comes',
    elsewhere: 'the greeting never comes, or nothing is said about the result of a function',
    here: 'the greeting and the answer within four seconds: the model is asked once more, or replaced',
    scenarios: [
      'trap-silent-greeting',
      'trap-never-setup-complete',
      'trap-quota-exceeded',
      'trap-handshake-403',
      'trap-silent-after-tool',
      'trap-openai-no-response',
      'trap-openai-response-failed',
      'trap-model-hangs',
      'trap-model-away',
      'trap-openai-response-incomplete',
    ],
  },
  {
    name: 'caller-transcript-wrong',
    elsewhere: "the caller's words are missing, come late, or land in another turn",
    here: 'nothing of it; each turn is kept in its place, with its own words or marked as without',
    scenarios: [
      'trap-missing-transcription',
      'trap-late-input-transcription',
      'trap-openai-transcription-failed',
      'trap-openai-transcription-out-of-order',
      'trap-transcript-begins-late',
    ],
  },
  {
    name: 'transfer-fails-silently',
    elsewhere: 'an interruption cancels a transfer, or nobody answers it and the caller hears nothing any more',
    here: 'whoever he is put through to, whatever he says meanwhile; where nobody answers, what the flow has for that',
    scenarios: ['flow-handover', 'flow-transfer'],
  },
  {
    name: 'clicks-and-gaps',
    elsewhere: 'clicks, a wrong rate or gaps: whoever listens does not understand',
    here: 'every word: both sides are understood by their sound alone, which a wrong rate or a gap prevents',
    scenarios: ['demo-cs', 'demo-en', 'openai-talk', 'trap-media-jitter', 'trap-media-frames-dropped'],
  },
];
