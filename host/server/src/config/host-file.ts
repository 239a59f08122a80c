/** Where a running host says, in its data folder, how the command line reaches it. */
export const HOST_FILE = 'host.json';
