/** Flows in files: a document alone, an exported flow, or a folder as `npm run scenario` takes it. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../contracts/errors.ts';
import {
  type FlowBundle,
  readBundle,
  stringifyReferences,
  stringifyScenario,
} from '../../contracts/flow/bundle/bundle.ts';
import { stringifyFlow } from '../../contracts/flow/canonical-json.ts';
import { isObject } from '../../contracts/flow/bounds.ts';
import type { Json } from '../../contracts/tools.ts';
import { readJson } from '../running/read-json.ts';

const scenarioEnding = '.scenario.json';

/** Whether a word of the command line is a path and not a flow's id. */
export async function isPath(word: string): Promise<boolean> {
  return word.endsWith('.json') || word.includes('/') || (await stat(word).catch(() => undefined)) !== undefined;
}

/** What stands in a file or folder, in the form of an exported flow but not yet judged. Throws `document-invalid`. */
export async function readFlowFile(path: string): Promise<{ flow: Json; bundle: Json }> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats) throw new AppError('document-invalid', `there is no file or folder ${path}`);
  if (stats.isDirectory()) return readFolder(path);
  if (basename(path) === 'flow.json') return readFolder(dirname(path));
  const json = await readJson(path);
  if (isObject(json) && 'bundleVersion' in json) return { flow: json['flow'] ?? null, bundle: json };
  const flowId = basename(path, '.json').replace(/\.flow$/, '');
  return { flow: json, bundle: { bundleVersion: 1, flowId, flow: json } };
}

/** The same, judged by its shape. */
export async function readBundleFile(path: string): Promise<FlowBundle> {
  const { bundle } = await readFlowFile(path);
  return readBundle(bundle);
}

/** Writes `flow.json`, `references.json`, scenarios and recordings into a folder; returns the paths. */
export async function writeFolder(folder: string, bundle: FlowBundle): Promise<string[]> {
  const { flow, scenarios, references, audio = {}, flowId, leftOut } = bundle;
  const written: string[] = [];
  const write = async (name: string, content: string | Buffer): Promise<void> => {
    await writeFile(join(folder, name), content);
    written.push(join(folder, name));
  };
  await mkdir(folder, { recursive: true });
  await write('bundle.json', `${JSON.stringify({ flowId, leftOut: leftOut.toSorted() }, null, 2)}\n`);
  await write('flow.json', stringifyFlow(flow));
  if (references) await write('references.json', stringifyReferences(references));
  for (const [id, scenario] of Object.entries(scenarios))
    await write(`${id}${scenarioEnding}`, stringifyScenario(scenario));
  if (Object.keys(audio).length > 0) await mkdir(join(folder, 'audio'), { recursive: true });
  for (const [id, base64] of Object.entries(audio))
    await write(join('audio', `${id}.wav`), Buffer.from(base64, 'base64'));
  return written;
}

async function readFolder(folder: string): Promise<{ flow: Json; bundle: Json }> {
  const names = await readdir(folder);
  if (!names.includes('flow.json')) throw new AppError('document-invalid', `there is no flow.json in ${folder}`);
  const flow = await readJson(join(folder, 'flow.json'));
  const about = names.includes('bundle.json') ? await readJson(join(folder, 'bundle.json')) : {};
  const scenarios: Record<string, Json> = {};
  for (const name of names.filter((each) => each.endsWith(scenarioEnding)).toSorted())
    scenarios[name.slice(0, -scenarioEnding.length)] = await readJson(join(folder, name));
  const audio: Record<string, Json> = {};
  if (names.includes('audio'))
    for (const name of await readdir(join(folder, 'audio')))
      audio[name.replace(/\.wav$/, '')] = (await readFile(join(folder, 'audio', name))).toString('base64');
  const bundle = {
    bundleVersion: 1,
    flowId: idOfFolder(folder),
    ...(isObject(about) && about),
    flow,
    scenarios,
    ...(names.includes('references.json') && { references: await readJson(join(folder, 'references.json')) }),
    ...(Object.keys(audio).length > 0 && { audio }),
  };
  return { flow, bundle };
}

const idOfFolder = (folder: string): string => basename(resolve(folder));
