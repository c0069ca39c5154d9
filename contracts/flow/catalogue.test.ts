import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { nodeSpecs } from './catalogue.ts';

const issueTable =
  'start say menu collect hours condition split set http assistant queue agent transfer callback voicemail sms staffing language recording subflow return tag notify wait hangup';

describe('the catalogue', () => {
  it('has every type of node once', () => {
    expect(nodeSpecs.map(({ type }) => type)).toEqual(issueTable.split(' '));
  });

  it.each(nodeSpecs.map((spec) => [spec.type, spec] as const))(
    '%s has an example that its schema takes, whose edges are outcomes of it',
    (_type, spec) => {
      expect(Value.Errors(spec.schema, spec.example)).toEqual([]);
      const calendar = {
        timeZone: 'UTC',
        weekly: [],
        exceptions: [],
        holidays: [{ name: 'holiday', from: '2026-12-25', hours: 'closed' as const }],
      };
      const version = {
        schemaVersion: 1 as const,
        name: 's',
        languages: ['cs-CZ'],
        voiceId: 'v',
        start: 'start',
        nodes: { ok: { type: 'return' as const, name: 'verified' }, no: { type: 'return' as const, name: 'unknown' } },
      };
      const references = {
        assistants: { reception: { outcomes: [{ name: 'appointment' }] } },
        calendars: { shop: calendar },
        flows: { 'verify-caller': { versions: { 3: version } } },
      };
      const outcomes = spec.outcomes(spec.example, references);
      expect(Object.keys(spec.example.edges ?? {}).filter((outcome) => !outcomes.includes(outcome))).toEqual([]);
    },
  );

  it.each(nodeSpecs.map((spec) => [spec.type, spec] as const))(
    '%s takes no parameter that it does not know',
    (_type, spec) => {
      expect(Value.Check(spec.schema, { ...spec.example, colour: 'red' })).toBe(false);
      expect(spec.summary.en).toMatch(/^[A-Z].{5,90}\.$/);
      expect(spec.summary.cs).toMatch(/^[A-ZŘ].{5,90}\.$/u);
    },
  );
});
