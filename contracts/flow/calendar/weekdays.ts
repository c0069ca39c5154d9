/** In the order in which a week's hours are kept; apart from the schema, which no workflow loads. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
