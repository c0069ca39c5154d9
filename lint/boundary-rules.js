import { isBuiltin } from 'node:module';
import { importVisitor } from './imports.js';
import { testsMayImport } from './folder-table.js';
import { placeOf, placeOfSpecifier } from './source-place.js';

/** A folder imports only what the table names for it. */
export const folderBoundaries = importRule((from, { specifier }, to) => {
  if (!to || to.folder === from.folder || mayImport(from, to)) return undefined;
  if (from.rules.types?.includes(to.folder)) return undefined; // `typesOnly` judges these
  const allowed = [...from.rules.mayImport, ...(from.rules.types ?? [])].join(', ') || 'nothing of ours';
  return `${from.folder}/ may not import ${specifier}: it may import ${allowed}.`;
});

/** Where a folder may name another's types, it may not load its code. */
export const typesOnly = importRule((from, { specifier, typeOnly }, to) => {
  if (!to || typeOnly || !from.rules.types?.includes(to.folder)) return undefined;
  return `${from.folder}/ imports ${specifier} as types only: write \`import type\`.`;
});

/** The subfolders of a folder are its own; its top-level files are its public face. */
export const ownSubfolders = importRule((from, { specifier }, to) => {
  if (!to || to.folder === from.folder || from.rules.mayImport === 'anything') return undefined;
  const [, ...below] = to.path.split('/');
  if (below.length === 1 || to.rules.openSubfolders?.includes(below[0])) return undefined;
  if (from.isTest && testsMayImport.includes(to.folder)) return undefined;
  return `${specifier} is ${to.folder}/'s own: import a top-level file of ${to.folder}/.`;
});

/** What a dynamic import loads can be read from the source, or no boundary could be checked. */
export const readableImport = importRule((from, { specifier, dynamic }) => {
  if (!dynamic || specifier !== undefined || from.rules.mayImport === 'anything') return undefined;
  return 'Name the module in a plain string, so that the folder boundaries can be checked.';
});

/** Code that also runs in the workflow sandbox and in the browser uses nothing of Node. Tests run in Node. */
export const portableCode = importRule((from, { specifier, typeOnly }) => {
  if (!from.rules.portable || from.isTest || typeOnly || specifier === undefined || !isBuiltin(specifier))
    return undefined;
  return `${from.folder}/ runs outside Node too and may not import ${specifier}.`;
});

function mayImport(from, to) {
  const list = from.rules.mayImport;
  if (list === 'anything') return true;
  if (from.isTest && testsMayImport.includes(to.folder)) return true;
  return list.includes(to.folder) || list.includes(to.path);
}

/** A rule over every import of a file in one of our folders; `judge(from, import, to)` returns the complaint, if any. */
function importRule(judge) {
  return {
    create(context) {
      const from = placeOf(context.filename);
      if (!from) return {};
      return importVisitor((found) => {
        const to = found.specifier === undefined ? undefined : placeOfSpecifier(context.filename, found.specifier);
        const message = judge(from, found, to);
        if (message) context.report({ node: found.node, message });
      });
    },
  };
}
