/** The fields of a form-encoded message; a repeated key holds all its values in order. */
export type FormFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Every key and value pair of a form, repeated keys once per value, absent fields left out. */
export function formPairs(fields: FormFields): [string, string][] {
  return Object.entries(fields).flatMap(([key, value]): [string, string][] => {
    if (value === undefined) return [];
    if (typeof value === 'string') return [[key, value]];
    return value.map((one): [string, string] => [key, one]);
  });
}

/** `application/x-www-form-urlencoded` text of a form. */
export function encodeForm(fields: FormFields): string {
  return new URLSearchParams(formPairs(fields)).toString();
}
