import { expect, it } from 'vitest';
import { ownNumber, publicUrl, useVoiceProvider } from '../test/voice-provider-stage.ts';
import { connectNumber } from './connect-number.ts';

const stage = useVoiceProvider();

it('points a number at us, and knows a number that the account does not have', async () => {
  const { client } = stage();
  const sid = await connectNumber({
    client,
    phoneNumber: ownNumber,
    publicUrl,
    fallbackPublicUrl: 'https://other.switchboard.test',
  });
  const { voiceUrl, voiceFallbackUrl, statusCallback } = await client.incomingPhoneNumbers(sid).fetch();
  expect([voiceUrl, voiceFallbackUrl, statusCallback]).toEqual([
    'https://api.switchboard.test/telephony/voice#ct=1000&rt=4000&rc=2&rp=all&tt=5000',
    'https://other.switchboard.test/telephony/fallback#ct=1000&rt=4000&rc=2&rp=all&tt=5000',
    'https://api.switchboard.test/telephony/status#ct=1000&rt=4000&rc=2&rp=all&tt=5000',
  ]);
  await expect(connectNumber({ client, phoneNumber: '+420222000999', publicUrl })).rejects.toMatchObject({
    code: 'number-unknown',
  });
});
