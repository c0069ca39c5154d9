/** A flow as one file that can be carried to another tenant: with its scenarios and what it refers to, without secrets. */
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../../errors.ts';
import type { Json, JsonObject } from '../../tools.ts';
import { canonicalFlow, inOrder } from '../canonical-json.ts';
import { FlowFrameSchema, type FlowDocument } from '../document.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import { ScenarioReferencesSchema, ScenarioSchema } from '../scenario/scenario-schema.ts';
import { closed, Reference } from '../schema-parts.ts';
import { shapeFaults } from '../shape-faults.ts';
import { hasFlowShape, shapeProblems } from '../validation/shape.ts';

const ScenarioId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$' });

/** Scenarios and references are those that stand beside a flow in a folder, so that `npm run scenario` takes them as they are. */
const BundleSchema = Type.Object(
  {
    bundleVersion: Type.Literal(1),
    flowId: Reference,
    /** Secrets that stayed where they are, such as `tools.crm.headers.authorization` and `webhooks.sales.secret`. */
    leftOut: Type.Optional(Type.Array(Type.String({ maxLength: 500 }), { maxItems: 1000 })),
    flow: FlowFrameSchema,
    scenarios: Type.Optional(Type.Record(ScenarioId, Type.Unsafe<JsonObject>({ type: 'object' }), closed)),
    references: Type.Optional(ScenarioReferencesSchema),
    /** Recordings of prompts, WAV in base64, by the ids that `references.prompts` gives them. */
    audio: Type.Optional(Type.Record(Type.String({ pattern: '^[0-9a-f]{64}$' }), Type.String(), closed)),
  },
  closed,
);

export interface FlowBundle extends Omit<Static<typeof BundleSchema>, 'flow' | 'scenarios' | 'leftOut'> {
  leftOut: readonly string[];
  flow: FlowDocument;
  scenarios: Readonly<Record<string, JsonObject>>;
}

const schema = Compile(BundleSchema);

/** Throws `document-invalid` with everything that is wrong with its shape; whether the flow can be published is for `validate`. */
export function readBundle(json: unknown): FlowBundle {
  const faults = bundleFaults(json);
  if (faults.length > 0 || !schema.Check(json) || !hasFlowShape(json.flow))
    throw new AppError(
      'document-invalid',
      `this is no exported flow:\n${faults.map((line) => `  ${line}`).join('\n')}`,
    );
  const { flow, scenarios = {}, leftOut = [], ...rest } = json;
  return { ...rest, leftOut, scenarios, flow };
}

/** The same text for the same bundle, whatever order its keys came in. */
export function stringifyBundle({
  bundleVersion,
  flowId,
  leftOut,
  flow,
  scenarios,
  references,
  audio,
}: FlowBundle): string {
  const written = {
    bundleVersion,
    flowId,
    ...(leftOut.length > 0 && { leftOut: leftOut.toSorted() }),
    flow: canonicalFlow(flow),
    ...(Object.keys(scenarios).length > 0 && { scenarios: canonicalScenarios(scenarios) }),
    ...(references && { references: byAlphabet(references) }),
    ...(audio && { audio: byAlphabet(audio) }),
  };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** What a flow refers to as text of its own. */
export function stringifyReferences(references: NonNullable<FlowBundle['references']>): string {
  return `${JSON.stringify(byAlphabet(references), null, 2)}\n`;
}

/** A scenario as text of its own, as it stands in a folder beside its flow. */
export function stringifyScenario(scenario: JsonObject): string {
  return `${JSON.stringify(canonicalScenario(scenario), null, 2)}\n`;
}

const byAlphabet = (record: object): JsonObject => inOrder(JSON.parse(JSON.stringify(record)), []);

function canonicalScenarios(scenarios: FlowBundle['scenarios']): JsonObject {
  const ids = Object.keys(scenarios).toSorted();
  return Object.fromEntries(ids.map((id): [string, Json] => [id, canonicalScenario(scenarios[id] ?? {})]));
}

const canonicalScenario = (scenario: JsonObject): JsonObject =>
  inOrder(scenario, Object.keys(ScenarioSchema.properties));

function bundleFaults(json: unknown): string[] {
  if (!schema.Check(json))
    return shapeFaults(schema.Errors(json)).map(({ at, message }) => `${at || 'the whole'}: ${message.en}`);
  const scenarios = Object.entries(json.scenarios ?? {}).flatMap(([id, scenario]) => scenarioFault(id, scenario));
  return [...shapeFaultsOf(json.flow), ...scenarios];
}

const shapeFaultsOf = (flow: unknown): string[] =>
  hasFlowShape(flow) ? [] : shapeProblems(flow).map(({ at, message }) => `/flow${at}: ${message.en}`);

function scenarioFault(id: string, json: JsonObject): string[] {
  try {
    readScenario(json);
    return [];
  } catch (failure) {
    if (failure instanceof AppError) return [`/scenarios/${id}: ${failure.message}`];
    throw failure;
  }
}
