/** What a homeserver is told of an application service. */
export interface Registration {
  /** Id of the registration, as in the settings. */
  readonly id: string;
  /** The instance's inbound URL, as the homeserver reaches it. */
  readonly url: string;
  readonly asToken: string;
  readonly hsToken: string;
  /** How the local parts of our people's accounts begin. */
  readonly prefix: string;
}

/** The localpart of the account that makes rooms and keeps them. */
export function botLocalpart(prefix: string): string {
  return `${prefix}bot`;
}

/**
 * The registration as a YAML file for the operator of the homeserver.
 * @see https://spec.matrix.org/latest/application-service-api/#registration
 */
export function renderRegistration({ id, url, asToken, hsToken, prefix }: Registration): string {
  const namespace = (sigil: string) => [
    '    - exclusive: true',
    `      regex: ${JSON.stringify(`${sigil}${prefix.replace(/[.+]/g, String.raw`\$&`)}.*`)}`,
  ];
  return [
    `id: ${JSON.stringify(id)}`,
    `url: ${JSON.stringify(url)}`,
    `as_token: ${JSON.stringify(asToken)}`,
    `hs_token: ${JSON.stringify(hsToken)}`,
    `sender_localpart: ${JSON.stringify(botLocalpart(prefix))}`,
    'rate_limited: false',
    'receive_ephemeral: true',
    '# Lets it make a device for each account: a message sent again after a crash is then the same message.',
    'io.element.msc4190: true',
    'namespaces:',
    '  users:',
    ...namespace('@'),
    '  aliases:',
    ...namespace('#'),
    '  rooms: []',
    '',
  ].join('\n');
}
