import { pino } from 'pino';
import { createDataConverter } from '../temporal/data-converter.ts';

/** The tests' own platform key: recorded histories are sealed with it, and nothing else ever is. */
export const testPlatformKeys = [Buffer.alloc(32, 'switchboard tests')] as const;
export const testDataConverter = createDataConverter(testPlatformKeys);
export const testLog = pino({ level: 'silent' });
