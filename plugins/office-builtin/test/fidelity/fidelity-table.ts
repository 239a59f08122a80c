/** How a document came out. */
export interface FidelityRow {
  readonly name: string;
  readonly readOnly: boolean;
  /** What would have been lost of the whole, or of the parts that stay as they are. */
  readonly losses: string;
  readonly sameText: boolean;
  /** How many pages it had before and after. */
  readonly pages: readonly [number, number];
  /** How much of the worst page differs, from 0 to 1. */
  readonly differs: number;
}

/** The page of the documentation that says how documents come out. */
export function fidelityTable(rows: readonly FidelityRow[]): string {
  const edited = rows.filter(({ readOnly }) => !readOnly);
  const lines = rows.map(({ name, readOnly, losses, sameText, pages, differs }) =>
    [
      name,
      readOnly ? `shown only: ${losses}` : losses ? `edited, but for parts with: ${losses}` : 'edited',
      sameText ? 'the same' : '**differs**',
      pages[0] === pages[1] ? String(pages[0]) : `**${pages[0]} → ${pages[1]}**`,
      readOnly ? '–' : `${(differs * 100).toFixed(1)} %`,
    ].join(' | '),
  );
  return `# How documents come out

Thirty documents that LibreOffice wrote, opened with the built-in editor in Chromium. A word was added behind the first
paragraph, and the file saved. LibreOffice made a PDF of the file before and after. *Text*: whether all other words are the same, in
order. *Differs*: how many pixels of the worst page do, at 50 dpi; the added word is among them. Parts of which the
editor would lose something stay as they are in the file; where that cannot be, the document is shown only. A notice says what it is
(here in Swedish).

${edited.length} of ${rows.length} were edited; the text was the same in ${rows.filter(({ sameText }) => sameText).length}.

| document | opened | text | pages | differs |
| --- | --- | --- | --- | --- |
${lines.map((line) => `| ${line} |`).join('\n')}

This page is written by \`VALFRI_FIDELITY=write npm run test:peers -- plugins/office-builtin/test/fidelity\`.
`;
}
