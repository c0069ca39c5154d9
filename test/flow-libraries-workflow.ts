import type { Calendar } from '../contracts/flow/calendar/calendar.ts';
import { calendarAt } from '../contracts/flow/calendar/calendar-at.ts';
import type { Condition } from '../contracts/flow/conditions/condition.ts';
import { evaluate } from '../contracts/flow/conditions/evaluate.ts';
import { renderTemplate } from '../contracts/flow/template/render.ts';
import type { Template } from '../contracts/flow/template/template.ts';
import { valueAt } from '../contracts/flow/variables.ts';
import type { JsonObject } from '../contracts/tools.ts';

export interface FlowQuestions {
  calendar: Calendar;
  times: readonly number[];
  conditions: readonly Condition[];
  templates: readonly Template[];
  languages: readonly string[];
  values: JsonObject;
}

/** What a flow's libraries answer; asked in the sandbox and outside of it. */
export function flowAnswers({ calendar, times, conditions, templates, languages, values }: FlowQuestions) {
  const lookup = (path: string) => valueAt(values, path);
  const { timeZone } = calendar;
  return {
    hours: times.map((atMs) => calendarAt(calendar, atMs)),
    verdicts: conditions.map((condition) => evaluate(condition, lookup)),
    texts: templates.flatMap((template) =>
      languages.map((language) => renderTemplate(template, lookup, { language, timeZone })),
    ),
  };
}

/** Asks them where calls do: in the sandbox of a workflow. */
export async function flowLibrariesWorkflow(questions: FlowQuestions): Promise<ReturnType<typeof flowAnswers>> {
  return flowAnswers(questions);
}
