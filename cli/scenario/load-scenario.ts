/** A scenario from its file, with its flow and what stands beside it, judged before anything is run. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '../../contracts/errors.ts';
import { compileFlow } from '../../contracts/flow/compile.ts';
import type { CompiledFlow } from '../../contracts/flow/compiled.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import type { FlowReferences } from '../../contracts/flow/references.ts';
import { readReferences, type Scenario, readScenario } from '../../contracts/flow/scenario/read-scenario.ts';
import { withStandIns } from '../../contracts/flow/scenario/stand-ins.ts';
import { validate } from '../../contracts/flow/validate.ts';
import { hasFlowShape, shapeProblems } from '../../contracts/flow/validation/shape.ts';
import type { Problem } from '../../contracts/flow/validation/problem.ts';
import { readJson } from '../running/read-json.ts';

export interface LoadedScenario {
  file: string;
  scenario: Scenario;
  flowFile: string;
  flow: CompiledFlow;
  references: FlowReferences;
}

/** The flow of a scenario that names none, and where what a flow refers to stands. */
const flowFileName = 'flow.json';
const referencesFileName = 'references.json';

/** Throws an `AppError` whose message names the file and every fault in it. */
export async function loadScenario(file: string): Promise<LoadedScenario> {
  const scenario = inFile(file, await readJson(file), readScenario);
  const flowFile = join(dirname(file), scenario.flow ?? flowFileName);
  const document = inFile(flowFile, await readJson(flowFile), asFlow);
  const given = { ...(await referencesBeside(flowFile)), ...scenario.references };
  const flows = await withDocuments(given.flows, dirname(flowFile));
  const references = withStandIns(document, { ...given, flows });
  const [first] = scenario.calls;
  const errors = validate(document, { ...references, webhooks: given.webhooks, nowMs: first?.atMs ?? 0 }).filter(
    isInTheWay,
  );
  if (errors.length > 0) throw refuse(`${flowFile}: the flow has errors:\n${errors.map(lineOf).join('\n')}`);
  return { file, scenario, flowFile, flow: compileFlow(document, references), references };
}

/** What calls cannot do yet, scenarios can. */
function isInTheWay({ severity, code }: Problem): boolean {
  return severity === 'error' && code !== 'not-live-yet';
}

function lineOf({ at, message }: Problem): string {
  return `  ${at || 'flow'}: ${message.en}`;
}

function asFlow(json: unknown): FlowDocument {
  if (hasFlowShape(json)) return json;
  throw refuse(`this is no flow:\n${shapeProblems(json).map(lineOf).join('\n')}`);
}

/** `references.json` beside `flow.json`, `shop.references.json` beside `shop.flow.json`; nothing where there is none. */
async function referencesBeside(flowFile: string) {
  const file = flowFile.replace(/flow\.json$/, referencesFileName);
  if (file === flowFile || !existsSync(file)) return {};
  return inFile(file, await readJson(file), readReferences);
}

/** Subflows may stand in files of their own. */
async function withDocuments(flows: Scenario['references']['flows'], folder: string): Promise<FlowReferences['flows']> {
  const read: Record<string, NonNullable<FlowReferences['flows']>[string]> = {};
  for (const [flowId, { liveVersion, versions }] of Object.entries(flows ?? {})) {
    const documents: Record<number, FlowDocument> = {};
    for (const [version, json] of Object.entries(versions)) {
      const file = typeof json === 'string' ? join(folder, json) : undefined;
      const place = file ?? `version ${version} of ${flowId}`;
      documents[Number(version)] = inFile(place, file === undefined ? json : await readJson(file), asFlow);
    }
    read[flowId] = { ...(liveVersion !== undefined && { liveVersion }), versions: documents };
  }
  return read;
}

function inFile<Value>(file: string, json: unknown, read: (json: unknown) => Value): Value {
  try {
    return read(json);
  } catch (failure) {
    if (!(failure instanceof AppError)) throw failure;
    throw new AppError(failure.code, `${file}: ${failure.message}`, { cause: failure });
  }
}

const refuse = (message: string): AppError => new AppError('flow-invalid', message);
