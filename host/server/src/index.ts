export { runCli } from './cli/run-cli.ts';
export { ConfigError, type HostConfig, type HostConfigInput, readConfig } from './config/config.ts';
export { type Host, type HostOptions, startHost, type SwapOverrides } from './host.ts';
export {
  type DeclaredBinding,
  type DeclaredInstance,
  defineWorkspace,
  type OidcProvider,
  type ShellFiles,
  type Workspace,
} from './workspace.ts';
