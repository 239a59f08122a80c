import { Marked } from 'marked';
import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';
import { plainText, shortened } from './plain-text.ts';

type Drawn = { readonly strings?: readonly string[]; readonly values?: readonly unknown[] };

/** What is drawn, as text with its tags. */
function drawn(value: unknown): string {
  if (Array.isArray(value)) return value.map(drawn).join('');
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : '';
  const { strings = [], values = [] } = value as Drawn;
  return strings.map((string, i) => string + drawn(values[i])).join('');
}

const render = (source: string) => drawn(renderMarkdown(source, { mention: () => ({}) as never }));

test('a star between figures is a multiplication', () => {
  for (const sum of ['5*3*2 = 30', '2*a*b', '10**2**3']) expect(render(sum)).toBe(`<p>${sum}</p>`);
  expect(new Marked().parse('5*3*2 = 30')).toContain('<em>');
});

test('marks are still marks', () => {
  expect(render('**fet** och _kursiv_ och *kursiv*')).toBe(
    '<p><strong>fet</strong> och <em>kursiv</em> och <em>kursiv</em></p>',
  );
  expect(render('§ 7 **2** st')).toBe('<p>§ 7 <strong>2</strong> st</p>');
});

test('without its marks a text keeps what is none', () => {
  const plain = (source: string) => plainText(source, () => 'Bo');
  expect(plain('5*3*2 = 30')).toBe('5*3*2 = 30');
  expect(plain('**fet**, _kursiv_, ~~struket~~ och `kod`')).toBe('fet, kursiv, struket och kod');
  expect(plain('> citat\n# Rubrik')).toBe('citat Rubrik');
  expect(plain('ärende #114, fil_namn_2, a > b')).toBe('ärende #114, fil_namn_2, a > b');
  expect(plain('öl_är_gott, 2*å, ”_kursiv_”, (_även_) – **så**')).toBe('öl_är_gott, 2*å, ”kursiv”, (även) – så');
});

test('what is cut says so', () => {
  expect(shortened('kort', 10)).toBe('kort');
  expect(shortened('ett två tre fyra', 9)).toBe('ett två…');
});

test('a task is its box and its words, and headings are such where that is wanted', () => {
  expect(render('- [x] klart')).not.toContain('[x]');
  expect(render('- [x] klart')).toContain('klart');
  expect(render('# Rubrik')).toBe('<p><strong>Rubrik</strong></p>');
  const headed = drawn(renderMarkdown('# Rubrik\n## Under', { mention: () => ({}) as never, headings: true }));
  expect(headed).toBe('<h3>Rubrik</h3><h4>Under</h4>');
});
