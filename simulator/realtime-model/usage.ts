/** Audio costs 25 tokens a second either way. */
const tokensPerMs = 25 / 1000;
const charactersPerToken = 4;

/** What a session's context holds, in tokens. Plain data: it goes into resumption handles. */
export interface Context {
  readonly text: number;
  readonly audio: number;
}

export function withText(context: Context, text: string): Context {
  return { ...context, text: context.text + Math.ceil(text.length / charactersPerToken) };
}

export function withAudio(context: Context, durationMs: number): Context {
  return { ...context, audio: context.audio + durationMs * tokensPerMs };
}

/** The usage of one turn: the whole context is billed again each time. */
export function usageOf(context: Context, spokenMs: number): Record<string, unknown> {
  const audio = Math.round(context.audio);
  const response = Math.round(spokenMs * tokensPerMs);
  const prompt = context.text + audio;
  return {
    promptTokenCount: prompt,
    responseTokenCount: response,
    totalTokenCount: prompt + response,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: context.text },
      { modality: 'AUDIO', tokenCount: audio },
    ],
    responseTokensDetails: [{ modality: 'AUDIO', tokenCount: response }],
  };
}
