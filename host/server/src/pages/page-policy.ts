/** What a document on a plugin's hostname may do. */
export interface PagePolicy {
  readonly kind: 'page' | 'editor' | 'vendor';
  readonly wasm: boolean;
  readonly workers: boolean;
  readonly inlineStyles: boolean;
  /** Origins that it frames and posts forms to. */
  readonly frames: readonly string[];
  /** Origins that it loads scripts from. */
  readonly scripts: readonly string[];
}

/** What is allowed to everything that is not named in a manifest. */
export const PLAIN_PAGE: PagePolicy = {
  ...{ kind: 'page', wasm: false, workers: false, inlineStyles: false },
  ...{ frames: [], scripts: [] },
};

/** What a document may be given; a page of a plugin is given none of it, unless it is a product's. */
const POWERS =
  'accelerometer autoplay bluetooth camera clipboard-read clipboard-write display-capture encrypted-media fullscreen geolocation gyroscope hid idle-detection local-fonts magnetometer microphone midi payment picture-in-picture publickey-credentials-create publickey-credentials-get screen-wake-lock serial storage-access usb web-share window-management xr-spatial-tracking'.split(
    ' ',
  );

/** What a product's page is given, and may hand on to the frame of its product. */
const OF_PRODUCTS: ReadonlySet<string> = new Set(['clipboard-read', 'clipboard-write', 'fullscreen']);

/** The headers by which a browser holds a document to its policy. */
export function policyHeaders(policy: PagePolicy, publicUrl: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': directives(policy, publicUrl).join('; '),
    // What the policy leaves open: WebRTC, and the connections of navigations that it stops.
    'connection-allowlist': `(${['response-origin', ...quoted([...policy.frames, ...policy.scripts])].join(' ')})`,
    'permissions-policy': powers(policy).join(', '),
  };
}

function directives(policy: PagePolicy, publicUrl: string): readonly string[] {
  const common = [`frame-ancestors ${publicUrl}`, `base-uri 'none'`];
  switch (policy.kind) {
    case 'page':
      return [
        ...['sandbox allow-scripts', `default-src 'none'`, `script-src 'self'`, `style-src 'self'`],
        ...[`img-src 'self' data:`, `connect-src 'none'`, ...common, `form-action 'none'`],
      ];
    case 'editor':
      return [
        ...[
          'sandbox allow-scripts',
          `default-src 'none'`,
          `script-src 'self'${policy.wasm ? ` 'wasm-unsafe-eval'` : ''}`,
        ],
        ...[stylesOf(policy), ...MEDIA, ...(policy.workers ? ['worker-src blob:'] : [])],
        // Its own origin, where there is nothing but files of the plugin.
        ...[`connect-src 'self'`, ...common, `form-action 'none'`],
      ];
    case 'vendor':
      return [
        ...[`default-src 'none'`, listed('script-src', [`'self'`, ...policy.scripts]), stylesOf(policy), ...MEDIA],
        ...[listed('frame-src', policy.frames), `connect-src 'none'`, ...common, listed('form-action', policy.frames)],
      ];
  }
}

const MEDIA = [`img-src 'self' data: blob:`, `font-src 'self' data:`, `media-src 'self' blob:`];

function stylesOf({ inlineStyles }: PagePolicy): string {
  return `style-src 'self'${inlineStyles ? ` 'unsafe-inline'` : ''}`;
}

function listed(name: string, sources: readonly string[]): string {
  return `${name} ${sources.length > 0 ? sources.join(' ') : `'none'`}`;
}

function powers({ kind, frames }: PagePolicy): readonly string[] {
  const handedOn = `(${['self', ...quoted(frames)].join(' ')})`;
  return POWERS.map((power) => `${power}=${kind === 'vendor' && OF_PRODUCTS.has(power) ? handedOn : '()'}`);
}

function quoted(origins: readonly string[]): readonly string[] {
  return [...new Set(origins)].map((origin) => `"${origin}"`);
}
