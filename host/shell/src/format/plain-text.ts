/** A letter or digit: what is neither space nor punctuation. `\p{L}` says it better, and takes as long to compile as a screen of rows to draw. */
const LETTER = String.raw`[^\s!-/:-@[-\`{-~«»‐-⁞]`;
/** Marks of emphasis, but not those within words and sums. */
const EMPHASIS = new RegExp(String.raw`(?<!\d)[*~]+|[*~]+(?!${LETTER})|(?<!${LETTER})_+|_+(?!${LETTER})`, 'g');

/** A text in one line without its marks, for previews and announcements. */
export function plainText(source: string, nameOf: (person: string) => string): string {
  return source
    .replace(/<@([0-9a-f-]{36})>/g, (_, person: string) => `@${nameOf(person)}`)
    .replace(/```[^\n]*\n?|`/g, '')
    .replace(/^\s*(?:(?:>|#{1,6}\s)\s*)+/gm, '')
    .replace(EMPHASIS, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** No more than so much of a text, and a sign where there is more of it. */
export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text;
}

/** A text in its paragraphs and lines without its marks: what can be read before the marks can be drawn. */
export function plainParagraphs(source: string, nameOf: (person: string) => string): readonly string[] {
  const paragraphs = source.split(/\n\s*\n/);
  return paragraphs.map((paragraph) =>
    paragraph
      .split('\n')
      .map((line) => plainText(line, nameOf))
      .join('\n'),
  );
}
