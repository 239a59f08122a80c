/** Fonts that come along, by what documents call them: each measures as the one that it stands in for. */
const STANDS_FOR: Readonly<Record<string, readonly string[]>> = {
  arimo: ['Arimo', 'Arial', 'Helvetica', 'Liberation Sans'],
  tinos: ['Tinos', 'Times New Roman', 'Liberation Serif'],
  cousine: ['Cousine', 'Courier New', 'Liberation Mono'],
  carlito: ['Carlito', 'Calibri'],
  caladea: ['Caladea', 'Cambria'],
};

/** @see https://www.unicode.org/charts/ for what the two cuts of each file hold */
const RANGES: Readonly<Record<string, string>> = {
  latin:
    'U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD',
  'latin-ext':
    'U+0100-0130, U+0132-0151, U+0154-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+1D00-1DBF, U+1E00-1E9F, U+1EF2-1EFF, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF',
};

const files = import.meta.glob<string>(
  '../../node_modules/@fontsource/{arimo,tinos,cousine,carlito,caladea}/files/*-{latin,latin-ext}-{400,700}-{normal,italic}.woff2',
  { query: '?url', import: 'default', eager: true },
);

for (const [path, address] of Object.entries(files)) {
  const [, font, cut, weight, style] = /\/([a-z]+)-(latin(?:-ext)?)-(\d+)-(\w+)\.woff2$/.exec(path) ?? [];
  for (const name of STANDS_FOR[font!] ?? [])
    document.fonts.add(
      new FontFace(name, `url(${address})`, { weight: weight!, style: style!, unicodeRange: RANGES[cut!]! }),
    );
}
