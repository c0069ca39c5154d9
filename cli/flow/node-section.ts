import type { NodeSpec, Waiting } from '../../contracts/flow/node-spec.ts';

const waiting: Readonly<Record<Waiting, string>> = {
  nothing: 'Goes on at once.',
  caller: 'Waits for the caller, where it asks.',
  time: 'Waits for a time.',
  world: 'Waits for an answer from elsewhere.',
};

/** What the page says of one type of node. */
export function nodeSection(spec: NodeSpec): string {
  const required = new Set(spec.schema.required ?? []);
  const parameters = Object.entries<string>(spec.help).map(
    ([name, help]) => `| \`${name}\`${required.has(name) ? '*' : ''} | ${help} |`,
  );
  const outcomes = spec.outcomes(spec.example, { assistants: {} });
  const table = ['| parameter | |', '| --- | --- |', ...parameters].join('\n');
  return [
    `### ${spec.type}`,
    `${spec.summary.en} ${waiting[spec.waits]}${liveWords(spec)}`,
    ...(parameters.length > 0 ? [table] : []),
    outcomes.length > 0
      ? `Outcomes of the example: ${outcomes.map((name) => `\`${name}\``).join(', ')}.`
      : 'No outcomes.',
    `\`\`\`json\n${JSON.stringify(spec.example, null, 2)}\n\`\`\``,
  ].join('\n\n');
}

function liveWords(spec: NodeSpec): string {
  return spec.isLive(spec.example)
    ? ''
    : ' As the example has it, scenarios can do this, but calls cannot yet: it cannot be published.';
}
