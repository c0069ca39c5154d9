import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../../../contracts/errors.ts';
import { readReferenceMap } from '../../../contracts/flow/bundle/map-references.ts';
import type { ImportPlan } from '../../../contracts/flow/bundle/plan-import.ts';
import type { Json } from '../../../contracts/tools.ts';
import { authorOf, authorOption } from '../author.ts';
import { WrongUsage } from '../../running/command-line.ts';
import { type FlowCommand, tenantOf } from '../flow-command.ts';
import { readJson } from '../../running/read-json.ts';
import { readBundleFile } from '../flow-files.ts';
import { checkJson, checkLines } from '../judgement-words.ts';
import { withFlowStores } from '../open-flow-stores.ts';

const closed = { additionalProperties: false } as const;
const SecretsSchema = Type.Object(
  {
    tools: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            headers: Type.Optional(Type.Record(Type.String(), Type.String())),
            endpoint: Type.Optional(Type.String({ pattern: '^https?://' })),
            body: Type.Optional(Type.Unsafe<Json>({})),
          },
          closed,
        ),
      ),
    ),
    webhooks: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          { url: Type.Optional(Type.String({ pattern: '^https?://' })), secret: Type.Optional(Type.String()) },
          closed,
        ),
      ),
    ),
  },
  closed,
);
const secretsSchema = Compile(SecretsSchema);

export const importCommand: FlowCommand = {
  usage: 'FILE_OR_FOLDER',
  summary: 'takes an exported flow as a draft, makes what it refers to, and says what is missing',
  options: {
    flow: { type: 'string', value: 'ID', help: 'another id than the flow has' },
    map: {
      type: 'string',
      multiple: true,
      value: 'KIND:A=B',
      help: 'takes B of this tenant for A of the file, such as assistant:sales=prodej; may be repeated',
    },
    secrets: {
      type: 'string',
      value: 'FILE',
      help: 'what the export left out: { "tools": { "crm": { "headers": {…} } }, "webhooks": { "sales": { "secret": "…" } } }',
    },
    base: {
      type: 'string',
      value: 'N',
      help: "the draft's revision that it takes the place of; a new flow unless said",
    },
    ...authorOption,
  },
  run: async ({ positionals: [path, ...more], options, env, language }) => {
    if (path === undefined || more.length > 0) throw new WrongUsage('name one file or folder');
    const bundle = await readBundleFile(path);
    const secretsFile = options.text('secrets');
    const secrets = secretsFile === undefined ? {} : readSecrets(secretsFile, await readJson(secretsFile));
    const tenantId = tenantOf(options);
    const request = {
      tenantId,
      bundle,
      flowId: options.text('flow') ?? bundle.flowId,
      map: readReferenceMap(options.texts('map')),
      secrets,
      baseRevision: options.count('base') ?? 0,
      savedBy: authorOf(options),
    };
    const { imported, check } = await withFlowStores(env, async ({ exchange, publisher }) => {
      const done = await exchange.importFlow(request);
      return { imported: done, check: await publisher.checkFlow(tenantId, request.flowId, done.draft.document) };
    });
    const { draft, create, missing } = imported;
    const lines = [
      ...createdOf(create).map((made) => `made ${made}`),
      ...missing.map(({ kind, id, needs }) => `missing: ${kind} ${id}: ${needs}`),
      ...checkLines(draft.flowId, check, language),
      `draft revision ${draft.revision} of ${draft.flowId} is stored; npm run flow -- publish ${draft.flowId} makes it live`,
    ];
    const json = {
      flowId: draft.flowId,
      revision: draft.revision,
      made: createdOf(create),
      missing,
      ...checkJson(check),
    };
    return { lines, json };
  },
};

function createdOf({ tools, ...byKind }: ImportPlan['create']): string[] {
  const others = Object.entries(byKind).flatMap(([kind, byId]) => Object.keys(byId).map((id) => `${kind} ${id}`));
  return [...others, ...tools.map(({ toolId }) => `tools ${toolId}`)];
}

function readSecrets(file: string, json: unknown): Static<typeof SecretsSchema> {
  if (secretsSchema.Check(json)) return json;
  const faults = secretsSchema.Errors(json).map(({ instancePath, message }) => `  ${instancePath || '/'}: ${message}`);
  throw new AppError('document-invalid', `${file} does not hold secrets of an import:\n${faults.join('\n')}`);
}
