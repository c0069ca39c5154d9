import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { assertPortsFree } from './ports.ts';

it('names every port in use, with the variable that changes it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const wanted = { name: 'api', port, variable: 'API_PORT' };
  await expect(assertPortsFree([wanted])).rejects.toThrow(`port ${port}, meant for api: set API_PORT to another one`);
  server.close();
  await once(server, 'close');
  await expect(assertPortsFree([wanted])).resolves.toBeUndefined();
  await expect(assertPortsFree([wanted, { ...wanted, name: 'worker', variable: 'WORKER_PORT' }])).rejects.toThrow(
    `port ${port}, meant for worker, is given twice: change WORKER_PORT`,
  );
});
