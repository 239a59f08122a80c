/** What the headers depend on. */
export interface HeaderOptions {
  readonly secure: boolean;
  readonly publicUrl: string;
}

/**
 * The policy of the shell. It runs only its own scripts and reaches only its own origin; it frames the origins that are
 * given, and nobody frames it.
 */
export function contentPolicy(publicUrl: string, frames: readonly string[] = []): string {
  const { host, protocol } = new URL(publicUrl);
  const sockets = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`;
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self'`,
    `img-src 'self' data: blob:`,
    `media-src 'self'`,
    `font-src 'self'`,
    `connect-src 'self' ${sockets}`,
    `manifest-src 'self'`,
    `frame-src ${frames.length > 0 ? frames.join(' ') : `'none'`}`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types lit-html valfri dompurify`,
  ].join('; ');
}

/** The headers of every answer on the shell's own hostname. */
export function securityHeaders({ secure, publicUrl }: HeaderOptions): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentPolicy(publicUrl),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
    ...transport(secure),
  };
}

/** By which browsers stay with HTTPS, where that is what they came by. */
export function transport(secure: boolean): Readonly<Record<string, string>> {
  return secure ? { 'strict-transport-security': 'max-age=31536000' } : {};
}
