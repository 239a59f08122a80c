/** Addresses of the operator's pages. */
export const paths = {
  overview: '/operate',
  functions: '/operate/functions',
  function: (capability: string) => `/operate/functions/${capability}`,
  addProvider: (capability: string) => `/operate/functions/${capability}/add`,
  provider: (instance: string) => `/operate/providers/${instance}`,
  move: (swap: string) => `/operate/move/${swap}`,
  plugins: '/operate/plugins',
  plugin: (id: string) => `/operate/plugins/${id}`,
  people: '/operate/people',
  peopleWith: (filter: string) => `/operate/people${filter === '' ? '' : `?filter=${encodeURIComponent(filter)}`}`,
  person: (id: string) => `/operate/people/${id}`,
  addPerson: '/operate/people/add',
  groups: '/operate/groups',
  group: (id: string) => `/operate/groups/${id}`,
  log: '/operate/log',
} as const;
