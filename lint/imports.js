/**
 * Finds every way a module names another one: static imports, re-exports, `import()`, `import('…')` types, `require`,
 * also one made by `createRequire`, and `new URL('…', import.meta.url)`, by which workers and bundles are loaded.
 * `found({ node, specifier, typeOnly, dynamic })` has no `specifier` where it cannot be read from the source.
 */
export function importVisitor(found) {
  const requires = new Set(['require']);
  const declared = (node) => {
    if (node.source) found({ node, specifier: node.source.value, typeOnly: isTypeOnly(node) });
  };
  return {
    ImportDeclaration: declared,
    ExportNamedDeclaration: declared,
    ExportAllDeclaration: declared,
    TSImportType(node) {
      const source = node.source ?? node.argument?.literal ?? node.argument;
      found({ node, specifier: source?.value, typeOnly: true });
    },
    ImportExpression(node) {
      found({ node, ...readSpecifier(node.source), dynamic: true });
    },
    VariableDeclarator(node) {
      if (node.id.type === 'Identifier' && isCallOf(node.init, 'createRequire')) requires.add(node.id.name);
    },
    CallExpression(node) {
      const { callee } = node;
      const direct = (callee.type === 'Identifier' && requires.has(callee.name)) || isCallOf(callee, 'createRequire');
      const resolve =
        isMember(callee, 'resolve') && callee.object.type === 'Identifier' && requires.has(callee.object.name);
      if (direct || resolve) found({ node, ...readSpecifier(node.arguments[0]), dynamic: true });
    },
    NewExpression(node) {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL' || !isModuleUrl(node.arguments[1])) return;
      const { specifier } = readSpecifier(node.arguments[0]);
      if (specifier) found({ node, specifier, typeOnly: false });
    },
  };
}

function isTypeOnly(node) {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const kinds = (node.specifiers ?? []).map((one) => one.importKind ?? one.exportKind);
  return kinds.length > 0 && kinds.every((kind) => kind === 'type');
}

/** A template that begins with a package's name is read as that: it cannot lead into our folders. */
function readSpecifier(node) {
  if (node?.type === 'Literal' && typeof node.value === 'string') return { specifier: node.value };
  if (node?.type !== 'TemplateLiteral') return {};
  const head = node.quasis[0].value.cooked;
  if (node.expressions.length === 0 || /^(@[a-z0-9-]+\/)?[a-z0-9][a-z0-9.-]*\//.test(head)) return { specifier: head };
  return {};
}

function isMember(node, property) {
  return node?.type === 'MemberExpression' && !node.computed && node.property.name === property;
}

function isCallOf(node, name) {
  if (node?.type !== 'CallExpression') return false;
  return (node.callee.type === 'Identifier' && node.callee.name === name) || isMember(node.callee, name);
}

function isModuleUrl(node) {
  return isMember(node, 'url') && node.object.type === 'MetaProperty';
}
