export interface LockPackage {
  version?: string;
  optional?: boolean;
  link?: boolean;
  os?: string | string[];
  cpu?: string | string[];
  libc?: string | string[];
}
export interface Lock {
  packages?: Record<string, LockPackage>;
}
export interface Platform {
  os: string;
  cpu: string;
  libc?: string | undefined;
}
export function missingPackages(
  lock: Lock,
  installed: Lock | undefined,
  platform: Platform,
  isPresent: (path: string) => boolean,
): string[];
