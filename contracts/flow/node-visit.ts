/**
 * One stay at a node, as its spec sees it: what is known, and what it wants said, set and done. It lives for one step;
 * what shall outlast it goes into the state by `set` and `remember`.
 */
import type { LanguageTag, LocalizedText } from '../languages.ts';
import { inLanguage, localize } from '../languages.ts';
import type { AudioPrompt, Spoken, Speech } from '../instructions.ts';
import type { Json, JsonObject, ToolDefinition } from '../tools.ts';
import type { Calendar } from './calendar/calendar.ts';
import { boundedFacts, cutTo, jsonBytes, maxTags, maxValueBytes, maxVariablesBytes } from './bounds.ts';
import type { CompiledGraph, CompiledPart, CompiledText, CompiledValue, CompiledWords } from './compiled.ts';
import { hasSensitive, masked } from './masking.ts';
import type { Decision, FlowInstruction } from './state.ts';
import { asType } from './typed-value.ts';
import { renderTemplate } from './template/render.ts';
import { valueAt } from './variables.ts';
import { graphOf, type Walk } from './walk.ts';
import { own } from './own.ts';

/** Of one value in a decision. */
const maxRecordedBytes = 400;

export class NodeVisit {
  readonly nodeId: string;
  readonly #walk: Walk;
  #known: Record<string, Json> | undefined;
  #set: Record<string, Json> | undefined;
  #because: string | undefined;
  #lost: { rule: string; because: string }[] = [];

  constructor(walk: Walk, nodeId: string) {
    this.#walk = walk;
    this.nodeId = nodeId;
  }

  get atMs(): number {
    return this.#walk.event.atMs;
  }

  get language(): LanguageTag {
    return this.#walk.state.language;
  }

  /** Names this stay; the answer to an effect brings it back. */
  get visit(): number {
    return this.#walk.state.visit;
  }

  get memory(): JsonObject {
    return this.#walk.state.memory;
  }

  get graph(): CompiledGraph {
    return graphOf(this.#walk);
  }

  /** A tool, as it came with the flow. */
  tool(toolId: string): ToolDefinition | undefined {
    return own(this.#walk.flow.tools, toolId);
  }

  calendar(calendarId: string): Calendar | undefined {
    return own(this.#walk.flow.calendars, calendarId);
  }

  /** The value behind a path such as `vars.order`; looking is noted in the decision. */
  lookup = (path: string): Json | undefined => {
    const value = this.#read(path);
    this.#known ??= {};
    this.#known[path] = value === undefined ? null : this.isSensitive(path) ? masked : cutTo(value, maxRecordedBytes);
    return value;
  };

  isSensitive = (path: string): boolean => {
    return hasSensitive(this.#walk.flow, this.graph, path);
  };

  text(text: CompiledText): string {
    if (typeof text === 'object' && 'languages' in text)
      return this.#part(inLanguage(text.languages, this.language) ?? '');
    return this.#part(text);
  }

  /** What the caller shall hear; a prompt that has no file for any language is left out with a note. */
  spoken(words: CompiledWords, voiceId: LocalizedText = this.graph.voiceId): Spoken[] {
    if (typeof words === 'object' && 'promptId' in words) {
      const { promptId } = words;
      const audio = this.audio(promptId);
      if (audio) return [{ type: 'play', audio }];
      this.note(`the prompt "${promptId}" has no recording`);
      return [];
    }
    return [{ type: 'say', speech: this.speech(words, voiceId) }];
  }

  /** A recording of the prompt for the caller's language; undefined where there is none at all. */
  audio(promptId: string): AudioPrompt | undefined {
    const recording = inLanguage(own(this.#walk.flow.prompts, promptId)?.audio ?? {}, this.language);
    return recording && { promptId, ...recording };
  }

  speech(text: CompiledText, voiceId: LocalizedText = this.graph.voiceId): Speech {
    return { text: this.text(text), voiceId: localize(voiceId, this.language), language: this.language };
  }

  value(value: CompiledValue): Json {
    if ('literal' in value) return value.literal;
    if ('path' in value) return this.lookup(value.path) ?? null;
    if ('text' in value) return this.text(value.text);
    if ('items' in value) return value.items.map((item) => this.value(item));
    return Object.fromEntries(Object.entries(value.fields).map(([name, field]) => [name, this.value(field)]));
  }

  instruct(...instructions: readonly FlowInstruction[]): void {
    this.#walk.instructions.push(...instructions);
  }

  /** Sets a variable of the flow that runs. What exceeds the state's bounds is cut or left out, with a note. */
  set(name: string, value: Json): void {
    const { state } = this.#walk;
    const waiting = jsonBytes(state.callers.map(({ vars }) => vars));
    const others = jsonBytes(state.vars) - jsonBytes(own(state.vars, name)) + waiting;
    const room = Math.min(maxValueBytes, maxVariablesBytes - others - name.length - 4);
    const size = jsonBytes(value);
    if (room < 5) return this.note(`a call has no room for the value of "${name}"`);
    if (size > room) this.note(`the value of "${name}" was cut from ${size} to ${room} bytes`);
    const kept = size > room ? cutTo(value, room) : value;
    state.vars = { ...state.vars, [name]: kept };
    this.#recordSet(name, kept);
  }

  /** Sets all variables of the flow that runs to what they are before anything sets them. */
  setDefaults(): void {
    this.#walk.state.vars = {};
    for (const [name, { default: value }] of Object.entries(this.graph.variables))
      if (value !== undefined) this.set(name, value);
  }

  /** The same for a value from outside, which must fit the variable's type; false, with a note, where it does not. */
  setTyped(name: string, value: Json): boolean {
    const type = own(this.graph.variables, name)?.type ?? 'json';
    const fitting = asType(value, type);
    if (fitting === undefined) this.note(`the value for "${name}" is no ${type}: it was left as it was`);
    else this.set(name, fitting);
    return fitting !== undefined;
  }

  /** What a queue has told of itself. */
  learnQueue(facts: JsonObject): void {
    const { state } = this.#walk;
    const known = boundedFacts({ ...state.facts.queue, ...facts });
    if (known.cut) this.note('what is known of the queue was cut');
    state.facts = { ...state.facts, queue: known.facts };
  }

  /** Back to its default, or to no value. */
  unset(name: string): void {
    const { state } = this.#walk;
    const { [name]: _old, ...others } = state.vars;
    const initial = own(this.graph.variables, name)?.default;
    state.vars = initial === undefined ? others : { ...others, [name]: initial };
    this.#recordSet(name, initial ?? null);
  }

  setLanguage(language: LanguageTag): void {
    this.#walk.state.language = language;
  }

  tag(tags: readonly string[]): void {
    const { state } = this.#walk;
    const all = [...new Set([...state.tags, ...tags])];
    if (all.length > maxTags) this.note(`a call takes ${maxTags} tags: the others were left out`);
    state.tags = all.slice(0, maxTags);
  }

  /** Counts a try that came to nothing; returns how many there were. */
  tryAgain(): number {
    this.#walk.state.attempts += 1;
    return this.#walk.state.attempts;
  }

  remember(memory: JsonObject): void {
    this.#walk.state.memory = memory;
  }

  /** Why the outcome that this step has; stands in its decision. */
  because(reason: string): void {
    this.#because = reason;
  }

  /** A rule that did not win. */
  lost(rule: string, because: string): void {
    this.#lost.push({ rule, because });
  }

  note(note: string): void {
    this.#walk.notes.push(note);
  }

  /** What the decision about this step tells of its reasons. */
  reasons(): Pick<Decision, 'known' | 'set' | 'because' | 'lost'> {
    return {
      ...(this.#known && { known: this.#known }),
      ...(this.#set && { set: this.#set }),
      ...(this.#because !== undefined && { because: this.#because }),
      ...(this.#lost.length > 0 && { lost: this.#lost }),
    };
  }

  #recordSet(name: string, value: Json): void {
    this.#set ??= {};
    this.#set[name] = this.isSensitive(`vars.${name}`) ? masked : cutTo(value, maxRecordedBytes);
  }

  #part(part: CompiledPart): string {
    if (typeof part === 'string') return part;
    const { language, graph } = this;
    const { text, missing, truncated } = renderTemplate(part.template, this.lookup, {
      language,
      timeZone: graph.timeZone,
    });
    if (missing.length > 0) this.note(`no value for ${missing.join(', ')}: nothing stands in its place`);
    if (truncated) this.note(`the text was cut at ${text.length} characters`);
    return text;
  }

  #read(path: string): Json | undefined {
    const dot = path.indexOf('.');
    return dot < 0 ? undefined : valueAt(groupOf(this.#walk.state, path.slice(0, dot)), path.slice(dot + 1));
  }
}

function groupOf(state: Walk['state'], group: string): JsonObject | undefined {
  const { facts, vars, language, tags, atMs } = state;
  switch (group) {
    case 'vars':
      return vars;
    case 'call':
      return { ...facts.call, ...timesOf(facts.call, atMs), language, tags };
    case 'caller':
    case 'contact':
    case 'queue':
      return facts[group];
    default:
      return undefined;
  }
}

function timesOf({ startedAtMs }: JsonObject, atMs: number): JsonObject {
  const beganMs = typeof startedAtMs === 'number' ? startedAtMs : atMs;
  return {
    startedAt: new Date(beganMs).toISOString(),
    now: new Date(atMs).toISOString(),
    durationS: Math.floor((atMs - beganMs) / 1000),
  };
}
