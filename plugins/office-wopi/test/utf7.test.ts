import { expect, test } from 'vitest';
import { fromUtf7, toUtf7 } from '../src/server/wopi/utf7.ts';

test.each(['a', 'Hi Mom -☺-!', '1 + 1 = 2.xlsx', 'Möte på ön 😀.docx', '日本語', '+', 'a+-b', ''])(
  '"%s" comes back as it was',
  (name) => {
    const written = toUtf7(name);
    expect(written).toMatch(/^[ -~]*$/);
    expect(fromUtf7(written)).toBe(name);
  },
);

test('what the RFC has as examples is read as it says, and what is no UTF-7 stays', () => {
  expect(['A+ImIDkQ.', 'Hi Mom -+Jjo--!', '+ZeVnLIqe-', 'a+'].map(fromUtf7)).toEqual([
    'A≢Α.',
    'Hi Mom -☺-!',
    '日本語',
    'a+',
  ]);
});
