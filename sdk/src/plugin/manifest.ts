import { z } from 'zod';

const localized = z
  .object({ en: z.string().min(1).max(300), sv: z.string().min(1).max(300) })
  .describe('A text in each language that the workspace speaks');

const said = z.union([z.string().min(1), localized]);

const slug = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'is not lower-case words joined by hyphens, such as "chat-postgres"')
  .max(40);

const origin = z
  .string()
  .regex(/^https?:\/\/[^/*]+$/, 'is not an origin, such as "https://chat.example.se" (no path, no wildcard)');

const outbound = z
  .union([origin, z.strictObject({ setting: z.string().describe('Name of the setting that holds a URL') })])
  .describe('An origin that the plugin may call, or the setting that names it');

const inbound = z.strictObject({
  path: z
    .string()
    .regex(/^\/[\w./-]*$/, 'is not a path, such as "/events"')
    .describe('Prefix of the paths that it answers'),
  summary: said.describe('Who calls it, and how it knows them'),
  largest: z
    .int()
    .min(1)
    .max(512)
    .default(16)
    .describe('Largest body that it takes, in MiB. It comes as a stream: nothing but the plugin keeps all of it'),
});

const dataClass = z.strictObject({
  class: said.describe('What it is, e.g. "messages"'),
  where: said.describe('The table, path or server where it lies'),
  purpose: said.describe('Why it is kept'),
  retention: said.describe('Until when it is kept'),
  leavesTo: said.optional().describe('The server it is handed to; absent where it stays in the host'),
});

const FILE = String.raw`[\w-][\w.-]*`;

const foreign = z
  .array(outbound)
  .max(10)
  .default([])
  .describe('Of the kind `vendor`: origins of the product, as in `network.outbound`');

const uiPage = z.strictObject({
  id: slug,
  title: localized.describe('What the shell calls it, above the frame and where it links to it'),
  kind: z
    .enum(['page', 'editor', 'vendor'])
    .default('page')
    .describe(
      '`page`: for the audience, where the shell links to it. `editor`: shows a file that somebody has opened. `vendor`: the same with the hostname as its origin, for a product’s own page or script',
    ),
  audience: z.enum(['operator']).default('operator').describe('Who is offered a `page`'),
  wasm: z.boolean().default(false).describe('Of the kind `editor`: whether it runs WebAssembly'),
  workers: z
    .boolean()
    .default(false)
    .describe('Of the kind `editor`: whether it starts workers, from `blob:` addresses'),
  inlineStyles: z
    .boolean()
    .default(false)
    .describe('Of the kinds `editor` and `vendor`: whether its code sets styles as text'),
  frames: foreign.describe('Of the kind `vendor`: origins that it frames and posts forms to'),
  scripts: foreign.describe('Of the kind `vendor`: origins that it loads scripts from'),
  path: z
    .string()
    .regex(new RegExp(`^(${FILE}/)*${FILE}\\.html$`), 'is not a file of that folder, such as "setup.html"')
    .describe('Its document, within the folder'),
});

const ui = z.strictObject({
  directory: z
    .string()
    .regex(new RegExp(`^${FILE}(/${FILE})*$`), 'is not a folder of the package, such as "ui"')
    .describe('Folder of the package with the files of all pages; nothing else of the package is served'),
  pages: z
    .array(uiPage)
    .min(1)
    .refine((pages) => new Set(pages.map(({ id }) => id)).size === pages.length, 'has two pages of the same id'),
});

/** What a plugin says of itself. Data only: the host reads it without running any of the plugin's code. */
export const manifestSchema = z.strictObject({
  id: slug.describe('The name by which compositions and instances know the plugin'),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/, 'is not a version, such as "1.2.0" (semver.org)'),
  title: localized,
  description: localized,
  license: z.string().min(1).describe('SPDX identifier'),
  provides: z.array(z.strictObject({ capability: slug, major: z.int().min(0) })).default([]),
  uses: z
    .array(z.strictObject({ capability: slug, major: z.int().min(0), features: z.array(z.string()).default([]) }))
    .default([]),
  network: z
    .strictObject({ outbound: z.array(outbound).default([]), inbound: z.array(inbound).default([]) })
    .default({ outbound: [], inbound: [] }),
  people: z
    .array(z.enum(['displayName']))
    .default([])
    .describe('What it may know of people beside a pseudonym of its own'),
  files: z.boolean().default(false).describe('Whether it keeps files in a folder of its own, which backups take along'),
  ui: ui.optional().describe('Pages of its own, shown in a frame; see [Pages of your own](ui.md)'),
  data: z
    .array(dataClass)
    .default([])
    .describe('Every class of personal data that it keeps; each text as { en, sv }, or in English alone'),
  settings: z
    .looseObject({ type: z.literal('object') })
    .default({ type: 'object' })
    .describe('JSON Schema of an instance’s settings; what is writeOnly is kept encrypted. See below'),
});

/** A manifest with its defaults filled in. */
export type Manifest = z.output<typeof manifestSchema>;

/** A manifest as an author writes it. */
export type ManifestInput = z.input<typeof manifestSchema>;
