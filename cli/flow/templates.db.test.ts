import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assistantFromDocument, readAssistantDocument } from '../../contracts/assistant-document.ts';
import { addTenants, createTestDatabase, type TestDatabase } from '../../test/database-fixture.ts';
import { createAssistantStore } from '../../db/assistants.ts';
import { templateNames } from '../templates/flow-template.ts';
import { readJson } from '../running/read-json.ts';
import { runFlow } from './run-flow.ts';

const folder = 'contracts/flow/templates';

let fixture: TestDatabase;
let dataDir: string;
beforeAll(async () => {
  fixture = await createTestDatabase();
  await addTenants(fixture.database);
  dataDir = await mkdtemp(join(tmpdir(), 'templates-'));
});
afterAll(async () => {
  await fixture.close();
  await rm(dataDir, { recursive: true, force: true });
});

test.each(templateNames())('%s is taken from its folder and published with its scenarios', async (name) => {
  const assistants = (await readdir(join(folder, name))).filter((file) => file.startsWith('assistant-'));
  for (const file of assistants) {
    const document = readAssistantDocument(await readJson(join(folder, name, file)));
    const {
      version: _version,
      versionId: _versionId,
      ...draft
    } = assistantFromDocument(document, {
      versionId: '',
      version: 0,
    }).assistant;
    await createAssistantStore(fixture.database).publishAssistant('acme', draft);
  }
  const run = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await runFlow([...args, '--tenant', 'acme', '--json'], {
      DATABASE_URL: fixture.applicationUrl,
      DATABASE_MIGRATION_URL: fixture.migrationUrl,
      DATA_DIR: dataDir,
      KEY_FILE: join(dataDir, 'keys.json'),
    });
    return JSON.parse(stdout);
  };
  expect(await run('import', join(folder, name))).toMatchObject({ ok: true, missing: [], canBePublished: true });
  const published = await run('publish', name);
  expect(published).toMatchObject({ ok: true, version: 1, isNew: true });
  expect(published).toMatchObject({ coverage: { nodes: { missed: [] } } });
});
