/** A call that has happened as a scenario: from its stored ledger, with the flow that it met and without personal data. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../contracts/errors.ts';
import { stringifyFlow } from '../../contracts/flow/canonical-json.ts';
import type { CompiledFlow } from '../../contracts/flow/compiled.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { recordScenario } from '../../contracts/flow/scenario/recording/record-scenario.ts';
import type { JsonObject } from '../../contracts/tools.ts';
import type { CallLedgerStore } from '../../db/call-ledgers.ts';
import { runFile } from './run-file.ts';
import { linesOf } from './scenario-report.ts';

export interface FromCallOptions {
  callId: string;
  tenantId?: string;
  /** Absent: the scenario is printed, and its flow is kept where it is. */
  out?: string;
}

export interface CallSources {
  ledgers: Pick<CallLedgerStore, 'readLedger' | 'readVersion'>;
  tenantOf: (callId: string) => Promise<string | undefined>;
}

/** Returns what is to be printed. */
export async function scenarioFromCall(
  sources: CallSources,
  { callId, out, ...of }: FromCallOptions,
): Promise<string[]> {
  const { ledgers } = sources;
  const tenantId = of.tenantId ?? (await sources.tenantOf(callId));
  const ledger = tenantId === undefined ? undefined : await ledgers.readLedger({ tenantId, callId });
  if (tenantId === undefined || !ledger) throw new AppError('call-unknown', `there is no call ${callId}`);
  const { direction, from, to, language, flowId, flowVersion, decisions, flow, endReason } = ledger;
  if (endReason === undefined) throw new AppError('document-invalid', `call ${callId} is not over yet`);
  if (flowId === undefined || flowVersion === undefined || language === undefined)
    throw new AppError(
      'document-invalid',
      `nothing is known of the flow of call ${callId}: it ran without its workflow`,
    );
  const version = await ledgers.readVersion(tenantId, flowId, flowVersion);
  if (!flow || !version)
    throw new AppError(
      'document-invalid',
      `version ${flowVersion} of flow ${flowId} is older than compiling: it cannot be run`,
    );
  const [theirs, ours] = direction === 'inbound' ? [from, to] : [to, from];
  const scenario = recordScenario({
    name: `A call of ${flow.name}`,
    direction,
    ...(theirs !== undefined && { theirNumber: theirs }),
    ...(ours !== undefined && { ourNumber: ours }),
    language,
    decisions,
    flow,
  });
  if (out === undefined) return [JSON.stringify(scenario, null, 2)];
  const flowName = `${flowId}-v${flowVersion}`;
  const folder = dirname(out);
  const files = {
    [join(folder, `${flowName}.flow.json`)]: stringifyFlow(version.document),
    [join(folder, `${flowName}.references.json`)]: jsonText(
      await referencesOf(flow, (id, number) => ledgers.readVersion(tenantId, id, number)),
    ),
  };
  for (const [file, text] of Object.entries(files)) await writeOnce(file, text);
  await writeFile(out, jsonText({ ...scenario, flow: `${flowName}.flow.json` }));
  const { report } = await runFile(out);
  if (!report.ok) throw new AppError('document-invalid', linesOf(report).join('\n'));
  return [...Object.keys(files), out].map((file) => `wrote ${file}`);
}

/** What the flow met then; of a tool only what a scenario needs, since its address and its headers are the tenant's own. */
async function referencesOf(
  { calendars, prompts, tools, subflows }: CompiledFlow,
  readVersion: (flowId: string, version: number) => Promise<{ document: FlowDocument } | undefined>,
): Promise<JsonObject> {
  const flows: Record<string, { liveVersion: number; versions: Record<string, unknown> }> = {};
  for (const key of Object.keys(subflows)) {
    const at = key.lastIndexOf('@');
    const [flowId, version] = [key.slice(0, at), Number(key.slice(at + 1))];
    const found = await readVersion(flowId, version);
    if (!found) throw new AppError('document-invalid', `version ${version} of the subflow ${flowId} is gone`);
    // A flow that names no version means the one that was live when it was published.
    const known = (flows[flowId] ??= { liveVersion: version, versions: {} });
    known.liveVersion = Math.max(known.liveVersion, version);
    known.versions[version] = found.document;
  }
  return JSON.parse(
    JSON.stringify({
      calendars,
      prompts,
      tools: Object.fromEntries(Object.entries(tools).map(([id, { name, timeoutMs }]) => [id, { name, timeoutMs }])),
      ...(Object.keys(flows).length > 0 && { flows }),
    }),
  );
}

/** Scenarios of the same version share its files; what is there and different is left alone. */
async function writeOnce(file: string, text: string): Promise<void> {
  const there = await readFile(file, 'utf8').catch(() => undefined);
  if (there !== undefined && there !== text)
    throw new AppError('config-invalid', `${file} is there already and is another: choose another folder`);
  if (there === undefined) await writeFile(file, text);
}

function jsonText(json: JsonObject): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
