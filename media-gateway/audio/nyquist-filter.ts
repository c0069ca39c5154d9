/**
 * Designs one side of a symmetric Kaiser-windowed low-pass of cut-off `sampleRate / (2 * factor)`, unity gain:
 * element `o` weighs the two samples `o` away from the centre. Every `factor`-th element but the first is exactly
 * zero, which is what lets the resamplers skip a third or a half of the work.
 */
export function nyquistFilter(factor: number, halfLength: number, beta: number): Float64Array {
  const side = new Float64Array(halfLength + 1);
  for (let offset = 0; offset <= halfLength; offset++) {
    side[offset] = sinc(offset, factor) * kaiser(offset / (halfLength + 1), beta);
  }
  const gain = side.reduce((sum, tap, offset) => sum + (offset === 0 ? tap : 2 * tap), 0);
  return side.map((tap) => tap / gain);
}

function sinc(offset: number, factor: number): number {
  if (offset === 0) return 1 / factor;
  if (offset % factor === 0) return 0;
  return Math.sin((Math.PI * offset) / factor) / (Math.PI * offset);
}

function kaiser(position: number, beta: number): number {
  return besselI0(beta * Math.sqrt(1 - position * position)) / besselI0(beta);
}

function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-16; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
