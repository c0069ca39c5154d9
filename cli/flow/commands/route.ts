import { AppError } from '../../../contracts/errors.ts';
import { localize } from '../../../contracts/languages.ts';
import type { PhoneNumber } from '../../../db/phone-numbers.ts';
import { defaultPlan } from '../../seed/default-plan.ts';
import { readPhoneNumber, WrongUsage } from '../../running/command-line.ts';
import { type FlowCommand, type OptionValues, tenantOf } from '../flow-command.ts';
import { type FlowStores, withFlowStores } from '../open-flow-stores.ts';
import { editionOf } from './diff.ts';

export const routeCommand: FlowCommand = {
  usage: 'NUMBER --flow ID',
  summary: 'leads a number to a flow: to what is live of it, or to one version',
  options: {
    flow: { type: 'string', value: 'ID', help: 'the flow' },
    version: { type: 'string', value: 'N|live', help: 'a version that the number stays on; what is live unless said' },
    'contact-tool': {
      type: 'string',
      value: 'ID',
      help: 'a tool that says who calls, asked before the flow begins; none: asks nobody',
    },
    'contact-argument': {
      type: 'string',
      multiple: true,
      value: 'NAME=VARIABLE',
      help: 'an argument of that tool; phone=caller.number unless said; may be repeated',
    },
    contact: {
      type: 'string',
      multiple: true,
      value: 'NAME=PATH',
      help: 'contact.NAME from this path of its answer; its fields as they are unless said; may be repeated',
    },
    account: { type: 'string', value: 'SID', help: "the carrier's account of a number that is new here" },
  },
  run: async ({ positionals, options, env }) => {
    const asked = readRoute(positionals, options);
    const { number, contact } = await withFlowStores(env, (stores) => route(stores, tenantOf(options), asked));
    const { phoneNumber, flowId, pinnedVersion, contactTool } = number;
    const to = pinnedVersion === undefined ? `what is live of ${flowId}` : `version ${pinnedVersion} of ${flowId}`;
    const asks = contactTool ? `, after asking ${contactTool.toolId} who calls` : '';
    const lines = [`${phoneNumber} leads to ${to}${asks}; calls in flight stay where they are`];
    if (!contactTool && contact.length > 0)
      lines.push(`the flow counts on ${contact.join(', ')}, which take their defaults: no --contact-tool is asked`);
    return { lines, json: { number } };
  },
};

type AskedRoute = ReturnType<typeof readRoute>;

function readRoute(number: readonly string[], options: OptionValues) {
  if (number.length === 0) throw new WrongUsage('name the number that is led elsewhere, such as +420123456789');
  const phoneNumber = readPhoneNumber(number.join(' '));
  const flowId = options.text('flow');
  if (flowId === undefined) throw new WrongUsage('say with --flow where it leads');
  const word = options.text('version') ?? 'live';
  const version = editionOf(word);
  if (version === undefined || version === 'draft')
    throw new WrongUsage(`--version is a number or live, not "${word}"`);
  return { phoneNumber, flowId, version, accountId: options.text('account'), contactTool: readContactTool(options) };
}

async function route(stores: FlowStores, tenantId: string, asked: AskedRoute) {
  const { phoneNumber, flowId, version, accountId, contactTool: saidTool } = asked;
  const known = (await stores.numbers.readNumbers(tenantId)).find((each) => each.phoneNumber === phoneNumber);
  const { document } = await stores.versions.readEdition(tenantId, flowId, version).catch((failure: unknown) => {
    if (failure instanceof AppError && failure.code === 'flow-version-unknown')
      throw new AppError(failure.code, `${failure.message}: npm run flow -- versions ${flowId} lists what there is`);
    throw failure;
  });
  const language = known?.language ?? document.languages[0] ?? 'en-US';
  // Unless it is said, the number keeps the one that it has.
  const contactTool = saidTool === undefined ? known?.contactTool : saidTool;
  const number: PhoneNumber = {
    phoneNumber,
    accountId: accountId ?? known?.accountId ?? stores.accountId,
    flowId,
    ...(typeof version === 'number' && { pinnedVersion: version }),
    language,
    degradedPlan: known?.degradedPlan ?? defaultPlan(language, localize(document.voiceId, language)),
    ...(contactTool && { contactTool }),
  };
  await stores.numbers.routeNumber(tenantId, number);
  return { number, contact: Object.keys(document.contact ?? {}).map((name) => `contact.${name}`) };
}

/** Null where it is said that there is none, undefined where nothing is said. */
function readContactTool(options: OptionValues): PhoneNumber['contactTool'] | null {
  const toolId = options.text('contact-tool');
  const given = pairs(options, 'contact-argument', /^(?:caller|call)\.[A-Za-z]+$/, 'caller.number');
  const fills = pairs(options, 'contact', /^[^\s]+$/, 'customer.name');
  if (toolId === undefined && Object.keys({ ...given, ...fills }).length > 0)
    throw new WrongUsage('--contact and --contact-argument are about a tool: name it with --contact-tool');
  if (toolId === undefined) return undefined;
  if (toolId === 'none') return null;
  return {
    toolId,
    arguments: Object.keys(given).length > 0 ? given : { phone: 'caller.number' },
    ...(Object.keys(fills).length > 0 && { fills }),
  };
}

function pairs(options: OptionValues, name: string, value: RegExp, example: string): Record<string, string> {
  return Object.fromEntries(
    options.texts(name).map((text) => {
      const [, key = '', path = ''] = /^([a-zA-Z][a-zA-Z0-9_]{0,63})=(.+)$/.exec(text) ?? [];
      if (key === '' || !value.test(path))
        throw new WrongUsage(`--${name} "${text}" is not of the form NAME=${example}`);
      return [key, path];
    }),
  );
}
