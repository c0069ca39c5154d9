import type { Logger } from 'pino';

/** What the adapters of all vendors are made with. */
export interface ModelAdapterDeps {
  log: Logger;
  /** Hears of each piece of a caller's audio that a connection took no more. */
  onAudioDropped?: () => void;
}
