import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { Failure } from '../../../state/api.ts';
import { saidIn, texts } from '../../../text/text.ts';
import { field } from '../../../components/field.ts';
import { faultOf, type SettingField, type SettingFault, type SettingSchema, typed } from './setting-fields.ts';

const words = texts({
  sv: {
    faults: {
      missing: 'Fyll i fältet.',
      url: 'Skriv en hel adress, till exempel https://chatt.example.se.',
      number: 'Skriv ett tal.',
      least: 'Talet är för litet.',
      most: 'Talet är för stort.',
      json: 'Det är inte giltig JSON.',
    } satisfies Record<SettingFault, string>,
    kept: 'Sparad. Lämna fältet tomt för att behålla den.',
    secret: 'Sparas krypterat och visas aldrig igen.',
    list: 'En per rad.',
    json: 'Skriv som JSON.',
    between: (least?: number, most?: number) =>
      least === undefined ? `Högst ${most}.` : most === undefined ? `Minst ${least}.` : `${least} till ${most}.`,
    none: 'Inget valt',
    said: (message: string) => `Servern godtog inte det: ${message}`,
  },
  en: {
    faults: {
      missing: 'Fill this in.',
      url: 'Write a whole address, such as https://chat.example.se.',
      number: 'Write a number.',
      least: 'The number is too small.',
      most: 'The number is too large.',
      json: 'That is not valid JSON.',
    } satisfies Record<SettingFault, string>,
    kept: 'Kept. Leave it empty to keep it as it is.',
    secret: 'Is kept encrypted and never shown again.',
    list: 'One on each line.',
    json: 'Write it as JSON.',
    between: (least?: number, most?: number) =>
      least === undefined ? `At most ${most}.` : most === undefined ? `At least ${least}.` : `${least} to ${most}.`,
    none: 'Nothing chosen',
    said: (message: string) => `The server did not take it: ${message}`,
  },
});

/** Faults by the path of their field, e.g. `settings.url`. */
export type Faults = Readonly<Record<string, string>>;

/** What is wrong in a form of settings, in words; empty where nothing is. */
export function faultsOf(fields: readonly SettingField[], data: FormData, secretsKept = false): Faults {
  const found = fields.flatMap((each): [string, string][] => {
    const path = `settings.${each.name}`;
    const fault = faultOf(each, String(data.get(path) ?? ''), secretsKept);
    return fault ? [[path, words.value.faults[fault]]] : [];
  });
  return Object.fromEntries(found);
}

/** What the server said of one field. */
export function faultFrom({ field: path, message }: Failure): Faults {
  if (path === undefined) return {};
  const said = /Given: instance "[^"]*": [^:]+: (.*?)\. Due: /.exec(message)?.[1] ?? message;
  return { [path]: words.value.said(said) };
}

/** Fields for a provider's settings, made of the JSON Schema in its plugin's manifest. */
export function settingInputs(
  fields: readonly SettingField[],
  given: {
    readonly values?: Readonly<Record<string, unknown>>;
    readonly faults: Faults;
    readonly secretsKept?: boolean;
  },
): readonly TemplateResult[] {
  return fields.map((each) => {
    const path = `settings.${each.name}`;
    const value = typed(each, given.values?.[each.name] ?? each.schema.default);
    return field({
      id: path,
      label: settingTitle(each.name, each.schema),
      optional: !each.required && each.kind !== 'boolean',
      hint: hintOf(each, given.secretsKept ?? false),
      wrong: given.faults[path],
      ...(each.kind === 'boolean' ? { beside: true } : {}),
      input: (described, invalid) => input(each, { path, value, described, invalid }),
    });
  });
}

/** What a setting is called. */
export function settingTitle(name: string, schema: SettingSchema): string {
  return saidIn(schema['x-title'] ?? schema.title ?? name);
}

function hintOf({ kind, schema }: SettingField, secretsKept: boolean): string {
  const { minimum, maximum } = schema;
  const own = saidIn(schema['x-description'] ?? schema.description ?? '');
  const { kept, secret, list, json, between } = words.value;
  const range = minimum === undefined && maximum === undefined ? '' : between(minimum, maximum);
  const usual = { secret: secretsKept ? kept : secret, list, json, number: range }[kind as string] ?? '';
  return [own, usual].filter(Boolean).join(' ');
}

interface Drawn {
  readonly path: string;
  readonly value: string;
  readonly described: string | undefined;
  readonly invalid: 'true' | 'false';
}

function input({ kind, schema, required }: SettingField, { path, value, described, invalid }: Drawn): TemplateResult {
  if (kind === 'boolean')
    return html`<input
      type="checkbox"
      id=${path}
      name=${path}
      .checked=${value === 'true'}
      aria-describedby=${ifDefined(described)}
    />`;
  if (kind === 'choice')
    return html`<select
      class="input"
      id=${path}
      name=${path}
      aria-invalid=${invalid}
      aria-describedby=${ifDefined(described)}
    >
      ${required ? nothing : html`<option value="">${words.value.none}</option>`}
      ${schema.enum!.map((option) => html`<option value=${option} ?selected=${String(option) === value}>${option}</option>`)}
    </select>`;
  if (kind === 'list' || kind === 'json')
    return html`<textarea
      class="input"
      id=${path}
      name=${path}
      rows="4"
      spellcheck="false"
      aria-invalid=${invalid}
      aria-describedby=${ifDefined(described)}
      .defaultValue=${value}
    ></textarea>`;
  const type = { secret: 'password', url: 'url' }[kind as string] ?? 'text';
  return html`<input
    class="input"
    id=${path}
    name=${path}
    type=${type}
    inputmode=${kind === 'number' ? 'decimal' : nothing}
    autocomplete=${kind === 'secret' ? 'new-password' : 'off'}
    spellcheck="false"
    maxlength=${ifDefined(schema.maxLength)}
    aria-required=${required ? 'true' : 'false'}
    aria-invalid=${invalid}
    aria-describedby=${ifDefined(described)}
    .defaultValue=${value}
  />`;
}
