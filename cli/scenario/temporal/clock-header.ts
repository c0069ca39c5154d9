/** The header of a message that says when it comes, in the scenario: milliseconds since 1970. */
export const clockHeader = 'scenario-clock';
