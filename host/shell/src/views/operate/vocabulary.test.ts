import { standardCapabilities } from '@valfri/sdk';
import { expect, test } from 'vitest';
import { language } from '../../text/text.ts';
import { featureName, functionName, recordName } from './vocabulary.ts';

test.each(['sv', 'en'] as const)('every function, feature and kind of record has a word in %s', (each) => {
  language.value = each;
  for (const { id, features, records } of standardCapabilities) {
    expect(functionName(id)).not.toBe(id);
    for (const name of Object.keys(features)) expect(featureName(name), name).not.toBe(name);
    for (const name of Object.keys(records)) expect(recordName(name), name).not.toBe(name);
  }
});
