import { BlockList, isIP } from 'node:net';

/** Networks that are no part of the internet, or lead into ours. @see https://www.iana.org/assignments/iana-ipv4-special-registry */
const PRIVATE = listOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Among them the ways to write an IPv4 address within an IPv6 one: compatible, NAT64, Teredo, 6to4.
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/32',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]);
/** Where clouds keep the secrets of the machine, and the like: never by name, whoever asks. */
const LINK_LOCAL = listOf(['169.254.0.0/16', 'fe80::/10', '0.0.0.0/8']);

/** A list also matches IPv4 addresses in their mapped form (`::ffff:10.0.0.1`) by the IPv4 networks in it. */
function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    list.addSubnet(network, Number(bits), network.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Whether an address is not of the public internet. */
export function isPrivate(address: string): boolean {
  return within(PRIVATE, address);
}

/** Whether an address is of this link only. */
export function isLinkLocal(address: string): boolean {
  return within(LINK_LOCAL, address);
}

function within(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family === 0 || list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
