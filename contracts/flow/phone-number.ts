/** E.164: a plus sign and 7 to 15 digits, the first not zero. Spaces, dashes, dots and brackets are how people write it. */
export function toE164(written: string): string | undefined {
  const number = written.replace(/[\s().-]/g, '').replace(/^00/, '+');
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined;
}

/** `sip:` or `sips:` with a user and a host, without what could add headers. */
export function isSipUri(text: string): boolean {
  return /^sips?:[A-Za-z0-9._+~%-]{1,64}@[A-Za-z0-9.-]{1,253}(:\d{1,5})?(;transport=(udp|tcp|tls))?$/.test(text);
}
