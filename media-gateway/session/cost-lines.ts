import { modelCost } from '../../contracts/pricing.ts';
import type { ModelUsage } from '../../contracts/realtime-model.ts';

/** One line of a call's bill. */
export interface CostLine {
  /** Names the line within its call: a later write replaces it. */
  entryId: string;
  kind: 'model';
  unit: string;
  quantity: number;
  /** Integer millionths of the currency. */
  amountMillionths: number;
  currency: string;
  /** ISO date of the price table's use. */
  pricedOn: string;
}

const units = {
  textIn: 'text-input-token',
  audioIn: 'audio-input-token',
  textOut: 'text-output-token',
  audioOut: 'audio-output-token',
  thoughts: 'thought-token',
} as const satisfies Partial<Record<keyof ModelUsage, string>>;

const nothing: ModelUsage = { textIn: 0, audioIn: 0, textOut: 0, audioOut: 0, thoughts: 0, cached: 0 };

/** A line for each kind of token that each model used in this epoch. `pricedOn` is an ISO date. */
export function costLines(usage: ReadonlyMap<string, ModelUsage>, epoch: number, pricedOn: string): CostLine[] {
  return [...usage].flatMap(([modelId, used]) => {
    return kinds().flatMap((kind): CostLine[] => {
      const quantity = used[kind];
      if (quantity === 0) return [];
      const { currency, millionths } = modelCost(modelId, { ...nothing, [kind]: quantity }, pricedOn);
      const entryId = `model/${epoch}/${modelId}/${units[kind]}`;
      return [
        { entryId, kind: 'model', unit: units[kind], quantity, amountMillionths: millionths, currency, pricedOn },
      ];
    });
  });
}

function kinds(): (keyof typeof units)[] {
  return ['textIn', 'audioIn', 'textOut', 'audioOut', 'thoughts'];
}
