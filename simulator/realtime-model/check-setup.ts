import { listAt, recordAt, stringAt, valueAt, type JsonRecord } from './json.ts';
import { listedLanguages, modelRow, voiceNames, type ModelRow } from './model-rows.ts';
import { invalid, unknownModel, type Refusal } from './refusal.ts';
import { checkValues } from './setup-values.ts';
import { checkShape, clientMessages } from './wire-shapes.ts';

/** A function that the client declared. */
export interface DeclaredTool {
  readonly name: string;
  readonly blocking: boolean;
  readonly schema: JsonRecord | undefined;
}

/** What a session was set up to do. */
export interface Setup {
  readonly model: ModelRow;
  readonly instruction: string;
  readonly tools: readonly DeclaredTool[];
  readonly resumption: { readonly handle: string | undefined } | undefined;
  readonly inputTranscription: boolean;
  readonly outputTranscription: boolean;
  /** False where the client signals the caller's turns itself. */
  readonly automaticActivity: boolean;
  readonly sensitiveStart: boolean;
  readonly silenceMs: number;
  readonly interruptible: boolean;
  readonly compressed: boolean;
}

export interface SetupLimits {
  readonly apiVersion: string;
  /** Refuse language codes that the vendor's page does not list. */
  readonly listedLanguagesOnly: boolean;
}

/** Reads a `setup` as this model would, or says why it refuses it. */
export function checkSetup(setup: unknown, limits: SetupLimits): Setup | Refusal {
  const shape = clientMessages['setup'];
  const misfit = shape && checkShape(setup, shape, 'setup');
  if (misfit) return misfit;
  const name = stringAt(setup, 'model') ?? '';
  const model = modelRow(name);
  if (!model) return unknownModel(name, limits.apiVersion);
  const generation = recordAt(setup, 'generationConfig') ?? {};
  const refusal =
    checkGeneration(generation, model, limits) ?? checkValues(setup, model) ?? checkProactivity(setup, model);
  if (refusal) return refusal;
  const tools = declaredTools(valueAt(setup, 'tools'), model);
  if (!isToolList(tools)) return tools;
  const detection = recordAt(setup, 'realtimeInputConfig', 'automaticActivityDetection') ?? {};
  const silence = valueAt(detection, 'silenceDurationMs');
  const resumption = recordAt(setup, 'sessionResumption');
  return {
    model,
    instruction: textOf(valueAt(setup, 'systemInstruction')),
    tools,
    resumption: resumption && { handle: stringAt(resumption, 'handle') },
    inputTranscription: recordAt(setup, 'inputAudioTranscription') !== undefined,
    outputTranscription: recordAt(setup, 'outputAudioTranscription') !== undefined,
    automaticActivity: detection['disabled'] !== true,
    sensitiveStart: detection['startOfSpeechSensitivity'] !== 'START_SENSITIVITY_LOW',
    silenceMs: typeof silence === 'number' && silence > 0 ? silence : 650,
    interruptible: stringAt(setup, 'realtimeInputConfig', 'activityHandling') !== 'NO_INTERRUPTION',
    compressed: recordAt(setup, 'contextWindowCompression') !== undefined,
  };
}

export function isRefusal(value: Setup | Refusal): value is Refusal {
  return 'code' in value;
}

/** The declared functions of a `tools` list, or the refusal of a behaviour that the model lacks. */
export function declaredTools(value: unknown, model: ModelRow): readonly DeclaredTool[] | Refusal {
  const tools: DeclaredTool[] = [];
  for (const group of Array.isArray(value) ? value : []) {
    for (const declaration of listAt(group, 'functionDeclarations')) {
      const name = stringAt(declaration, 'name') ?? '';
      if (!/^[a-zA-Z_][\w.:-]{0,127}$/.test(name)) return invalid(`function name "${name}"`);
      const behaviour = stringAt(declaration, 'behavior') ?? model.toolBehaviours[0];
      const known = model.toolBehaviours.find((one) => one === behaviour);
      if (!known) return invalid(`${model.id} does not take functions that are ${behaviour}`);
      if (recordAt(declaration, 'parameters') && recordAt(declaration, 'parametersJsonSchema')) {
        return invalid(`function "${name}" has two descriptions of its parameters`);
      }
      const schema = recordAt(declaration, 'parameters') ?? recordAt(declaration, 'parametersJsonSchema');
      tools.push({ name, blocking: known === 'BLOCKING', schema });
    }
  }
  const twice = tools.find((tool, n) => tools.findIndex((other) => other.name === tool.name) !== n);
  return twice ? invalid(`function "${twice.name}" is declared twice`) : tools;
}

export function isToolList(value: readonly DeclaredTool[] | Refusal): value is readonly DeclaredTool[] {
  return Array.isArray(value);
}

/** The text of a `Content`. */
export function textOf(content: unknown): string {
  return listAt(content, 'parts')
    .map((part) => stringAt(part, 'text') ?? '')
    .join('\n');
}

function checkGeneration(generation: JsonRecord, model: ModelRow, limits: SetupLimits): Refusal | undefined {
  const modalities = generation['responseModalities'];
  if (modalities !== undefined && !(Array.isArray(modalities) && modalities.every((one) => one === 'AUDIO'))) {
    return invalid(`${model.id} answers with AUDIO only`);
  }
  if (generation['enableAffectiveDialog'] !== undefined && !model.affectiveDialog) {
    return invalid(`${model.id} has no affective dialog`);
  }
  const voice = stringAt(generation, 'speechConfig', 'voiceConfig', 'prebuiltVoiceConfig', 'voiceName');
  if (voice !== undefined && !voiceNames.has(voice)) return invalid(`voice "${voice}"`);
  const language = stringAt(generation, 'speechConfig', 'languageCode');
  if (language !== undefined && limits.listedLanguagesOnly && !listedLanguages.has(language)) {
    return invalid(`language code "${language}"`);
  }
  return undefined;
}

function checkProactivity(setup: unknown, model: ModelRow): Refusal | undefined {
  const proactivity = recordAt(setup, 'proactivity');
  if (!proactivity) return undefined;
  if (model.proactiveAudio === 'none') return invalid(`${model.id} has no proactive audio`);
  if (model.proactiveAudio === 'always' && proactivity['proactiveAudio'] === false) {
    return invalid(`${model.id} is always proactive`);
  }
  return undefined;
}
