/** The topic of events that concern the running of the host. */
export const OPERATORS_TOPIC = '00000000-0000-8000-8000-000000000001';

/** The topic of events about people: who there are is no business of guests, who see those of their rooms alone. */
export const MEMBERS_TOPIC = '00000000-0000-8000-8000-000000000003';
