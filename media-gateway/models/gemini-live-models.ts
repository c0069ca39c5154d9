import { GeminiLiveAdapter } from './gemini-live-adapter.ts';

/** The flash models of Gemini Live: quick, for conversation. */
export class GeminiLive2_5FlashModel extends GeminiLiveAdapter {}

/** Gemini Live with extended thinking: slower, for hard questions. */
export class GeminiLiveProModel extends GeminiLiveAdapter {}
