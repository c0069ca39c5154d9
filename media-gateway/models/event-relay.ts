import type { ModelEvent } from '../../contracts/realtime-model.ts';

/** Hands events to one handler; keeps the first ones, bounded, until there is one. */
export interface EventRelay {
  emit(event: ModelEvent): void;
  /** Takes over from the handler before; gets at once what was kept. */
  handle(handler: (event: ModelEvent) => void): void;
}

const MAX_KEPT = 2000;

/** `onFault` gets what a handler threw: the session it belongs to is then beyond repair. */
export function createEventRelay(onFault: (thrown: unknown) => void): EventRelay {
  const kept: ModelEvent[] = [];
  let current: ((event: ModelEvent) => void) | undefined;
  const deliver = (event: ModelEvent): void => {
    try {
      current?.(event);
    } catch (thrown) {
      onFault(thrown);
    }
  };
  return {
    emit(event) {
      if (current) deliver(event);
      else if (kept.length < MAX_KEPT || event.type === 'closed') kept.push(event);
    },
    handle(handler) {
      current = handler;
      for (const event of kept.splice(0)) deliver(event);
    },
  };
}
