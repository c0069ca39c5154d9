import { isZone } from '../../calendar/zone.ts';
import { nearestName } from '../../nearest-name.ts';
import { type Problem, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';
import { nodeIdProblems } from '../shape.ts';

/** The flow begins at a start node, its fault edge leads somewhere, its zone exists, and its nodes have ids that edges can name. */
export const frame: Rule = ({ document: { start, fault, nodes, timeZone } }) => {
  const problems: Problem[] = nodeIdProblems(nodes);
  if (timeZone !== undefined && !isZone(timeZone))
    problems.push(
      problem(
        'unknown-zone',
        { at: '/timeZone' },
        `there is no time zone ${timeZone}`,
        `časové pásmo ${timeZone} neexistuje`,
      ),
    );
  if (!Object.hasOwn(nodes, start) || nodes[start]?.type !== 'start') {
    const starts = Object.keys(nodes).filter((id) => nodes[id]?.type === 'start');
    const [only] = starts;
    const fix =
      only !== undefined && starts.length === 1 ? [{ op: 'replace' as const, path: '/start', value: only }] : undefined;
    problems.push(problem('no-start', { at: '/start' }, `${start} is no start node`, `${start} není uzel start`, fix));
  }
  if (fault !== undefined && !Object.hasOwn(nodes, fault)) {
    const near = nearestName(fault, Object.keys(nodes));
    const [en, cs] = near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
    problems.push(
      problem(
        'fault-to-nowhere',
        { at: '/fault' },
        `the fault edge leads to ${fault}, which does not exist${en}`,
        `chybová hrana vede do ${fault}, který neexistuje${cs}`,
      ),
    );
  }
  return problems;
};
