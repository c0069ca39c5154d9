const QUOTE = 0x22;
const PADDING = 0x3d;
const INVALID = 0xff;
const SEXTETS = Uint8Array.from({ length: 256 }, (_, code) => sextetOf(code));

/**
 * Decodes padded base64 from where it stands in a message, without a string on the way. Returns how many bytes were written
 * to `target`; undefined where it is no padded base64 or holds more than there is room.
 */
export function decodeBase64(message: Uint8Array, from: number, to: number, target: Uint8Array): number | undefined {
  if ((to - from) % 4 !== 0) return undefined;
  const padding = to === from || message[to - 1] !== PADDING ? 0 : message[to - 2] === PADDING ? 2 : 1;
  if (0.75 * (to - from) - padding > target.length) return undefined;
  let length = 0;
  for (let at = from; at < to; at += 4) {
    const last = at + 4 === to ? padding : 0;
    const a = SEXTETS[message[at] ?? QUOTE] ?? INVALID;
    const b = SEXTETS[message[at + 1] ?? QUOTE] ?? INVALID;
    const c = last === 2 ? 0 : (SEXTETS[message[at + 2] ?? QUOTE] ?? INVALID);
    const d = last > 0 ? 0 : (SEXTETS[message[at + 3] ?? QUOTE] ?? INVALID);
    if ((a | b | c | d) === INVALID) return undefined;
    target[length] = (a << 2) | (b >> 4);
    target[length + 1] = (b << 4) | (c >> 2);
    target[length + 2] = (c << 6) | d;
    length += 3 - last;
  }
  return length;
}

function sextetOf(code: number): number {
  const value = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(code));
  return value === -1 ? INVALID : value;
}
