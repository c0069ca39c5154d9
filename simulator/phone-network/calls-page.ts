import type { Network } from './network.ts';

/** A page that lists the newest calls, each with its record and its sound. */
export function callsPage(network: Network): string {
  const rows = [...network.calls.values()]
    .slice(-100)
    .toReversed()
    .map((call) => {
      const base = `/_sim/calls/${call.sid}`;
      const cells = [call.createdAt.toISOString(), call.direction, call.from, call.to, call.status];
      const links = `<a href="${base}">record</a> <a href="${base}/audio.wav">sound</a> <a href="${base}/heard">heard</a>`;
      return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}<td>${links}</td></tr>`;
    });
  const head = ['created', 'direction', 'from', 'to', 'status', ''].map((name) => `<th>${name}</th>`).join('');
  return `<!doctype html><title>Phone network</title><h1>Calls</h1><table><tr>${head}</tr>${rows.join('')}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
