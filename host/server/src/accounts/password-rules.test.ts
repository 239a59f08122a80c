import { expect, test } from 'vitest';
import { passwordFault } from './password-rules.ts';

const owner = { email: 'fatima.lindqvist@example.org', name: 'Fatima Lindqvist-Öberg' };

test.each([
  ['aaaaaaaaaaaa', 'repeated'],
  ['abcabcabcabca', 'repeated'],
  ['201020102010', 'repeated'],
  ['abcdefghijkl', 'sequence'],
  ['123456789012', 'sequence'],
  ['qwertyuiop12', 'sequence'],
  ['aaabbbcccdddeee', 'sequence'],
  ['lkjhgfdsa321', 'sequence'],
  ['Lösenord1234', 'common'],
  ['Sommar-2026!!', 'common'],
  ['password-password', 'common'],
  ['fatima.lindqvist', 'personal'],
  ['hej Öberg hopp', 'personal'],
  ['Fatima kommer 7', 'personal'],
])('%s is refused: %s', (password, fault) => {
  expect(passwordFault(password, owner)).toBe(fault);
});

test.each([
  'korrekt häst batteri',
  'tre små kanelbullar',
  'Lösenord för prov 1',
  'f3#kQ!v9zP0@',
  'vi fikar klockan tre',
])('%s is taken', (password) => {
  expect(passwordFault(password, owner)).toBeUndefined();
});

test('what is short in a name or an address is no reason', () => {
  expect(passwordFault('vi seglar till bohuslän', { email: 'bo@example.org', name: 'Bo Ek' })).toBeUndefined();
});
