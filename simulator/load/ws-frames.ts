/**
 * WebSocket frames (RFC 6455) by hand, as far as a load generator needs them: whole messages without compression. What
 * is sent again and again is built once.
 */
const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const KEY_BYTES = 4;

/** A frame as a server sends it. */
export function serverFrame(payload: Buffer, opcode = TEXT): Buffer {
  return Buffer.concat([head(payload.length, opcode, 0), payload]);
}

/** A frame as a client sends it, masked with a key of zeros: the receiver unmasks as ever, we spare ourselves the work. */
export function clientFrame(payload: Buffer, opcode = TEXT): Buffer {
  return Buffer.concat([head(payload.length, opcode, 0x80), Buffer.alloc(KEY_BYTES), payload]);
}

function head(length: number, opcode: number, masked: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, masked | length]);
  if (length > 0xffff) {
    const long = Buffer.from([0x80 | opcode, masked | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    long.writeUInt32BE(length, 6);
    return long;
  }
  return Buffer.from([0x80 | opcode, masked | 126, length >> 8, length & 0xff]);
}

/** One message, still where it was received; valid during the call only. */
export interface Message {
  readonly opcode: number;
  readonly length: number;
  /** The byte at a place of the payload. */
  at(index: number): number;
  /** A copy of the payload. */
  copy(): Buffer;
}

/** Cuts a stream of bytes into messages. */
export function createMessageCutter(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let bytes: Buffer = rest;
  let from = 0;
  let length = 0;
  let opcode = 0;
  let key = -1;
  const at = (index: number): number => (bytes[from + index] ?? 0) ^ (key < 0 ? 0 : (bytes[key + (index & 3)] ?? 0));
  const message: Message = {
    get opcode() {
      return opcode;
    },
    get length() {
      return length;
    },
    at,
    copy: () => Buffer.from(Uint8Array.from({ length }, (_, index) => at(index))),
  };
  return (chunk) => {
    bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let next = 0;
    for (;;) {
      const left = bytes.length - next;
      if (left < 2) break;
      const second = bytes[next + 1] ?? 0;
      const short = second & 0x7f;
      const headBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
      const keyBytes = second >= 0x80 ? KEY_BYTES : 0;
      if (left < headBytes + keyBytes) break;
      length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(next + 2) : bytes.readUInt32BE(next + 6);
      if (left < headBytes + keyBytes + length) break;
      opcode = (bytes[next] ?? 0) & 0x0f;
      key = keyBytes === 0 ? -1 : next + headBytes;
      from = next + headBytes + keyBytes;
      next = from + length;
      onMessage(message);
    }
    rest = bytes.subarray(next);
  };
}
