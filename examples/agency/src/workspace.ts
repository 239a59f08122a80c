import { chatPostgres } from '@valfri/plugin-chat-postgres';
import { defineWorkspace, type OidcProvider, type Workspace } from '@valfri/server';
import { shellFiles } from '@valfri/shell';

/** The workspace, with the agency's identity provider as the environment names it. */
export function workspaceFrom(env: NodeJS.ProcessEnv): Workspace {
  return defineWorkspace({
    name: env['AGENCY_NAME'] ?? 'Myndigheten',
    shell: shellFiles,
    plugins: [chatPostgres],
    instances: [{ id: 'chat-builtin', plugin: 'chat-postgres' }],
    bindings: [{ capability: 'chat', instance: 'chat-builtin' }],
    signIn: { oidc: [agencyProvider(env)] },
  });
}

/** Whoever the provider knows is let in; with OIDC_ADMIT=known only those whom an operator has added. */
function agencyProvider(env: NodeJS.ProcessEnv): OidcProvider {
  return {
    id: 'agency',
    name: env['OIDC_NAME'] ?? 'Myndighetens inloggning',
    issuer: needed(env, 'OIDC_ISSUER'),
    clientId: needed(env, 'OIDC_CLIENT_ID'),
    clientSecret: needed(env, 'OIDC_CLIENT_SECRET'),
    admit: env['OIDC_ADMIT'] === 'known' ? 'known' : 'all',
  };
}

function needed(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is missing from the environment. See examples/agency/README.md.`);
  return value;
}
