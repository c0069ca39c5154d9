/** What lines and faulty audio paths do to a recording; each returns new samples. */
export const distortions = {
  gain(pcm: Int16Array, db: number): Int16Array {
    const factor = 10 ** (db / 20);
    return pcm.map((sample) => clip(sample * factor));
  },

  silenceAround(pcm: Int16Array, before: number, after: number): Int16Array {
    const out = new Int16Array(before + pcm.length + after);
    out.set(pcm, before);
    return out;
  },

  /** G.711 mu-law there and back. */
  mulaw(pcm: Int16Array): Int16Array {
    return pcm.map((sample) => mulawRoundTrip(sample));
  },

  /** White noise so many dB below the recording's own level. */
  noise(pcm: Int16Array, snrDb: number, seed: number): Int16Array {
    const power = pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length;
    const amplitude = Math.sqrt(power * 3) * 10 ** (-snrDb / 20);
    const next = random(seed);
    return pcm.map((sample) => clip(sample + amplitude * (2 * next() - 1)));
  },

  swappedBytes(pcm: Int16Array): Int16Array {
    return pcm.map((sample) => ((sample & 0xff) << 8) | ((sample >> 8) & 0xff));
  },

  /** Every twentieth frame of 20 ms is silent. */
  lostFramesZeroed(pcm: Int16Array, rateHz: number, phase: number): Int16Array {
    const frame = rateHz / 50;
    return pcm.map((sample, n) => (Math.floor(n / frame) % 20 === phase % 20 ? 0 : sample));
  },

  /** Every twentieth frame of 20 ms is missing and its neighbours touch. */
  lostFramesSpliced(pcm: Int16Array, rateHz: number, phase: number): Int16Array {
    const frame = rateHz / 50;
    return pcm.filter((_, n) => Math.floor(n / frame) % 20 !== phase % 20);
  },

  /** One sample off by an eighth of full scale at the start of each frame of 20 ms. */
  clickPerFrame(pcm: Int16Array, rateHz: number): Int16Array {
    const frame = rateHz / 50;
    return pcm.map((sample, n) => (n % frame === 0 ? clip(sample + 4096) : sample));
  },
};

/** A small deterministic generator (mulberry32) of numbers from 0 up to 1. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function mulawRoundTrip(sample: number): number {
  const magnitude = Math.min(32635, Math.abs(sample)) + 0x84;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 15;
  const back = ((2 * mantissa + 33) << (exponent + 2)) - 0x84;
  return sample < 0 ? -back : back;
}

function clip(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}
