import { type CalendarProblem, calendarProblems } from '../../calendar/calendar-problems.ts';
import { type Problem, problem } from '../problem.ts';
import { ownOf } from '../references-of.ts';
import type { Rule } from '../rule.ts';

/** The calendars that a flow asks are open at times, closed at others, and can be read. */
export const calendars: Rule = ({ context, nodes }) => {
  const known = new Map<string, readonly CalendarProblem[]>();
  return [...nodes.values()].flatMap(({ id, references: all }) =>
    all.flatMap(({ kind, to, at }) => {
      const calendar = kind === 'calendars' ? ownOf(context.calendars, to) : undefined;
      if (!calendar) return [];
      const problems = known.get(to) ?? calendarProblems(calendar, context.nowMs);
      known.set(to, problems);
      return problems.map((each) => inFlow({ nodeId: id, at }, to, each));
    }),
  );
};

function inFlow(
  where: { nodeId: string; at: string },
  name: string,
  { code, severity, message }: CalendarProblem,
): Problem {
  const en = `calendar ${name}: ${message.en}`;
  const cs = `kalendář ${name}: ${message.cs}`;
  if (code === 'never-open') return problem('calendar-never-open', where, en, cs);
  if (code === 'always-open') return problem('calendar-always-open', where, en, cs);
  return problem(severity === 'error' ? 'calendar-broken' : 'calendar-odd', where, en, cs);
}
