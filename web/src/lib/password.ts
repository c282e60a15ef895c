/** Characters, as docs/openapi.yaml says. */
export const SHORTEST = 8;
export const LONGEST = 128;
