import { expect, test } from 'vitest';
import { isProven, isTimely } from '../src/server/wopi/proof.ts';
import { aProofKey, sign, ticksAt } from './harness/proof-keys.ts';

/**
 * Signatures that Microsoft publishes for those who check them.
 * @see https://github.com/microsoft/Office-Online-Test-Tools-and-Documentation/tree/master/samples/python/proof_keys
 */
const keys = [
  {
    modulus:
      '0HOWUPFFgmSYHbLZZzdWO/HUOr8YNfx5NAl7GUytooHZ7B9QxQKTJpj0NIJ4XEskQW8e4dLzRrPbNOOJ+KpWHttXz8HoQXkkZV/gYNxaNHJ8/pRXGMZzfVM5vchhx/2C7ULPTrpBsSpmfWQ6ShaVoQzfThFUd0MsBvIN7HVtqzPx9jbSV04wAqyNjcro7F3iu9w7AEsMejHbFlWoN+J05dP5ixryF7+2U5RVmjMt7/dYUdCoiXvCMt2CaVr0XEG6udHU4iDKVKZjmUBc7cTWRzhqEL7lZ1yQfylp38Nd2xxVJ0sSU7OkC1bBDlePcYGaF3JjJgsmp/H5BNnlW9gSxQ==',
    exponent: 'AQAB',
  },
  {
    modulus:
      'u/ppb/da4jeKQ+XzKr69VJTqR7wgQp2jzDIaEPQVzfwod+pc1zvO7cwjNgfzF/KQGkltoOi9KdtMzR0qmX8C5wZI6wGpS8S4pTFAZPhXg5w4EpyR8fAagrnlOgaVLs0oX5UuBqKndCQyM7Vj5nFd+r53giS0ch7zDW0uB1G+ZWqTZ1TwbtV6dmlpVuJYeIPonOJgo2iuh455KuS2gvxZKOKR27Uq7W949oM8sqRjvfaVf4xDmyor++98XX0zadnf4pMWfPr3XE+bCXtB9jIPAxxMrALf5ncNRhnx0Wyf8zfM7Rfq+omp/HxCgusF5MC2/Ffnn7me/628zzioAMy5pQ==',
    exponent: 'AQAB',
  },
];

const currentKey = {
  token:
    'RLoY%2f3D73%2fjwt6IQqR1wHqCEKDxRf2v0GPDa0ZHTlA6ik1%2fNBHDD6bHCI0BQrvacjNBL8ok%2fZsVPI%2beAIA5mHSOUbhW9ohowwD6Ljlwro2n5PkTBh6GEYi2afuCIQ8mjXAUdvEDg3um2GjJKtA%3d%3d',
  path: 'JIB9h+LJpZWBDwvoIiQ5p3115zJWDecpGF9aCm1vOa5UMllgC7w',
  timestamp: '635655897361394523',
  signature:
    'x0IeSOjUQNH2pvjMPkP4Jotzs5Weeqms4AlPxMQ5CipssUJbyKFjLWnwPg1Ac0XtSTiPD177BmQ1+KtmYvDTWQ1FmBuvpvKZDSKzXoT6Qj4LCYYQ0TxnN/OT231+qd50sOD8zAxhfXP56qND9tj5xqoHMa+lbuvNCqiOBTZw5f/dklSK7Wgdx7ST3Dq6S9xxDUfsLC4Tjq+EsvcdSNIWL/W6NRZdyWqlgRgE6X8t/2iyyMypURdOW2Rztc6w/iYhbuh22Ul6Jfu14KaDo6YkvBr8iHlK4CcQST9i0u044y1Jnh34UK4EPdVRZrvTmeJ/5DFLWOqEwvBlW2bpoYF+9A==',
};
const aheadOfUs = {
  token:
    'zo7pjAbo%2fyof%2bvtUJn5gXpYcSl7TSSx0TbQGJbWJSll9PTjRRsAbG%2fSNL7FM2n5Ei3jQ8UJsW4RidT5R4tl1lrCi1%2bhGjxfWAC9pRRl6J3M1wZk9uFkWEeGzbtGByTkaGJkBqgKV%2ffxg%2bvATAhVr6E3LHCBAN91Wi8UG',
  path: 'RVQ29k8tf3h8cJ/Endy+aAMPy0iGhLatGNrhvKofPY9p2w',
  timestamp: '635655898374047766',
  signature:
    'PjKR1BTNNnfOrUzfo27cLIhlrbSiOVZaANadDyHxKij/77ZYId+liyXoawvvQQPgnBH1dW6jqpr6fh5ZxZ9IOtaV+cTSUGnGdRSn7FyKs1ClpApKsZBO/iRBLXw3HDWOLc0jnA2bnxY8yqbEPmH5IBC9taYzxnf7aGjc6AWFHfs6AEQ8lMio6UoASNzjy3VVNzUX+CK+e5Z45coT0X60mjaJmidGfPdWIfyUw8sSuUwxQa1uNXAd8IceRUL7j5s9/kk7EwsihCw1Y3L+XJGG5zMsGhM9bTK5mvxj30UdmZORouNHdywOfdHaB1iOeKOk+yvWFMW3JsYShWbUhZUOEQ==',
};
const behindUs = {
  token:
    '%2foBUJRjT2EVSVaB0Bjl2BCC7bXkN674bwppkzj2H9Elj2G%2bVGl06EzVgv62BqIW17gZZUweK%2fBPCOWN%2bbwoHy2BWES7J4OrDgFpErCsRmRkUr982LaFC2Nxb0%2bH6u6MrWfRMK5dX6w0cltOtRU%2fnsJ9JasAq0J2%2fEzhRbQwIyMQ%3d',
  path: 'UzfEboK8w9Eal86Vk4xzIkGwUeMAiFaNF14FfQETzQ72LPw',
  timestamp: '635655898147049273',
  signature:
    'egEcu5FlU9q+u+d5WQ/Z1nYbttR+0iWsLh2BgiyzAq93sQFyvQ5XSCW5i/V7rt9HDewnmvIXsak5ayeoX2aDNgsVM8gSI533tO9dv/33vBM6MAzNLXP3v5rNI/TaTXcfm4Q1bIoE5RFVZUSPH73B3p1Oon0Hhhd1CysFGv6ue00CT1Dgpu/w5cVElQxZmWmguD5hEFgmg9IGKuSJ1CdVeJLcTbdKWhJnTl/G4+SpXfWBnvTBXSzLK+PdtfVCxh/bPO/FJNRWNAg+UgdVAXnLN79faiioG27lXGVrodpVgW8qdANvDkjQbn7z7jXmQmv8ksVQgHfZel963NXRty5pDg==',
};

type Published = typeof currentKey;
const proofOf = ({ token, path, timestamp, signature }: Published, as: 'proof' | 'proofOld') => ({
  ...{ token, timestamp, proof: '', proofOld: '', [as]: signature },
  url: `https://contoso.com/wopi/files/${path}?access_token=${token}`,
});

test.each([
  ['the current key', proofOf(currentKey, 'proof')],
  ['the key before, which is our current one', proofOf(aheadOfUs, 'proofOld')],
  ['the key that is old by now', proofOf(behindUs, 'proof')],
])('what is signed with %s is the client’s', (_, proof) => {
  expect(isProven(proof, keys)).toBe(true);
});

test.each([
  ['another URL', { url: 'https://contoso.com/wopi/files/other' }],
  ['another token', { token: 'other' }],
  ['another moment', { timestamp: '635655897361394524' }],
  ['no moment', { timestamp: '' }],
  ['a moment that is no number', { timestamp: '1e9' }],
  ['a moment beyond all numbers', { timestamp: '9'.repeat(19) }],
  ['no signature', { proof: '' }],
  ['a signature that is none', { proof: '!' }],
])('a signature does not hold for %s', (_, change) => {
  expect(isProven({ ...proofOf(currentKey, 'proof'), ...change }, keys)).toBe(false);
});

test('what is signed with the old key, and shown as that, is nobody’s', () => {
  expect(isProven(proofOf(behindUs, 'proofOld'), keys)).toBe(false);
  expect(isProven(proofOf(currentKey, 'proof'), [])).toBe(false);
  expect(isProven(proofOf(currentKey, 'proof'), [{ modulus: '!', exponent: '' }])).toBe(false);
});

test('the signatures of the tests’ own client are made in the same way', () => {
  const key = aProofKey();
  const url = 'https://work.example.se/wopi/files/1?access_token=abc&x=å';
  const timestamp = ticksAt(Date.now());
  const given = { token: 'abc', url, timestamp, proof: sign(key, url, timestamp), proofOld: '' };
  expect(isProven(given, [key])).toBe(true);
});

test('a request is of now: twenty minutes this way or that', () => {
  const now = Date.now();
  const minutes = (count: number) => isTimely(ticksAt(now + count * 60_000), now);
  expect([-21, -19, 0, 19, 21].map(minutes)).toEqual([false, true, true, true, false]);
  expect(isTimely('now', now)).toBe(false);
});
