import type { Said } from '../../../text/text.ts';

/** The part of a JSON Schema that a form can be made of. */
export interface SettingSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  /** The same in Swedish and English, where the author has written both. */
  readonly 'x-title'?: Said;
  readonly 'x-description'?: Said;
  readonly format?: string;
  readonly enum?: readonly (string | number)[];
  readonly items?: SettingSchema;
  readonly default?: unknown;
  readonly writeOnly?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/** How a setting is asked for. */
type SettingKind = 'text' | 'secret' | 'url' | 'number' | 'boolean' | 'choice' | 'list' | 'json';

/** One field of a form of settings. */
export interface SettingField {
  readonly name: string;
  readonly kind: SettingKind;
  readonly schema: SettingSchema;
  readonly required: boolean;
}

/** What is wrong with a field, before the server has been asked. */
export type SettingFault = 'missing' | 'url' | 'number' | 'least' | 'most' | 'json';

/** The fields of a manifest's settings, required ones first, otherwise in the author's order. */
export function fieldsOf(settings: Readonly<Record<string, unknown>>): readonly SettingField[] {
  const properties = (settings['properties'] ?? {}) as Readonly<Record<string, SettingSchema>>;
  const required = new Set((settings['required'] ?? []) as readonly string[]);
  const fields = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, schema, kind: kindOf(schema) },
    required: required.has(name) && schema.default === undefined,
  }));
  return [...fields.filter((field) => field.required), ...fields.filter((field) => !field.required)];
}

function kindOf({ type, format, writeOnly, enum: options, items }: SettingSchema): SettingKind {
  if (options) return 'choice';
  if (type === 'boolean') return 'boolean';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'array' && items?.type === 'string') return 'list';
  if (type !== undefined && type !== 'string') return 'json';
  if (writeOnly) return 'secret';
  return format === 'uri' || format === 'url' ? 'url' : 'text';
}

/** What a field says of a setting's value, as it is typed. */
export function typed({ kind, schema }: SettingField, value: unknown = schema.default): string {
  if (value === undefined || kind === 'secret') return '';
  if (kind === 'list') return (value as readonly string[]).join('\n');
  return kind === 'json' ? JSON.stringify(value, null, 2) : String(value);
}

/** What is wrong with what was typed, if anything. A secret that is kept may be left empty. */
export function faultOf(field: SettingField, raw: string, secretsKept = false): SettingFault | undefined {
  const { kind, required, schema } = field;
  const text = raw.trim();
  if (text === '') return required && kind !== 'boolean' && !(kind === 'secret' && secretsKept) ? 'missing' : undefined;
  if (kind === 'url') return /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? undefined : 'url';
  if (kind === 'json') return isJson(text) ? undefined : 'json';
  if (kind !== 'number') return undefined;
  const n = Number(text.replace(',', '.'));
  if (Number.isNaN(n) || (schema.type === 'integer' && !Number.isInteger(n))) return 'number';
  if (schema.minimum !== undefined && n < schema.minimum) return 'least';
  return schema.maximum !== undefined && n > schema.maximum ? 'most' : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The settings that were typed; what was left empty is left out. */
export function settingsOf(fields: readonly SettingField[], data: FormData): Record<string, unknown> {
  const given = fields.map((field) => [field.name, valueOf(field, data.get(`settings.${field.name}`))] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function valueOf({ kind, schema }: SettingField, raw: FormDataEntryValue | null): unknown {
  if (kind === 'boolean') return raw !== null;
  const text = String(raw ?? '');
  if (text.trim() === '') return undefined;
  if (kind === 'secret') return text;
  if (kind === 'number') return Number(text.trim().replace(',', '.'));
  if (kind === 'json') return JSON.parse(text);
  if (kind === 'choice') return schema.enum!.find((option) => String(option) === text);
  return kind === 'list'
    ? text
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
    : text.trim();
}
