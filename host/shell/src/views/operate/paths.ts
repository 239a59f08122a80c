type Query = Readonly<Record<string, string | undefined>>;

/** Addresses of the operator's pages. */
export const paths = {
  overview: '/operate',
  functions: '/operate/functions',
  function: (capability: string) => `/operate/functions/${capability}`,
  addProvider: (capability: string) => `/operate/functions/${capability}/add`,
  planMove: (capability: string, query: Query = {}) => withQuery(`/operate/functions/${capability}/move`, query),
  provider: (instance: string) => `/operate/providers/${instance}`,
  providerPage: (instance: string, page: string) => `/operate/providers/${instance}/pages/${page}`,
  moves: '/operate/moves',
  move: (swap: string) => `/operate/moves/${swap}`,
  plugins: '/operate/plugins',
  plugin: (id: string) => `/operate/plugins/${id}`,
  people: '/operate/people',
  peopleWith: (query: Query) => withQuery('/operate/people', query),
  person: (id: string) => `/operate/people/${id}`,
  addPerson: '/operate/people/add',
  groups: '/operate/groups',
  group: (id: string) => `/operate/groups/${id}`,
  log: '/operate/log',
  logWith: (query: Query) => withQuery('/operate/log', query),
} as const;

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}
