import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { holidayCountries } from '../contracts/flow/calendar/public-holidays.ts';
import { operatorTypes } from '../contracts/flow/conditions/operators.ts';
import { filters } from '../contracts/flow/template/filters.ts';
import { problemCodes } from '../contracts/flow/validation/problem.ts';
import { systemVariables } from '../contracts/flow/variables.ts';

it('tells admins of every variable, filter, operator, problem and country whose holidays are known', async () => {
  const document = await readFile(new URL('../docs/flow-parts.md', import.meta.url), 'utf8');
  for (const { path, type } of systemVariables) expect(document).toContain(`| \`${path}\` | ${type} |`);
  for (const [name, { summary }] of Object.entries(filters)) {
    expect(document).toMatch(
      new RegExp(`^\\| \`${name}\` \\|.*\\| ${summary.en.replaceAll(/[()]/g, '\\$&')} \\|$`, 'm'),
    );
  }
  for (const [operator, types] of Object.entries(operatorTypes))
    expect(document).toContain(`| \`${operator}\` | ${types.join(', ')} |`);
  for (const [code, severity] of Object.entries(problemCodes))
    expect(document).toContain(`| \`${code}\` | ${severity} |`);
  for (const { country, regions } of holidayCountries()) {
    const row = document.split('\n').find((line) => line.startsWith(`| \`${country}\` |`)) ?? '';
    expect(row.match(/`[A-Z]+`/g)).toEqual([country, ...regions].map((code) => `\`${code}\``));
  }
});
