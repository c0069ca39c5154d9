/**
 * Flags of Node with which a media gateway is run: one thread for collections, so that none competes with the audio for the
 * core, and a small young generation, so that each collection is over in a few milliseconds.
 */
export const gatewayNodeArgs: readonly string[] = ['--single-threaded-gc', '--max-semi-space-size=4'];
