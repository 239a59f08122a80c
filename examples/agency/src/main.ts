import { runCli } from '@valfri/server';
import { workspaceFrom } from './workspace.ts';

await runCli(workspaceFrom(process.env));
