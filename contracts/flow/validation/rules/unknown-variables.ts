import { suggestPath, typeOf } from '../../variables.ts';
import { type Part, partsOf } from '../flow-view.ts';
import { type PatchOperation, problem } from '../problem.ts';
import type { Rule } from '../rule.ts';

/** Every variable that is read is the system's or declared or set somewhere. */
export const unknownVariables: Rule = (view) =>
  partsOf(view).flatMap((part) =>
    [...part.inspection.reads]
      .filter((path) => typeOf(path, view.declared) === undefined)
      .map((path) => {
        const near = suggestPath(path, view.declared);
        const [en, cs] = near === undefined ? ['', ''] : [`; did you mean ${near}?`, `; mysleli jste ${near}?`];
        const places = placesOf(part, path);
        return problem(
          'unknown-variable',
          { nodeId: part.id, ...(places[0] && { at: places[0].at }) },
          `there is no variable ${path}${en}`,
          `proměnná ${path} neexistuje${cs}`,
          near === undefined ? undefined : places.flatMap((place) => renamed(place, path, near)),
        );
      }),
  );

interface Place {
  at: string;
  value: string;
}

/** The fields of a node that name a variable: texts, and `variable` of a comparison. */
export function placesOf({ fields }: Part, path: string): Place[] {
  return fields.flatMap(({ at, value }) =>
    typeof value === 'string' && (value === path || (value.includes('{') && value.includes(path)))
      ? [{ at, value }]
      : [],
  );
}

function renamed({ at, value }: Place, from: string, to: string): PatchOperation[] {
  const whole = new RegExp(`(?<![\\w.])${from.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)}(?![\\w.])`, 'g');
  const changed = value.replaceAll(whole, to);
  return changed === value ? [] : [{ op: 'replace', path: at, value: changed }];
}
