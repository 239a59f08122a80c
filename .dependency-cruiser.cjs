// Who may import whom: one rule for each line of the table in ARCHITECTURE.md. Arrows point down.
const outside = (folders) => ({ path: `^(${folders.join('|')})/` });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', comment: 'A cycle is a knot.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing',
      comment: 'The kernel knows nobody; of npm the schema library alone.',
      severity: 'error',
      from: { path: '^core/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^core/src/', 'node_modules/zod/'] },
    },
    {
      name: 'sdk-imports-core',
      comment: 'The SDK knows the kernel and no host.',
      severity: 'error',
      from: { path: '^sdk/' },
      to: outside(['host', 'plugins', 'examples', 'bench']),
    },
    {
      name: 'browser-code-meets-no-node-code',
      comment: 'What a browser may load must not reach what needs Node.',
      severity: 'error',
      from: { path: '^sdk/src/(capabilities|chat|plugin|ui|index\\.ts)', pathNot: '\\.test\\.ts$' },
      to: { path: '^(sdk/src/(server|postgres|testing|conformance)/|node:)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'hosts-import-core-and-sdk',
      comment: 'A host knows plugins only as values handed to it.',
      severity: 'error',
      from: { path: '^host/' },
      to: outside(['plugins', 'examples', 'bench']),
    },
    {
      name: 'shell-knows-the-server-by-type-only',
      comment: 'The shell and the server meet over the wire.',
      severity: 'error',
      from: { path: '^host/shell/' },
      to: { path: '^host/server/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'server-knows-no-shell', severity: 'error', from: { path: '^host/server/' }, to: { path: '^host/shell/' } },
    {
      name: 'plugins-import-the-sdk-only',
      comment: 'Plugins hang on the SDK, and meet only through contracts.',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/' },
      to: { path: '^(core|host|examples|bench|plugins)/', pathNot: '^plugins/$1/' },
    },
    {
      name: 'shared-plugin-code-is-neutral',
      comment: 'Where code runs is in its path.',
      severity: 'error',
      from: { path: '^plugins/[^/]+/src/(shared|manifest\\.ts)' },
      to: { path: '^plugins/[^/]+/src/(ui|server)/' },
    },
    {
      name: 'no-index-inside',
      comment: 'Inside a package import the file, never the index.',
      severity: 'error',
      from: { path: '^(core|sdk|host/server|host/shell)/src/', pathNot: '/index\\.ts$' },
      to: { path: '^$1/src/index\\.ts$' },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\?(url|raw)$|^@fontsource|^/valfri-ui\\.js$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/|\\.css$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
