import { describe, expect, it } from 'vitest';
import { detectionCost, modelCost, telephonyCost } from './pricing.ts';

const usage = { textIn: 1000, audioIn: 1500, textOut: 10, audioOut: 750, thoughts: 0, cached: 0 };

describe('pricing', () => {
  it('prices tokens by modality in whole millionths', () => {
    // 1000 x $0.75 + 1500 x $3 + 10 x $4.50 + 750 x $12, each for a million tokens
    expect(modelCost('gemini-3.8-live', usage, '2026-11-01')).toEqual({ currency: 'USD', millionths: 14_295 });
  });

  it('finds the row of a dated model id by its family', () => {
    expect(
      modelCost('gemini-2.5-flash-native-audio-preview-12-2025', { ...usage, textIn: 0, textOut: 0 }, '2026-11-01')
        .millionths,
    ).toBe(13_500);
  });

  it('bills started minutes, and the media stream only while it ran', () => {
    expect(telephonyCost({ direction: 'inbound', durationS: 61, streamedS: 30 }, '2026-11-01').millionths).toBe(
      2 * 8_500 + 4_000,
    );
    expect(telephonyCost({ direction: 'outbound', durationS: 0, streamedS: 0 }, '2026-11-01').millionths).toBe(0);
  });

  it('bills machine detection by the call', () => {
    expect(detectionCost('2026-11-01')).toEqual({ currency: 'USD', millionths: 7_500 });
  });
});
