import { computed, signal } from '@preact/signals-core';
import { api } from './api.ts';
import { bootstrap, type BoundFeatures } from './bootstrap.ts';
import { onEvents } from './live.ts';

const bound = signal<Readonly<Record<string, BoundFeatures>>>(bootstrap.features ?? {});

/** The features of whoever serves chat now; `undefined` where nobody does. What is not in it is hidden. */
export const chatFeatures = computed(() => bound.value['chat']?.features);

/** The features of whoever serves documents now; `undefined` where nobody does. */
export const documentFeatures = computed(() => bound.value['documents']?.features);

/** Whether files can be opened in an editor. */
export const hasOffice = computed(() => Boolean(bound.value['office']));

/** Reads anew which features there are. */
export async function refreshFeatures(): Promise<void> {
  bound.value = await api.functions.features.query();
}

const refresh = () => void refreshFeatures().catch(() => undefined);
onEvents({ 'binding.changed': refresh, 'live.resync': refresh });
