/**
 * Stands in for `typebox` in the workflow bundle: nodes' specs hold their schemas, which are for the edges alone, and
 * building them would cost the start of every workflow.
 */
export const Type = new Proxy({}, { get: () => () => ({}) });
