/** How much of a condition is evaluated; apart from the schema, which no workflow loads. */
export const maxConditionDepth = 8;
export const maxComparisons = 100;
