/** The longest text of a message, in UTF-16 code units; chosen so that every known product can hold it. */
export const MESSAGE_TEXT_LIMIT = 12_000;
