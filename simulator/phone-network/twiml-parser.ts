import { SaxesParser } from 'saxes';
import { hintsProblem, voiceProblem } from './speech-rules.ts';
import { type AttributeRule, TWIML_GRAMMAR, valueProblem } from './twiml-grammar.ts';

/** One verb or noun of a document: URLs are absolute already. */
export interface TwimlElement {
  name: string;
  attributes: Record<string, string>;
  children: TwimlElement[];
  text: string;
}

/** A document that the network refuses, with its error code (12100: no XML document, 12200: breaks the schema). */
export class DocumentError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'DocumentError';
    this.code = code;
  }
}

const MOST_DOCUMENT_BYTES = 64 * 1024;
const MOST_SPOKEN_CHARACTERS = 4096;
const MOST_PARAMETER_CHARACTERS = 500;
const MOST_NOUNS = 10;

/**
 * Reads a TwiML document strictly: what the grammar does not know is an error. Relative URLs are resolved against
 * the document's URL; a document without one (inline TwiML) must not use them.
 */
export function parseTwiml(xml: string, documentUrl: string | undefined): TwimlElement[] {
  if (Buffer.byteLength(xml) > MOST_DOCUMENT_BYTES) throw new DocumentError(11750, 'document is larger than 64 kB');
  const root = readXml(xml);
  if (root.name !== 'Response') throw new DocumentError(12100, `root element is ${root.name}`);
  checkElement(root, documentUrl);
  return root.children;
}

function readXml(xml: string): TwimlElement {
  const parser = new SaxesParser();
  const open: TwimlElement[] = [];
  let root: TwimlElement | undefined;
  parser.on('error', (error) => {
    throw new DocumentError(12100, error.message);
  });
  parser.on('opentag', (tag) => {
    const element = { name: tag.name, attributes: { ...tag.attributes }, children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  if (!root) throw new DocumentError(12100, 'document is empty');
  return root;
}

function checkElement(element: TwimlElement, documentUrl: string | undefined): void {
  const rule = TWIML_GRAMMAR[element.name];
  if (!rule) throw new DocumentError(12200, `unknown element ${element.name}`);
  for (const [name, value] of Object.entries(element.attributes)) {
    const attribute = rule.attributes[name];
    if (!attribute) throw new DocumentError(12200, `unknown attribute ${name} of ${element.name}`);
    const problem = valueProblem(attribute, value);
    if (problem) throw new DocumentError(12200, `${name} of ${element.name} ${problem}`);
    element.attributes[name] = resolvedValue(attribute, value, documentUrl);
  }
  for (const name of rule.required ?? []) {
    if (element.attributes[name] === undefined) throw new DocumentError(12200, `${element.name} lacks ${name}`);
  }
  element.text = element.text.trim();
  checkText(element, rule.text, documentUrl);
  for (const child of element.children) {
    if (!rule.children.includes(child.name)) {
      throw new DocumentError(12200, `${child.name} is not allowed in ${element.name}`);
    }
    checkElement(child, documentUrl);
  }
}

function checkText(element: TwimlElement, text: 'required' | 'none', documentUrl: string | undefined): void {
  if (element.name === 'Play') {
    if ((element.text === '') === (element.attributes.digits === undefined)) {
      throw new DocumentError(12200, 'Play needs either a URL or digits');
    }
    if (element.text !== '') element.text = absoluteUrl(element.text, documentUrl);
    return;
  }
  if (element.name === 'Parameter') checkParameter(element);
  if (text === 'none' && element.text !== '') throw new DocumentError(12200, `${element.name} takes no text`);
  if (text === 'required' && element.text === '') throw new DocumentError(12200, `${element.name} is empty`);
  if (element.name === 'Say' && element.text.length > MOST_SPOKEN_CHARACTERS) {
    throw new DocumentError(13_520, 'text of Say is longer than 4096 characters');
  }
  refuseFor(13_520, element.name === 'Say' ? voiceProblem(element) : undefined);
  refuseFor(13_330, element.name === 'Gather' ? hintsProblem(element) : undefined);
  if (element.name === 'Connect' && element.children.length !== 1) {
    throw new DocumentError(12_200, 'Connect needs one noun');
  }
  if (element.name === 'Number' && !/^\+?[0-9]{3,15}$/.test(element.text.replace(/[\s()-]/g, ''))) {
    throw new DocumentError(13_223, 'Number is no telephone number');
  }
  if (element.name === 'Sip' && !/^sips?:[^\s@]+@[^\s@]{1,250}$/.test(element.text)) {
    throw new DocumentError(13_224, 'Sip is no SIP address');
  }
  if (element.name === 'Dial') checkNouns(element);
  if (element.name === 'Redirect') element.text = absoluteUrl(element.text, documentUrl);
}

function refuseFor(code: number, problem: string | undefined): void {
  if (problem !== undefined) throw new DocumentError(code, problem);
}

/** One SIP address and no other noun beside it; a telephone number cannot be shown a name. */
function checkNouns({ attributes, children }: TwimlElement): void {
  const isSip = children.some((noun) => noun.name === 'Sip');
  if (children.length > MOST_NOUNS) throw new DocumentError(12_200, `Dial has more than ${MOST_NOUNS} nouns`);
  if (isSip && children.length > 1) throw new DocumentError(12_200, 'Sip stands alone in Dial');
  if (!isSip && attributes.callerId !== undefined && !/^\+?[0-9]{3,15}$/.test(attributes.callerId)) {
    throw new DocumentError(13_214, 'callerId is no telephone number');
  }
}

function checkParameter({ attributes }: TwimlElement): void {
  const length = (attributes.name ?? '').length + (attributes.value ?? '').length;
  if (length >= MOST_PARAMETER_CHARACTERS) {
    throw new DocumentError(12_200, `Parameter ${attributes.name} has ${length} characters in name and value`);
  }
}

function resolvedValue(rule: AttributeRule, value: string, documentUrl: string | undefined): string {
  if (rule.kind === 'url') return absoluteUrl(value, documentUrl);
  if (rule.kind !== 'stream-url' || value.includes('://')) return value;
  return absoluteUrl(value, documentUrl).replace(/^http/, 'ws');
}

function absoluteUrl(value: string, documentUrl: string | undefined): string {
  if (/^https?:\/\//i.test(value)) {
    if (!URL.canParse(value)) throw new DocumentError(12_200, 'URL cannot be read');
    return value;
  }
  if (documentUrl === undefined) throw new DocumentError(12_200, 'inline TwiML with a relative URL');
  if (value === '' || !URL.canParse(value, documentUrl)) throw new DocumentError(12_200, 'URL cannot be read');
  return new URL(value, documentUrl).href;
}
