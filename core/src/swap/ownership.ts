import type { CapabilityDefinition } from '../capability.ts';
import type { PortableRecord } from '../portability.ts';

/** Who holds one kind of record while a provider serves: the provider, or the host in its place. */
export type Owner = 'provider' | 'aside' | 'host';

/** Who holds a kind of record, by what the provider can. */
export function ownerOf(
  capability: CapabilityDefinition,
  type: string,
  features: Readonly<Record<string, unknown>>,
): Owner {
  const record = capability.records[type];
  if (record?.host) return 'host';
  return record?.feature === undefined || record.feature in features ? 'provider' : 'aside';
}

/** The kinds of record of a capability that an owner holds. */
export function typesOwnedBy(
  capability: CapabilityDefinition,
  owner: Owner,
  features: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.keys(capability.records).filter((type) => ownerOf(capability, type, features) === owner);
}

/** Records sorted by who is to hold them. */
export function byOwner(
  capability: CapabilityDefinition,
  features: Readonly<Record<string, unknown>>,
  records: readonly PortableRecord[],
): { readonly provider: readonly PortableRecord[]; readonly aside: readonly PortableRecord[] } {
  const provider: PortableRecord[] = [];
  const aside: PortableRecord[] = [];
  for (const record of records) {
    const owner = ownerOf(capability, record.type, features);
    if (owner === 'provider') provider.push(record);
    else if (owner === 'aside') aside.push(record);
  }
  return { provider, aside };
}
