import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const sources = [
  'contracts/metrics.ts',
  'contracts/readiness.ts',
  'api/metrics.ts',
  'media-gateway/metrics.ts',
  'temporal/metrics.ts',
];
const given = new Set(sources.flatMap((file) => read(file).match(/switchboard_[a-z_]+/g) ?? []));
const needs = ['api', 'media-gateway', 'temporal'].map((folder) => read(folder, 'needs.ts')).join();
const dashboards = readdirSync(join(root, 'deploy', 'grafana')).map((file) => ['grafana', file]);

it.each([...dashboards, ['alerts.yml']])(
  'asks for figures that the processes give, and for no others: %s %s',
  (...path) => {
    const text = read('deploy', ...path);
    const asked = text.match(/switchboard_[a-z_]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(0);
    for (const name of asked) expect(given).toContain(name.replace(/_(bucket|sum|count)$/, ''));
    for (const [, check] of text.matchAll(/check=\\?"(\w+)/g)) expect(needs).toContain(`${check}: {`);
  },
);

it('warns of each degraded mode, in words for whoever is woken up', () => {
  const alerts = read('deploy', 'alerts.yml').split('- alert: ').slice(1);
  for (const alert of alerts)
    expect(alert).toMatch(/expr: .+\n[^]*severity: (page|ticket)[^]*summary: .+\n +description: .+\n/);
  expect(alerts.map((alert) => alert.split('\n', 1)[0])).toEqual(
    expect.arrayContaining(['Temporal', 'Postgres', 'Gateway', 'Model'].map((mode) => `SwitchboardWithout${mode}`)),
  );
});

it('tells whoever is woken up what to do about each alert, and about nothing else', () => {
  const alerts = [...read('deploy', 'alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const runbook = read('docs', 'runbook.md');
  const sections = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(sections.length).toBe(alerts.length);
  expect(new Set(sections)).toEqual(new Set(alerts));
  const table = read('docs', 'operations.md');
  for (const alert of alerts) expect(table).toContain(`\`${alert}\``);
  const panels: readonly { title: string }[] = JSON.parse(read('deploy', 'grafana', 'switchboard.json')).panels;
  const titles = panels.map(({ title }) => title);
  for (const [, title = ''] of runbook.matchAll(/(?<!\*)\*([A-Z][^*\n]*)\*(?!\*)/g)) expect(titles).toContain(title);
});

it('shows every figure of the dashboard with a unit and a name', () => {
  const { panels }: { panels: readonly Panel[] } = JSON.parse(read('deploy', 'grafana', 'switchboard.json'));
  for (const { title, fieldConfig, targets } of panels) {
    expect(`${title}: ${fieldConfig.defaults.unit}`).toMatch(/: (short|s|ops|percentunit|bytes)$/);
    for (const { legendFormat } of targets) expect(`${title}: ${legendFormat}`).toMatch(/: ./);
  }
  const asked = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join();
  for (const name of given) expect(asked).toContain(name);
});

interface Panel {
  title: string;
  fieldConfig: { defaults: { unit: string } };
  targets: readonly { expr: string; legendFormat: string }[];
}

it('explains every figure to operators', () => {
  const text = read('docs', 'operations.md');
  for (const name of given) expect(text).toContain(name);
});
