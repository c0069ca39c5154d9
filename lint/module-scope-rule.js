import { placeOf } from './source-place.js';

const shared = new Set(['workflows', 'contracts']);

/** A worker's workflows share one copy of their modules: what one changes in module scope, all others see. */
export const fixedModuleScope = {
  create(context) {
    const place = placeOf(context.filename);
    if (!place || place.isTest || !shared.has(place.folder)) return {};
    return {
      Program({ body }) {
        for (const statement of body) {
          const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
          if (node?.type !== 'VariableDeclaration' || node.kind === 'const') continue;
          context.report({ node, message: 'Workflows share their modules: keep what changes in a function.' });
        }
      },
    };
  },
};
