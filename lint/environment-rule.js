import { placeOf } from './source-place.js';

/** Only a process's `main.ts` (and the commands, and the tests' set-up) reads the environment; the rest is given its configuration. */
export const environmentInMain = {
  create(context) {
    const place = placeOf(context.filename);
    if (!place || place.rules.mayReadEnvironment || place.path.endsWith('/main.ts')) return {};
    const report = (node) => {
      context.report({ node, message: 'Only main.ts reads process.env: take a configuration as an argument.' });
    };
    return {
      MemberExpression(node) {
        const property = node.computed ? node.property.value : node.property.name;
        if (property === 'env' && isProcess(node.object)) report(node);
      },
      VariableDeclarator(node) {
        if (node.id.type === 'ObjectPattern' && isProcess(node.init) && takesEnv(node.id)) report(node);
      },
      ImportDeclaration(node) {
        const isProcessModule = node.source.value === 'node:process' || node.source.value === 'process';
        if (isProcessModule && node.specifiers.some((one) => one.imported?.name === 'env')) report(node);
      },
    };
  },
};

function isProcess(node) {
  if (node?.type === 'Identifier') return node.name === 'process';
  return node?.type === 'MemberExpression' && !node.computed && node.property.name === 'process';
}

function takesEnv(pattern) {
  return pattern.properties.some((property) => property.type === 'RestElement' || property.key?.name === 'env');
}
