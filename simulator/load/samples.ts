/** What one measurement collected; times in milliseconds. */
export interface Samples {
  /** Caller's marked frame written -> the model has it. */
  toModel: number[];
  /** Model's first piece of an answer written -> the caller has its first audio. */
  toCaller: number[];
  /** Caller's last speech written -> first audio of the answer, less what the model took for it. */
  turns: number[];
  /** Whether the model was told of the turns' ends: then the silence that its client waited for is part of `turns`. */
  told: boolean;
  /** Times during an answer in which a caller's ear ran dry, and how long. */
  gaps: number[];
  /** How late this process was with its own frames. */
  pace: number[];
  /** Markers written. */
  markers: number;
  /** Markers that the model had not found when the same caller's next one was written, 4 s later. */
  unheard: number;
  /** Markers after which no answer had come by then, or one to what was said before. */
  unanswered: number;
}

export const noSamples = (): Samples => ({
  toModel: [],
  toCaller: [],
  turns: [],
  told: false,
  gaps: [],
  pace: [],
  markers: 0,
  unheard: 0,
  unanswered: 0,
});
