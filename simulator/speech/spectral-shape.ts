import { bandCount, type LogMel } from './log-mel.ts';

/** Cepstral coefficients kept per frame; the first (the level) is left out, so that loudness does not matter. */
const shapeSize = 10;
const floorDb = 36;

const cosines = Float32Array.from({ length: shapeSize * bandCount }, (_, i) => {
  const k = Math.floor(i / bandCount) + 1;
  return (Math.cos((Math.PI * k * ((i % bandCount) + 0.5)) / bandCount) * 2) / bandCount;
});

/** `shapeSize` values per frame that describe its spectrum, whatever its level. */
export type Shapes = Float32Array;

/** Bands further than `floorDb` below the peak count as silence. */
export function createShapes(logMel: LogMel, peakDb: number): Shapes {
  const shapes = new Float32Array(logMel.frameCount * shapeSize);
  const floor = peakDb - floorDb;
  for (let frame = 0; frame < logMel.frameCount; frame++) {
    for (let k = 0; k < shapeSize; k++) {
      let sum = 0;
      for (let band = 0; band < bandCount; band++) {
        sum += (cosines[k * bandCount + band] ?? 0) * Math.max(floor, logMel.bands[frame * bandCount + band] ?? floor);
      }
      shapes[frame * shapeSize + k] = sum;
    }
  }
  return shapes;
}

/** Mean squared distance between runs of frames: `heard` steps by one frame, `book` by two (its hop is half). */
export function shapeDistance(
  heard: Shapes,
  heardFrom: number,
  book: Shapes,
  bookFrom: number,
  count: number,
  stride = 1,
): number {
  let sum = 0;
  let compared = 0;
  for (let n = 0; n < count; n += stride) {
    const h = (heardFrom + n) * shapeSize;
    const b = (bookFrom + 2 * n) * shapeSize;
    if (h < 0 || b < 0 || h >= heard.length || b >= book.length) {
      sum += 100;
    } else {
      for (let k = 0; k < shapeSize; k++) {
        const difference = (heard[h + k] ?? 0) - (book[b + k] ?? 0);
        sum += difference * difference;
      }
    }
    compared++;
  }
  return compared === 0 ? Infinity : sum / compared;
}
