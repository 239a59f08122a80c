import { signal } from '@preact/signals-core';

/** What the page within a view is called, for the window's title; empty where the view's own name says it. */
export const pageTitle = signal('');
