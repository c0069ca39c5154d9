import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { type PlatformKeys, createPayloadCodec } from './payload-codec.ts';

/** Path of the failure converter; also for `bundleWorkflowCode`. */
export const failureConverterPath = fileURLToPath(new URL('failure-converter.cjs', import.meta.url));

/** The data converter of every client, worker and script: without it `list()` and `query()` fail on encoded payloads. */
export function createDataConverter(platformKeys: PlatformKeys): DataConverter {
  return { failureConverterPath, payloadCodecs: [createPayloadCodec(platformKeys)] };
}
