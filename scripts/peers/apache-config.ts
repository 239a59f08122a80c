/** What an Apache of our own is set up by. */
export interface ApacheConfig {
  readonly directory: string;
  readonly files: string;
  readonly port: number;
  /** Whom its processes run as; absent where they run as whoever starts it. */
  readonly user: string | undefined;
  readonly modules: string;
}

const MODULES = [
  'mpm_event',
  'authn_core',
  'authz_core',
  'authz_user',
  'auth_basic',
  'authn_file',
  'dav',
  'dav_fs',
  'alias',
];

/** The configuration of an Apache that serves one WebDAV tree, under /dav, to one account. */
export function apacheConfig({ directory, files, port, user, modules }: ApacheConfig): string {
  return `ServerRoot ${directory}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${directory}/apache.pid
ErrorLog ${directory}/error.log
DefaultRuntimeDir ${directory}/state
${MODULES.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
${user ? `User ${user}\nGroup ${user}` : ''}
StartServers 1
ThreadsPerChild 32
MaxRequestWorkers 64
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 30
LimitXMLRequestBody 1048576
DavLockDB ${directory}/state/locks
DocumentRoot ${files}
Alias /dav ${files}
<Directory ${files}>
  Dav On
  AuthType Basic
  AuthName files
  AuthUserFile ${directory}/users
  Require valid-user
</Directory>
`;
}
