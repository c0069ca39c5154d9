/** Forms of keys that their makers document, and of words that a secret follows. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'private key'],
  [/\bsk-[A-Za-z0-9_-]{20,}/, 'API key'],
  [/\bAIza[A-Za-z0-9_-]{35}\b/, 'Google API key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}/, 'GitHub token'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, 'Slack token'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, 'AWS access key'],
  [/\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/, 'JSON web token'],
  [/\bSK[0-9a-f]{32}\b/, 'Twilio API key'],
  [/\bBearer\s+[A-Za-z0-9._~+/-]{16,}/i, 'bearer token'],
  [/\b(?:password|passwd|secret|api[-_ ]?key|token|heslo)\s*[:=]\s*["']?(?!\{)[^\s"'{}]{8,}/i, 'secret'],
  [/\bhooks\.slack\.com\/services\/\S+/, 'Slack webhook'],
  [/:\/\/[^\s/:@]+:[^\s/:@]{4,}@/, 'password in an address'],
];

/** What a text looks like that should be kept secret; undefined where it does not. */
export function secretIn(text: string): string | undefined {
  if (text.length < 12) return undefined;
  return forms.find(([pattern]) => pattern.test(text))?.[1];
}
