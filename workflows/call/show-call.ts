import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../../contracts/search-attributes.ts';
import type { CoreState } from './call-state.ts';
import { describeCall } from './call-words.ts';

/** Shows operators where a call stands: words at each change, search attributes (an event each) only where they differ. */
export function showCall(before: CoreState, after: CoreState): void {
  const words = describeCall(after);
  if (words !== describeCall(before)) setCurrentDetails(words);
  const gatewayId = gatewayOf(after);
  const changed = [
    ...(after.phase === before.phase ? [] : [{ key: searchAttributes.callPhase, value: after.phase }]),
    ...(gatewayId === undefined || gatewayId === gatewayOf(before)
      ? []
      : [{ key: searchAttributes.gatewayId, value: gatewayId }]),
    ...(after.phase === 'ended' && before.phase !== 'ended'
      ? [{ key: searchAttributes.outcome, value: after.outcome ?? 'unknown' }]
      : []),
  ];
  if (changed.length > 0) upsertSearchAttributes(changed);
}

function gatewayOf({ visit }: CoreState): string | undefined {
  return visit?.stream?.gatewayId ?? visit?.gateway.gatewayId;
}
