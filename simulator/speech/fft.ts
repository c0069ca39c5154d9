/** An in-place complex Fourier transform of a fixed power-of-two size (radix 2, decimation in time). */
export function createFft(size: number): (re: Float64Array, im: Float64Array) => void {
  if (!Number.isInteger(Math.log2(size))) throw new RangeError(`${size} is not a power of two`);
  const cos = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sin = Float64Array.from({ length: size / 2 }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
  const reversed = bitReversal(size);
  return (re, im) => {
    for (let i = 0; i < size; i++) {
      const j = reversed[i] ?? 0;
      if (j <= i) continue;
      const [a, b] = [re[i] ?? 0, im[i] ?? 0];
      re[i] = re[j] ?? 0;
      im[i] = im[j] ?? 0;
      re[j] = a;
      im[j] = b;
    }
    for (let half = 1; half < size; half *= 2) {
      const stride = size / (2 * half);
      for (let k = 0; k < half; k++) {
        const wr = cos[k * stride] ?? 0;
        const wi = sin[k * stride] ?? 0;
        for (let top = k; top < size; top += 2 * half) {
          const low = top + half;
          const lr = re[low] ?? 0;
          const li = im[low] ?? 0;
          const tr = wr * lr - wi * li;
          const ti = wr * li + wi * lr;
          const ar = re[top] ?? 0;
          const ai = im[top] ?? 0;
          re[low] = ar - tr;
          im[low] = ai - ti;
          re[top] = ar + tr;
          im[top] = ai + ti;
        }
      }
    }
  };
}

function bitReversal(size: number): Uint16Array {
  const bits = Math.log2(size);
  return Uint16Array.from({ length: size }, (_, i) => {
    let out = 0;
    for (let bit = 0; bit < bits; bit++) if (i & (1 << bit)) out |= 1 << (bits - 1 - bit);
    return out;
  });
}
