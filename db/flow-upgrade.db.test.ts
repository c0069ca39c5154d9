import { MikroORM } from '@mikro-orm/postgresql';
import { expect, test } from 'vitest';
import { createEmptyDatabase, query } from '../test/database-fixture.ts';
import { shortFlow } from '../test/made-up-flows.ts';
import { openDatabase } from './database.ts';
import { createFlowVersionStore } from './flow-versions.ts';
import { createFlowStore } from './flows.ts';
import { migrate } from './migrate.ts';
import { ormOptions } from './orm-options.ts';
import { createPhoneNumberStore } from './phone-numbers.ts';

const document = shortFlow('Stará');

test('flows, versions and numbers from before versions were compiled work as they did', async () => {
  const empty = await createEmptyDatabase();
  const orm = new MikroORM(ormOptions(empty.migrationUrl));
  await orm.migrator.up({ to: 'm0008-dial-accounts' });
  await orm.close();
  const flow = JSON.stringify(document);
  for (const [sql, params] of [
    [`insert into tenants (id, name) values ('acme', 'Acme')`, []],
    [`insert into flows (tenant_id, id, name, draft) values ('acme', 'f', 'Stará', $1)`, [flow]],
    [
      `insert into flow_versions (tenant_id, flow_id, version, document, published_by) values ('acme', 'f', 1, $1, 'jana')`,
      [flow],
    ],
    [`update flows set live_version = 1`, []],
    [
      `insert into phone_numbers (tenant_id, id, phone_number, account_id, flow_id, language, degraded_plan)
       values ('acme', 'n', '+420200000001', 'AC1', 'f', 'cs-CZ', '{}')`,
      [],
    ],
  ] as const)
    await query(empty.adminUrl, sql, [...params]);
  expect((await migrate(empty.migrationUrl))[0]).toBe('m0009-flow-versions');

  const database = openDatabase({ url: empty.applicationUrl });
  const route = await createPhoneNumberStore(database).routeForNumber({
    tenantIds: ['acme'],
    phoneNumber: '+420200000001',
  });
  expect(route?.flow).toMatchObject({ flowVersionId: 'f@1', compiled: { name: 'Stará', compiledVersion: 1 } });
  expect(route).not.toHaveProperty('contactTool');
  const [version] = await createFlowVersionStore(database).readVersions('acme', 'f');
  expect(version).toMatchObject({ version: 1, state: 'published', publishedBy: 'jana' });
  const flows = createFlowStore(database);
  const changed = { ...document, name: 'Nová' };
  const save = { tenantId: 'acme', flowId: 'f', document: changed, savedBy: 'petr' };
  expect(await flows.saveDraft({ ...save, baseRevision: 1 })).toMatchObject({ revision: 2 });
  await expect(flows.saveDraft({ ...save, document, baseRevision: 1 })).rejects.toMatchObject({
    base: { name: 'Stará' },
  });
  await database.close();
  await empty.drop();
});
