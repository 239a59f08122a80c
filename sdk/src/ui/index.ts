export { connectToShell, type Shell } from './connect.ts';
export type { FileState, FromPage, FromShell, Handover, OpenedFile, PageCommand, PageState } from './protocol.ts';
