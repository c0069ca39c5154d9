/**
 * Flags of Node with which a media gateway is run, so that no collection is heard: one thread for collections, since more of
 * them compete with the audio for the core; a small young generation, whose collections are over in two milliseconds; and an
 * old one that may grow to four times what is alive in it before it is collected, which takes twenty.
 */
export const gatewayNodeArgs: readonly string[] = [
  '--single-threaded-gc',
  '--max-semi-space-size=8',
  '--heap-growing-percent=300',
];
