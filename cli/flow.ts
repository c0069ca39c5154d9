/** `npm run flow -- COMMAND`: flows from their draft to the calls on them; `--help` lists the commands. */
import { runFlow } from './flow/run-flow.ts';

process.stdout.on('error', () => undefined); // the reader of a pipe has gone

const { exitCode, stdout, stderr } = await runFlow(process.argv.slice(2), process.env);
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
