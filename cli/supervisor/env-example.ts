interface Described {
  meaning: string;
  default?: string;
  choices?: readonly string[];
}

const heading = `# Every variable, with its meaning. Copy this file to .env and set what shall differ; the environment wins over .env.
# A value that is commented out is the default; an empty one is absent.
`;

/** The text of `.env.example` for these variables. */
export function envExample(variables: Readonly<Record<string, Described>>): string {
  const entries = Object.entries(variables).map(([name, { meaning, choices, default: value = '' }]) => {
    const oneOf = choices ? ` One of ${choices.join(', ')}.` : '';
    return `# ${meaning}${oneOf}\n#${name}=${value}\n`;
  });
  return [heading, ...entries].join('\n');
}
