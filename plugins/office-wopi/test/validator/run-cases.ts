import { readFileSync } from 'node:fs';
import { aFile, openFor, type OpenedFile, type WopiHost } from '../harness/wopi-host.ts';
import { type CaseContext, requestOf } from './requests.ts';
import { faultIn, jsonOf } from './validators.ts';
import { childrenOf, parseXml, type Xml } from './xml.ts';

/** How a case went. */
export interface Outcome {
  readonly group: string;
  readonly name: string;
  readonly result: 'passed' | 'skipped' | 'failed';
  /** The feature that is not there, or what is wrong. */
  readonly why: string;
}

/** What a host may leave out, by the prerequisite that asks for it. */
const OPTIONAL: Readonly<Record<string, string>> = {
  UserCanNotWriteRelativePrereq: 'somebody who may not save beside',
  ContainersPrereq: 'containers',
  EcosystemPrereq: 'ecosystem',
  BusinessFlowPrereq: 'licence check for editing',
  FileUrlUsagePrereq: 'FileUrl',
  SupportedShareUrlTypesForFilePrereq: 'share URLs of files',
  ShareUrlTypeReadOnlyForFilePrereq: 'share URLs of files',
  ShareUrlTypeReadWriteForFilePrereq: 'share URLs of files',
  SupportedShareUrlTypesForContainerPrereq: 'share URLs of containers',
  ShareUrlTypeReadOnlyForContainerPrereq: 'share URLs of containers',
  ShareUrlTypeReadWriteForContainerPrereq: 'share URLs of containers',
  UserCanCreateChildFilePrereq: 'containers',
  UserCanRenameContainerPrereq: 'containers',
  AddActivitiesPrereq: 'activities',
  SupportsCoauthPrereq: 'editing together through the host',
};

/** Bytes of the resources. The cases compare them, and look into none. */
const RESOURCES: Readonly<Record<string, Uint8Array>> = Object.fromEntries(
  ['WordBlankDocument', 'WordSimpleDocument', 'WordComplexDocument'].map((id) => [id, Buffer.from(id.repeat(5_000))]),
);
const resource = (id: string): Uint8Array => RESOURCES[id] ?? new Uint8Array();

/** All cases that Microsoft publishes, with the prerequisites, which are cases too. */
export async function runCases(host: WopiHost): Promise<readonly Outcome[]> {
  const root = parseXml(readFileSync(new URL('TestCases.xml', import.meta.url), 'utf8'));
  const prerequisites = childrenOf(childrenOf(root, 'PrereqCases')[0], 'TestCase');
  const outcomes = await asOne(host, 'edit', root, prerequisites);
  const viewing = await asOne(host, 'view', root, prerequisites);
  // Some cases are for somebody who may less: those that the first one skips, the second may pass.
  return outcomes.map((outcome, i) =>
    outcome.result === 'skipped' && viewing[i]!.result === 'passed' ? viewing[i]! : outcome,
  );
}

async function asOne(
  host: WopiHost,
  action: 'edit' | 'view',
  root: Xml,
  prerequisites: readonly Xml[],
): Promise<readonly Outcome[]> {
  const fresh = () => openFor(host, aFile(host, 'Hej', `Fil ${Math.random()}.wopitest`), action);
  const outcomes: Outcome[] = [];
  for (const each of prerequisites) {
    const why = await faultOfCase(host, each, await fresh());
    const name = each.attributes['Name']!;
    if (why === undefined) outcomes.push({ group: 'Prerequisites', name, result: 'passed', why: '' });
    else outcomes.push({ group: 'Prerequisites', name, ...absence(name, why) });
  }
  for (const group of childrenOf(root, 'TestGroup')) outcomes.push(...(await runGroup(host, group, outcomes, fresh)));
  return outcomes;
}

function absence(name: string, why: string): Pick<Outcome, 'result' | 'why'> {
  const feature = OPTIONAL[name];
  return feature === undefined ? { result: 'failed', why } : { result: 'skipped', why: feature };
}

async function runGroup(
  host: WopiHost,
  group: Xml,
  before: readonly Outcome[],
  fresh: () => Promise<OpenedFile>,
): Promise<readonly Outcome[]> {
  const title = group.attributes['Name']!;
  const needs = childrenOf(childrenOf(group, 'PrereqTests')[0], 'PrereqTest').map(({ text }) => text);
  const lacking = needs
    .map((need) => before.find(({ name }) => name === need)!)
    .find(({ result }) => result !== 'passed');
  const outcomes: Outcome[] = [];
  for (const each of childrenOf(childrenOf(group, 'TestCases')[0], 'TestCase')) {
    const name = each.attributes['Name']!;
    if (lacking) outcomes.push({ group: title, name, result: lacking.result, why: lacking.why });
    else {
      const why = await faultOfCase(host, each, await fresh());
      outcomes.push({ group: title, name, result: why === undefined ? 'passed' : 'failed', why: why ?? '' });
    }
  }
  return outcomes;
}

async function faultOfCase(host: WopiHost, definition: Xml, { url }: OpenedFile): Promise<string | undefined> {
  const context: CaseContext = { url, state: new Map(), resource };
  const [requests] = childrenOf(definition, 'Requests');
  let fault: string | undefined;
  for (const request of requests!.children) {
    fault = await faultOfRequest(host, request, context);
    if (fault !== undefined) break;
  }
  for (const request of childrenOf(definition, 'CleanupRequests')[0]?.children ?? [])
    await faultOfRequest(host, request, context);
  return fault;
}

async function faultOfRequest({ client }: WopiHost, request: Xml, context: CaseContext): Promise<string | undefined> {
  const ready = requestOf(request, context);
  if (!ready) return `${request.name}: there is no address`;
  const { url, ...asked } = ready;
  const response = await client.ask(url, asked);
  const answered = {
    status: response.status,
    headers: response.headers,
    bytes: new Uint8Array(await response.arrayBuffer()),
  };
  const fault = faultIn(request, answered, context);
  for (const { attributes } of childrenOf(request, 'SaveState')[0]?.children ?? []) {
    const { Name: name, Source: source, SourceType: type } = attributes;
    const value = type === 'Header' ? answered.headers.get(source!) : jsonOf(answered)[source!];
    if (typeof value === 'string') context.state.set(name!, value);
  }
  return fault === undefined ? undefined : `${request.name}: ${fault}`;
}
