import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sources = ['contracts/metrics.ts', 'api/metrics.ts', 'media-gateway/metrics.ts', 'temporal/metrics.ts'];

it('asks for figures that the processes give, and for no others', () => {
  const given = new Set(
    sources.flatMap((file) => readFileSync(join(root, file), 'utf8').match(/switchboard_[a-z_]+/g) ?? []),
  );
  for (const file of readdirSync(join(root, 'deploy', 'grafana'))) {
    const asked = readFileSync(join(root, 'deploy', 'grafana', file), 'utf8').match(/switchboard_[a-z_]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    for (const name of asked) expect(given).toContain(name.replace(/_(bucket|sum|count)$/, ''));
  }
});
