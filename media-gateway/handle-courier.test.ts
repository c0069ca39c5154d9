import { expect, it } from 'vitest';
import { createHandleCourier } from './handle-courier.ts';

it('stores what several calls have at once, and tells each whether its own was', async () => {
  const written: unknown[] = [];
  const store = createHandleCourier(async (tenantId, handles) => {
    written.push([tenantId, handles]);
    return ['CA1'];
  }, 0);
  const handles = ['CA1', 'CA2'].map((callId) => ({ callId, epoch: 1, handle: `handle of ${callId}` }));
  expect(await Promise.all(handles.map((handle) => store({ tenantId: 'a', ...handle })))).toEqual([true, false]);
  expect(written).toEqual([['a', handles]]);
});
