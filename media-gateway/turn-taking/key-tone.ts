const FREQUENCIES_HZ = [697, 770, 852, 941, 1209, 1336, 1477, 1633] as const;
const FACTORS = FREQUENCIES_HZ.map((hz) => 2 * Math.cos((2 * Math.PI * hz) / 8000));
const SHARE = 0.75; // of all power that two pure tones hold, a frame's edges and the codec's noise allowed for
const TWIST = 12; // of the weaker tone's power, 10.8 dB

/** Whether 8 kHz samples are the two tones of a telephone key (ITU-T Q.23) and little else. */
export function isKeyTone(pcm: Int16Array): boolean {
  let power = 0;
  for (const sample of pcm) power += sample * sample;
  let row = 0;
  let column = 0;
  FACTORS.forEach((factor, index) => {
    const found = tonePower(pcm, factor);
    if (index < 4) row = Math.max(row, found);
    else column = Math.max(column, found);
  });
  const tones = (2 * (row + column)) / pcm.length;
  return tones > SHARE * power && row < TWIST * column && column < TWIST * row;
}

/** Goertzel's algorithm. */
function tonePower(pcm: Int16Array, factor: number): number {
  let last = 0;
  let beforeLast = 0;
  for (const sample of pcm) {
    const value = sample + factor * last - beforeLast;
    beforeLast = last;
    last = value;
  }
  return last * last + beforeLast * beforeLast - factor * last * beforeLast;
}
