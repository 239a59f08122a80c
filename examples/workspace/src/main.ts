import { runCli } from '@valfri/server';
import { workspace } from './workspace.ts';

await runCli(workspace);
