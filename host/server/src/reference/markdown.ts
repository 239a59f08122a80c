import { CALLER_ERRORS, type CapabilityDefinition, type OperationDefinition } from '@valfri/core';
import { z } from 'zod';

interface Described {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}

/** A contract as a page for people. */
export function contractMarkdown(capability: CapabilityDefinition): string {
  const { id, major, minor, swap, summary, features, operations, events, records } = capability;
  const parts = [
    `# The contract of \`${id}\``,
    `Version ${major}.${minor} · swap class *${swap}*. ${summary}`,
    'This page is made from the contract itself (`npm run valfri -- contract ' + id + '`); change it there.',
    '## Features',
    table(
      ['Feature', 'What it promises'],
      Object.entries(features).map(([name, schema]) => [code(name), schema.description ?? '']),
    ),
    '## Operations',
    ...Object.entries(operations).map(([name, operation]) => operationSection(name, operation)),
    '## Events',
    ...Object.entries(events).map(([name, { summary: what, payload, topic, ephemeral }]) =>
      section(name, `${what} To those whose topics include \`${topic}\`.${ephemeral ? ' Not kept.' : ''}`, [
        ['Payload', payload],
      ]),
    ),
    '## Records',
    'What a swap, an export and a backup carry.',
    ...Object.entries(records).map(([name, { summary: what, key, value, feature, content, host }]) => {
      const holder = host
        ? ' The host’s own, whoever provides.'
        : feature
          ? ` Needs \`${feature}\`; without it the host keeps it aside.`
          : '';
      return section(
        name,
        `${what} Key: ${key.map(code).join(' / ')}.${holder}${content ? ` Its content goes by the SHA-256 in ${code(content)}.` : ''}`,
        [['Value', value]],
      );
    }),
    '## Errors',
    table(
      ['Code', 'HTTP', 'What the caller does'],
      Object.entries(CALLER_ERRORS).map(([name, { http, remedy }]) => [code(name), String(http), remedy]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The manifest of a plugin as a page for people. */
export function manifestMarkdown(schema: z.ZodObject): string {
  const parts = [
    '# The manifest',
    'What a plugin says of itself. It is data: the host reads it without running any of the plugin’s code, shows it to the operator, and holds the plugin to it. `valfri check` names the field that is wrong.',
    'This page is made from the schema itself (`sdk/src/plugin/manifest.ts`); change it there.',
    ...fieldsOf('Fields', schema, 'input'),
    '## Settings',
    'The form in which an operator fills them in is made from `settings`, a JSON Schema: `title` and `description` are its labels, `writeOnly` marks a secret, which is kept encrypted and never shown again. JSON Schema has one language: `x-title` and `x-description`, each with `{ sv, en }`, go before the two where they are given.',
    '## Network',
    'Outbound calls go through `context.fetch`, and to these origins alone; `{ "setting": "url" }` stands for the origin of a URL that the operator fills in. Addresses of private networks are refused unless the origin is declared. Inbound routes are served below `context.inboundUrl`.',
    '## People',
    'Calls carry the host’s id of the person, which says nothing of them. A server of another maker is handed `context.people.pseudonym(id)`, which no other instance has; whatever else a plugin may know must be asked for here.',
  ];
  return `${parts.join('\n\n')}\n`;
}

function operationSection(
  name: string,
  { summary, effect, content, feature, fieldFeatures, guests, refusals = [], input, output }: OperationDefinition,
): string {
  const notes = [
    effect === 'write' ? 'A write: it waits while the provider is being swapped.' : 'A read.',
    ...(content
      ? [`Content goes ${content === 'in' ? 'in with the input' : 'out with the output'}, as a stream.`]
      : []),
    ...(feature ? [`Needs \`${feature}\`.`] : []),
    ...Object.entries(fieldFeatures ?? {}).map(([field, needed]) => `\`${field}\` needs \`${needed}\`.`),
    ...(guests === false ? ['Not for guests.'] : []),
  ];
  const refused = refusals.map(({ code: error, reason, field, when }) => [
    code(error),
    [reason && `reason ${code(reason)}`, field && `field ${code(field)}`].filter(Boolean).join(', '),
    when,
  ]);
  const rules =
    refused.length > 0 ? ['', 'Refused, the first that holds:', '', table(['Code', '', 'When'], refused)] : [];
  return section(name, [`${summary} ${notes.join(' ')}`, ...rules].join('\n'), [
    ['Input', input],
    ['Output', output],
  ]);
}

function section(name: string, text: string, schemas: readonly (readonly [string, z.ZodObject])[]): string {
  const tables = schemas.flatMap(([title, schema]) => fieldsOf(title, schema, title === 'Input' ? 'input' : 'output'));
  return [`### \`${name}\``, text, ...tables].join('\n\n');
}

function fieldsOf(title: string, schema: z.ZodObject, io: 'input' | 'output'): string[] {
  const rows = fieldRows(z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Described);
  return rows.length > 0 ? [`${title}:`, table(['Field', 'Type', ''], rows)] : [];
}

function fieldRows(schema: Described, prefix = ''): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = !(schema.required ?? []).includes(name);
    const path = `${prefix}${name}`;
    const rest = [
      field.description,
      field.default === undefined ? undefined : `Default: ${code(JSON.stringify(field.default))}`,
    ];
    const row = [`\`${path}\`${optional ? '?' : ''}`, typeOf(field), rest.filter(Boolean).join('. ')];
    const nested = field.items ?? field;
    return [row, ...fieldRows(nested, `${path}${field.items ? '[]' : ''}.`)];
  });
}

function typeOf(field: Described): string {
  if (field.enum) return field.enum.map((value) => code(JSON.stringify(value))).join(' or ');
  if (field.anyOf) return field.anyOf.map(typeOf).join(' or ');
  if (field.items)
    return `list of ${typeOf(field.items)}${field.maxItems === undefined ? '' : `, at most ${field.maxItems}`}`;
  const bound = field.maxLength === undefined ? '' : `, at most ${field.maxLength} characters`;
  return `${field.type ?? 'any'}${bound}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
