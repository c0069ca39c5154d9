import type { Calendar } from '../../contracts/flow/calendar/calendar.ts';
import type { FlowBundle } from '../../contracts/flow/bundle/bundle.ts';
import { idsIn, type ReferredKind } from '../../contracts/flow/bundle/referred-ids.ts';
import type { FlowDocument } from '../../contracts/flow/document.ts';
import { own } from '../../contracts/flow/own.ts';
import type { FlowReference } from '../../contracts/flow/references.ts';
import { withStandIns } from '../../contracts/flow/scenario/stand-ins.ts';
import { hasFlowShape } from '../../contracts/flow/validation/shape.ts';
import type { ValidationContext } from '../../contracts/flow/validation/validation-context.ts';

/**
 * What a flow is judged against where no database is asked: what came with it, and stand-ins that have the outcomes which
 * the flow draws. `assumed` names those, such as `calendars shop`.
 */
export function offlineContext(
  flow: FlowDocument,
  references: NonNullable<FlowBundle['references']>,
  nowMs: number,
): { context: ValidationContext; assumed: string[] } {
  const ids = idsIn([flow]);
  const assumed = kinds.flatMap((kind) =>
    ids(kind)
      .filter((id) => own(references[kind], id) === undefined)
      .map((id) => `${kind} ${id}`),
  );
  const calendars = Object.fromEntries(
    ids('calendars').map((id) => [id, own(references.calendars, id) ?? calendarOf(flow, id)]),
  );
  const flows = Object.fromEntries(ids('flows').map((id) => [id, flowOf(flow, id, own(references.flows, id))]));
  return { context: { ...withStandIns(flow, { ...references, calendars, flows }), nowMs }, assumed };
}

const kinds = [
  'assistants',
  'calendars',
  'tools',
  'prompts',
  'queues',
  'agents',
  'webhooks',
  'flows',
] as const satisfies readonly ReferredKind[];

/** Open at times, with an exception for each outcome that the flow draws. */
function calendarOf({ nodes }: FlowDocument, calendarId: string): Calendar {
  const outcomes = Object.values(nodes).flatMap((node) =>
    node.type === 'hours' && node.calendarId === calendarId ? Object.keys(node.edges) : [],
  );
  const names = [...new Set(outcomes)].filter((name) => name !== 'open' && name !== 'closed');
  return {
    timeZone: 'UTC',
    weekly: [{ days: ['mon'], from: '08:00', to: '18:00' }],
    holidays: names.map((name, index) => ({ name, from: `${2900 + index}-01-01`, hours: 'closed' as const })),
  };
}

/** With each version that is asked for, and a return for each outcome that the flow draws. */
function flowOf(
  { languages, voiceId, nodes }: FlowDocument,
  flowId: string,
  given: { liveVersion?: number; versions: Readonly<Record<string, unknown>> } | undefined,
): FlowReference {
  const visits = Object.values(nodes).flatMap((node) =>
    node.type === 'subflow' && node.flowId === flowId ? [node] : [],
  );
  const names = [...new Set(visits.flatMap(({ edges }) => Object.keys(edges)))];
  const returns = names.map((name) => [`return-${name.toLowerCase()}`, { type: 'return' as const, name }]);
  const standIn: FlowDocument = {
    schemaVersion: 1,
    name: flowId,
    languages,
    voiceId,
    start: 'start',
    nodes: { start: { type: 'start', edges: {} }, ...Object.fromEntries(returns) },
  };
  const liveVersion = given?.liveVersion ?? 1;
  const versions: Record<number, FlowDocument> = {};
  for (const version of [liveVersion, ...visits.map((visit) => visit.version ?? liveVersion)]) {
    const document = given?.versions[version];
    versions[version] = hasFlowShape(document) ? document : standIn;
  }
  return { liveVersion, versions };
}
