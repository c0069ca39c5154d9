import { type Static, Type } from 'typebox';
import type { CompiledNode, CompiledValue } from '../compiled.ts';
import { pathsOf } from '../compiled-paths.ts';
import { leave, type NodeSpec, wait } from '../node-spec.ts';
import { nodeSchema, Reference, Values, VariableName } from '../schema-parts.ts';

const schema = nodeSchema('http', {
  toolId: Reference,
  arguments: Type.Optional(Values),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 60_000 })),
  result: Type.Optional(VariableName),
  statuses: Type.Optional(
    Type.Array(Type.Integer({ minimum: 100, maximum: 599 }), { maxItems: 20, uniqueItems: true }),
  ),
});
type Http = Static<typeof schema>;
interface CompiledHttp extends CompiledNode, Pick<Http, 'toolId' | 'timeoutMs' | 'result' | 'statuses'> {
  arguments: Readonly<Record<string, CompiledValue>>;
  /** Names of arguments that nobody may read in the log of tools. */
  hiddenArguments?: readonly string[];
}

const defaultTimeoutMs = 10_000;

export const httpNode: NodeSpec<Http, CompiledHttp> = {
  type: 'http',
  schema,
  summary: {
    en: 'Asks a tool, such as a CRM, and keeps its answer.',
    cs: 'Zeptá se nástroje, třeba CRM, a odpověď si zapamatuje.',
  },
  waits: 'world',
  help: {
    toolId: 'The tool.',
    arguments: 'By name. Text is a template; `{{ vars.x }}` alone keeps the type of what it copies.',
    timeoutMs: "Another deadline than the tool's own.",
    result:
      'The variable under `vars` that takes the answer. An answer that does not fit its type is the outcome `failed`.',
    statuses: 'HTTP statuses that are outcomes of their own, such as 404.',
  },
  example: {
    type: 'http',
    toolId: 'order-status',
    arguments: { order: '{{ vars.order }}' },
    timeoutMs: 4000,
    result: 'status',
    statuses: [404],
    edges: { ok: 'tell-status', '404': 'unknown-order', failed: 'sorry', timeout: 'sorry' },
  },
  isLive: () => true,
  outcomes: ({ statuses = [] }) => ['ok', ...statuses.map(String), 'failed', 'timeout'],
  sets: ({ result }) => (result === undefined ? [] : [result]),
  compile: ({ arguments: given = {}, ...node }, compiler) => {
    compiler.tool(node.toolId);
    const compiled = Object.entries(given).map(([name, value]) => [name, compiler.value(value)] as const);
    const hidden = compiled
      .filter(([, value]) => pathsOf(value).some((path) => compiler.isSensitive(path)))
      .map(([name]) => name);
    return {
      ...node,
      arguments: Object.fromEntries(compiled),
      ...(hidden.length > 0 && { hiddenArguments: hidden }),
      sensitive: node.result !== undefined && compiler.isSensitive(`vars.${node.result}`),
    };
  },
  enter: ({ toolId, arguments: given, hiddenArguments, timeoutMs, sensitive }, visit) => {
    const tool = visit.tool(toolId);
    if (!tool) {
      visit.because(`the tool "${toolId}" did not come with the flow`);
      return leave('failed');
    }
    visit.instruct({
      type: 'callTool',
      nodeId: visit.nodeId,
      visit: visit.visit,
      toolId,
      args: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, visit.value(value)])),
      timeoutMs: timeoutMs ?? tool.timeoutMs ?? defaultTimeoutMs,
      ...(hiddenArguments && { hiddenArguments }),
      ...(sensitive && { hidesAnswer: true }),
    });
    return wait();
  },
  on: ({ result, statuses = [] }, event, visit) => {
    if (event.type !== 'toolAnswered') return undefined;
    const { status, httpStatus, data } = event;
    visit.because(`the tool's answer: ${status}${httpStatus === undefined ? '' : `, HTTP ${httpStatus}`}`);
    if (httpStatus !== undefined && statuses.includes(httpStatus)) {
      if (result !== undefined && data !== undefined) visit.setTyped(result, data);
      return leave(String(httpStatus));
    }
    if (status === 'timeout') return leave('timeout');
    if (status !== 'ok') return leave('failed');
    if (result !== undefined && !visit.setTyped(result, data ?? null)) return leave('failed');
    return leave('ok');
  },
};
