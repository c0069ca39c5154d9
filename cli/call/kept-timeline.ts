import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { printReport } from './call-printer.ts';
import type { FinishedCall } from './run-call.ts';

/**
 * Makes a call that nobody watches, and writes its timeline and report to `<folder>/<name>.txt` where anything was wrong
 * with it. Rejects as `make` does.
 */
export async function keepTimeline(
  folder: string,
  name: string,
  make: (write: (line: string) => void) => Promise<FinishedCall>,
): Promise<FinishedCall> {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const keep = async (): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${name}.txt`), `${lines.join('\n')}\n`);
  };
  try {
    const call = await make(write);
    if (call.report.ok) return call;
    printReport(write, call.report, undefined);
    await keep();
    return call;
  } catch (failure) {
    write(`FAULT           ${failure instanceof Error ? failure.message : String(failure)}`);
    await keep();
    throw failure;
  }
}
