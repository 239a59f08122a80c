/** What a person may do with a node, from less to more; each may what the one before may. */
export const ROLES = ['viewer', 'commenter', 'editor', 'owner'] as const;

/** What a person may do with a node. */
export type Role = (typeof ROLES)[number];

/** Whether a role is enough. No role is enough for nothing. */
export function mayAs(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
