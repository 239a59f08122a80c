export type { AppRouter } from './app-router.ts';
export type { SessionInfo } from './session-router.ts';
