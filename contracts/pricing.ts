import type { ModelUsage } from './realtime-model.ts';

/** Prices in integer millionths of a currency; only invoices round. */
export interface ModelPrice {
  from: string;
  currency: 'USD';
  /** Millionths of the currency for a million tokens. */
  perMillionTokens: { textIn: number; audioIn: number; textOut: number; audioOut: number };
}

/** As published by the vendor on the dates given; the last row that is not later than the call applies. */
const modelPrices: Readonly<Record<string, readonly ModelPrice[]>> = {
  'gemini-3.8-live': [{ from: '2026-09-15', currency: 'USD', perMillionTokens: usd(0.75, 3, 4.5, 12) }],
  'gemini-3.8-live-extended-thinking': [
    { from: '2026-09-15', currency: 'USD', perMillionTokens: usd(0.75, 3, 4.5, 12) },
  ],
  'gemini-3.1-flash-live-preview': [{ from: '2026-03-01', currency: 'USD', perMillionTokens: usd(0.75, 3, 4.5, 12) }],
  'gpt-realtime-2.1-mini': [{ from: '2026-01-01', currency: 'USD', perMillionTokens: usd(0.6, 10, 2.4, 20) }],
  'gpt-realtime': [{ from: '2025-09-01', currency: 'USD', perMillionTokens: usd(4, 32, 16, 64) }],
  'gemini-2.5-flash-native-audio': [{ from: '2025-09-01', currency: 'USD', perMillionTokens: usd(0.5, 3, 2, 12) }],
};

/** Carrier prices in millionths: of a started minute by direction, and of finding out who took a call. */
const telephonyPrices = [
  {
    from: '2026-01-01',
    currency: 'USD' as const,
    inboundPerMinute: 8_500,
    outboundPerMinute: 14_000,
    mediaStreamPerMinute: 4_000,
    machineDetection: 7_500,
  },
];

function usd(textIn: number, audioIn: number, textOut: number, audioOut: number): ModelPrice['perMillionTokens'] {
  const millionths = (dollars: number): number => Math.round(dollars * 1_000_000);
  return {
    textIn: millionths(textIn),
    audioIn: millionths(audioIn),
    textOut: millionths(textOut),
    audioOut: millionths(audioOut),
  };
}

export interface Cost {
  currency: 'USD';
  millionths: number;
}

/** Cost of tokens used by a model. `on` is an ISO date. Thoughts are billed as text out; unknown models cost the dearest row. */
export function modelCost(modelId: string, usage: ModelUsage, on: string): Cost {
  const key =
    Object.keys(modelPrices).find((id) => modelId === id) ??
    Object.keys(modelPrices).find((id) => modelId.startsWith(id)) ??
    'gemini-3.8-live';
  const rows = modelPrices[key] ?? [];
  const row = rows.findLast(({ from }) => from <= on) ?? rows[0];
  if (!row) return { currency: 'USD', millionths: 0 };
  const { textIn, audioIn, textOut, audioOut } = row.perMillionTokens;
  const total =
    usage.textIn * textIn +
    usage.audioIn * audioIn +
    (usage.textOut + usage.thoughts) * textOut +
    usage.audioOut * audioOut;
  return { currency: row.currency, millionths: Math.round(total / 1_000_000) };
}

/** Cost of the carrier's leg: started minutes, and those of them on a media stream. */
export function telephonyCost(
  leg: { direction: 'inbound' | 'outbound'; durationS: number; streamedS: number },
  on: string,
): Cost {
  const row = telephonyPrices.findLast(({ from }) => from <= on) ?? telephonyPrices[0];
  if (!row) return { currency: 'USD', millionths: 0 };
  const minutes = Math.ceil(leg.durationS / 60);
  const perMinute = leg.direction === 'inbound' ? row.inboundPerMinute : row.outboundPerMinute;
  return {
    currency: row.currency,
    millionths: minutes * perMinute + Math.ceil(leg.streamedS / 60) * row.mediaStreamPerMinute,
  };
}

/** Cost of having the carrier find out who took one call. */
export function detectionCost(on: string): Cost {
  const row = telephonyPrices.findLast(({ from }) => from <= on) ?? telephonyPrices[0];
  return { currency: 'USD', millionths: row?.machineDetection ?? 0 };
}
