/** By what an instructor is chosen besides the name; what is not there asks for nothing. */
export type Wanted = { language?: string; area?: string };
/** Both are missing in an answer that was kept from before there were any. */
export type Teaching = { languages?: string[]; areas?: string[] };

/** As the server matches what it told: the words are its own, so that their case is the same. */
export const teachesSo = (who: Teaching, { language, area }: Wanted) =>
  (!language || who.languages?.includes(language)) && (!area || who.areas?.includes(area));

export const hasTeaching = ({ languages, areas }: Teaching) => languages?.length || areas?.length;
