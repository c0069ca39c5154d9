export function makePackageLinks(nodeModules: string): number;
