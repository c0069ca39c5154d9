import {
  type AutomaticActivityDetection,
  ActivityHandling,
  Behavior,
  EndSensitivity,
  type LiveConnectConfig,
  Modality,
  StartSensitivity,
  ThinkingLevel,
  TurnCoverage,
} from '@google/genai';
import type { LatencyProfile } from '../../contracts/assistant.ts';
import type { ModelTool, SessionChange, SessionConfig } from '../../contracts/realtime-model.ts';
import type { GeminiCapabilities } from './gemini-capabilities.ts';

/** The setup of a session: what this model takes, and nothing that it would refuse. */
export function geminiSetup(config: SessionConfig, capabilities: GeminiCapabilities): LiveConnectConfig {
  const { thinking, transcriptionLanguage, resumption } = capabilities;
  return {
    responseModalities: [Modality.AUDIO],
    ...(config.temperature === undefined ? {} : { temperature: config.temperature }),
    speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: config.voice } } },
    systemInstruction: { role: 'user', parts: [{ text: config.systemInstruction }] },
    ...(config.tools.length === 0
      ? {}
      : { tools: [{ functionDeclarations: declarations(config.tools, capabilities) }] }),
    ...(resumption ? { sessionResumption: resumptionOf(config) } : {}),
    inputAudioTranscription: transcriptionLanguage ? { languageCodes: [config.language] } : {},
    outputAudioTranscription: {},
    realtimeInputConfig: {
      automaticActivityDetection: config.activity === 'client' ? { disabled: true } : detection[config.latencyProfile],
      activityHandling: config.bargeIn
        ? ActivityHandling.START_OF_ACTIVITY_INTERRUPTS
        : ActivityHandling.NO_INTERRUPTION,
      turnCoverage: TurnCoverage.TURN_INCLUDES_ONLY_ACTIVITY,
    },
    // Without compression an audio session ends after 15 minutes.
    contextWindowCompression: { triggerTokens: '25600', slidingWindow: { targetTokens: '12800' } },
    ...(thinking === 'none' ? {} : { thinkingConfig: thinkingConfig(thinking) }),
  };
}

/**
 * The message that gives an open session other instructions and functions; undefined where the model takes none, or the
 * change is of what a setup fixes. `tools` is a wrapper object: a bare list would clear them all.
 */
export function contextUpdateOf(
  before: SessionChange,
  change: SessionChange,
  capabilities: GeminiCapabilities,
): object | undefined {
  if (!capabilities.contextUpdate || !sameSetup(before, change)) return undefined;
  const functionDeclarations = declarations(change.tools, capabilities);
  return {
    contextUpdate: {
      systemInstruction: { role: 'user', parts: [{ text: change.systemInstruction }] },
      tools: { tools: functionDeclarations.length === 0 ? [] : [{ functionDeclarations }] },
    },
  };
}

function sameSetup(one: SessionChange, other: SessionChange): boolean {
  const isFoundAlike = one.activity === 'client' || one.latencyProfile === other.latencyProfile;
  return (
    one.voice === other.voice &&
    one.language === other.language &&
    one.temperature === other.temperature &&
    one.bargeIn === other.bargeIn &&
    one.activity === other.activity &&
    isFoundAlike
  );
}

// Telephone speech is quiet and narrow: the vendor's own default for its start misses short words.
const detection: Readonly<Record<LatencyProfile, AutomaticActivityDetection>> = {
  fast: vad(EndSensitivity.END_SENSITIVITY_HIGH, 400),
  balanced: vad(EndSensitivity.END_SENSITIVITY_HIGH, 600),
  patient: vad(EndSensitivity.END_SENSITIVITY_LOW, 900),
};

function vad(endOfSpeechSensitivity: EndSensitivity, silenceDurationMs: number): AutomaticActivityDetection {
  return {
    disabled: false,
    startOfSpeechSensitivity: StartSensitivity.START_SENSITIVITY_HIGH,
    endOfSpeechSensitivity,
    prefixPaddingMs: 40,
    silenceDurationMs,
  };
}

function declarations(tools: readonly ModelTool[], { toolBehaviour }: GeminiCapabilities) {
  const behaviour = {
    'sync-only': {},
    either: { behavior: Behavior.BLOCKING },
    'non-blocking-only': { behavior: Behavior.NON_BLOCKING },
  };
  return tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parametersJsonSchema: parameters,
    ...behaviour[toolBehaviour],
  }));
}

function resumptionOf({ resumptionHandle }: SessionConfig) {
  return resumptionHandle === undefined ? {} : { handle: resumptionHandle };
}

function thinkingConfig(thinking: Exclude<GeminiCapabilities['thinking'], 'none'>) {
  return 'budget' in thinking ? { thinkingBudget: thinking.budget } : { thinkingLevel: ThinkingLevel[thinking.level] };
}
