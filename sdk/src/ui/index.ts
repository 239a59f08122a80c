export { connectToShell, type Shell } from './connect.ts';
export type { FromPage, FromShell, Handover, PageState } from './protocol.ts';
