import { randomBytes } from 'node:crypto';

/** Prefixes of the resource ids that the network hands out. */
export type SidPrefix = 'AC' | 'AP' | 'CA' | 'MZ' | 'PN' | 'RE' | 'SK' | 'SM' | 'NO';

/** A new resource id: two letters and 32 hexadecimal digits. */
export function newSid(prefix: SidPrefix): string {
  return prefix + randomBytes(16).toString('hex');
}
