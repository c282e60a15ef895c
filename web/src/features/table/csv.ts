import { saveFile } from '../../lib/file';

/** What a spreadsheet would run as a formula: it gets an apostrophe in front (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;

const cell = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** RFC 4180: lines end in CRLF, cells with commas, quotes or line ends are quoted, quotes are doubled. */
export const csv = (rows: string[][]): string => rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');

/** Hands the text to the browser as a file. The mark in front tells spreadsheets that it is UTF-8. */
export function download(name: string, text: string) {
  saveFile(name, new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }));
}
