/** The version of the host, as its package says. */
export const VERSION = '0.1.0';
