import { CALLER_ERRORS, type CapabilityDefinition, type OperationDefinition } from '@valfri/core';
import { z } from 'zod';

interface Described {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Described;
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
    ...Object.entries(records).map(([name, { summary: what, key, value, feature, host }]) => {
      const holder = host
        ? ' The host’s own, whoever provides.'
        : feature
          ? ` Needs \`${feature}\`; without it the host keeps it aside.`
          : '';
      return section(name, `${what} Key: ${key.map(code).join(' / ')}.${holder}`, [['Value', value]]);
    }),
    '## Errors',
    table(
      ['Code', 'HTTP', 'What the caller does'],
      Object.entries(CALLER_ERRORS).map(([name, { http, remedy }]) => [code(name), String(http), remedy]),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function operationSection(
  name: string,
  { summary, effect, feature, fieldFeatures, guests, input, output }: OperationDefinition,
): string {
  const notes = [
    effect === 'write' ? 'A write: it waits while the provider is being exchanged.' : 'A read.',
    ...(feature ? [`Needs \`${feature}\`.`] : []),
    ...Object.entries(fieldFeatures ?? {}).map(([field, needed]) => `\`${field}\` needs \`${needed}\`.`),
    ...(guests === false ? ['Not for guests.'] : []),
  ];
  return section(name, `${summary} ${notes.join(' ')}`, [
    ['Input', input],
    ['Output', output],
  ]);
}

function section(name: string, text: string, schemas: readonly (readonly [string, z.ZodObject])[]): string {
  const tables = schemas.flatMap(([title, schema]) => {
    const rows = fieldRows(
      z.toJSONSchema(schema, { io: title === 'Input' ? 'input' : 'output', unrepresentable: 'any' }) as Described,
    );
    return rows.length > 0 ? [`${title}:`, table(['Field', 'Type', ''], rows)] : [];
  });
  return [`### \`${name}\``, text, ...tables].join('\n\n');
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
