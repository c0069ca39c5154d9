/** Our own lint rules. Plain JavaScript, so that the linter also runs where Node cannot load TypeScript. */
import { folderBoundaries, ownSubfolders, portableCode, readableImport, typesOnly } from './boundary-rules.js';
import { environmentInMain } from './environment-rule.js';
import { fixedModuleScope } from './module-scope-rule.js';

export default {
  meta: { name: 'switchboard' },
  rules: {
    'folder-boundaries': folderBoundaries,
    'types-only': typesOnly,
    'own-subfolders': ownSubfolders,
    'readable-import': readableImport,
    'portable-code': portableCode,
    'environment-in-main': environmentInMain,
    'fixed-module-scope': fixedModuleScope,
  },
};
