import type { ToolResult } from '../../contracts/tools.ts';

export type ToolErrorCode =
  | 'bad-arguments'
  | 'bad-template'
  | 'refused-address'
  | 'timeout'
  | 'http-error'
  | 'bad-response'
  | 'too-large'
  | 'unreachable';

/** What a tool answered, or why it did not; times and attempts are added by whoever counts them. */
export type ToolOutcome = Pick<ToolResult, 'status' | 'data' | 'httpStatus' | 'error' | 'retryable' | 'hint'>;

/** A tool that cannot be run, or whose answer cannot be used. `transient`: trying the same again may help. */
export class ToolFailure extends Error {
  readonly code: ToolErrorCode;
  /** For the model: one sentence, nothing of the tool's inner workings. */
  readonly hint: string;
  readonly transient: boolean;
  /** Whether the tool may have seen the request. */
  readonly mayHaveHappened: boolean;

  constructor(
    code: ToolErrorCode,
    hint: string,
    {
      transient = false,
      mayHaveHappened = false,
      cause,
    }: { transient?: boolean; mayHaveHappened?: boolean; cause?: unknown } = {},
  ) {
    super(code, { cause });
    this.name = 'ToolFailure';
    this.code = code;
    this.hint = hint;
    this.transient = transient;
    this.mayHaveHappened = mayHaveHappened;
  }
}
