import { checkFileInfoFault } from './check-file-info-schema.ts';
import type { CaseContext } from './requests.ts';
import { childrenOf, type Xml } from './xml.ts';

/** An answer, read to its end. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

type Validate = (validator: Xml, answered: Answered, context: CaseContext) => string | undefined;

const VALIDATORS: Readonly<Record<string, Validate>> = {
  ResponseCodeValidator: ({ attributes }, { status }) =>
    String(status) === attributes['ExpectedCode'] ? undefined : `status ${status}, not ${attributes['ExpectedCode']}`,
  LockMismatchValidator: ({ attributes }, { status, headers }) =>
    status === 409 && headers.get('x-wopi-lock') === attributes['ExpectedLock']
      ? undefined
      : `status ${status} with the lock "${headers.get('x-wopi-lock')}", not 409 with "${attributes['ExpectedLock']}"`,
  ResponseContentValidator: ({ attributes }, { bytes }, { resource }) =>
    Buffer.compare(bytes, resource(attributes['ExpectedResourceId']!)) === 0 ? undefined : 'other content',
  ResponseHeaderValidator: headerFault,
  JsonSchemaValidator: ({ attributes }, answered) =>
    attributes['Schema'] === 'CsppCheckFileInfoSchema' ? checkFileInfoFault(jsonOf(answered)) : 'not of this schema',
  JsonResponseContentValidator: (validator, answered, context) => {
    const json = jsonOf(answered);
    const faults = validator.children.map((property) => propertyFault(property, json, context));
    return faults.find((fault) => fault !== undefined);
  },
  Or: ({ children }, answered, context) => {
    const faults = children.map((each) => faultOf(each, answered, context));
    return faults.includes(undefined) ? undefined : faults.join(' and ');
  },
};

/** What an answer lacks of what a case wants of it; nothing else said, it is to be 200. */
export function faultIn(request: Xml, answered: Answered, context: CaseContext): string | undefined {
  const validators = childrenOf(request, 'Validators')[0]?.children ?? [];
  if (!saysStatus(validators) && answered.status !== 200) return `status ${answered.status}`;
  return validators.map((each) => faultOf(each, answered, context)).find((fault) => fault !== undefined);
}

function saysStatus(validators: readonly Xml[]): boolean {
  return validators.some(
    ({ name, children }) => ['ResponseCodeValidator', 'LockMismatchValidator'].includes(name) || saysStatus(children),
  );
}

function faultOf(validator: Xml, answered: Answered, context: CaseContext): string | undefined {
  const validate = VALIDATORS[validator.name];
  if (!validate) throw new Error(`There is no validator ${validator.name}.`);
  return validate(validator, answered, context);
}

/** An answer as JSON; nothing where it is none. */
export function jsonOf({ bytes }: Answered): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function headerFault({ attributes }: Xml, { headers }: Answered, { state }: CaseContext): string | undefined {
  const { Header: name, ExpectedValue, ExpectedStateKey, ShouldMatch = 'true', IsRequired = 'true' } = attributes;
  const value = headers.get(name!);
  const expected = ExpectedStateKey === undefined ? ExpectedValue : state.get(ExpectedStateKey);
  if (value === null) return IsRequired === 'true' && expected !== '' ? `no ${name}` : undefined;
  if (expected === undefined) return undefined;
  return (value === expected) === (ShouldMatch === 'true') ? undefined : `${name} is "${value}"`;
}

function propertyFault(property: Xml, json: Readonly<Record<string, unknown>>, context: CaseContext) {
  const { Name: name, IsRequired } = property.attributes;
  const value = json[name!];
  if (value === undefined || value === null || value === '') return IsRequired === 'true' ? `no ${name}` : undefined;
  const check = PROPERTIES[property.name];
  if (!check) throw new Error(`There is no property ${property.name}.`);
  return check(value, property.attributes, context) ? undefined : `${name} is ${JSON.stringify(value)}`;
}

type CheckProperty = (value: unknown, attributes: Xml['attributes'], context: CaseContext) => boolean;

const PROPERTIES: Readonly<Record<string, CheckProperty>> = {
  StringProperty: (value, { ExpectedValue, EndsWith, ExpectedStateKey }, { state }) =>
    typeof value === 'string' &&
    (ExpectedValue === undefined || value === ExpectedValue) &&
    (EndsWith === undefined || value.toLowerCase().endsWith(EndsWith.toLowerCase())) &&
    (ExpectedStateKey === undefined || value === state.get(ExpectedStateKey)),
  StringRegexProperty: (value, { ExpectedValue, ShouldMatch }) =>
    typeof value === 'string' && new RegExp(ExpectedValue!).test(value) === (ShouldMatch !== 'false'),
  BooleanProperty: (value, { ExpectedValue }) =>
    typeof value === 'boolean' && (ExpectedValue === undefined || String(value) === ExpectedValue),
  LongProperty: (value) => Number.isSafeInteger(value),
  IntegerProperty: (value) => Number.isSafeInteger(value),
  ArrayProperty: (value, { ContainsValue }) =>
    Array.isArray(value) && (ContainsValue === undefined || value.includes(ContainsValue)),
  AbsoluteUrlProperty: (value, { MustIncludeAccessToken }) =>
    typeof value === 'string' &&
    URL.canParse(value) &&
    (MustIncludeAccessToken !== 'true' || new URL(value).searchParams.has('access_token')),
};
