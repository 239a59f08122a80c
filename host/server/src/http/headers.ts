/** What the headers depend on. */
export interface HeaderOptions {
  readonly secure: boolean;
  readonly publicUrl: string;
  readonly pluginsDomain?: string | undefined;
}

/**
 * The headers of every answer. The shell runs only its own scripts and reaches only its own origin; frames come from
 * the plugins' domain only; nobody frames it.
 */
export function securityHeaders({ secure, publicUrl, pluginsDomain }: HeaderOptions): Readonly<Record<string, string>> {
  const { host, protocol } = new URL(publicUrl);
  const sockets = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`;
  const frames = pluginsDomain ? `${protocol}//*.${pluginsDomain}` : `'none'`;
  const policy = [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `connect-src 'self' ${sockets}`,
    `manifest-src 'self'`,
    `frame-src ${frames}`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types lit-html valfri dompurify`,
  ];
  return {
    'content-security-policy': policy.join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
