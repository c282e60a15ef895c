// What the booking page loads before it can be used, compressed, against its limits. Run after the build.
import { readFileSync, statSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../dist/.vite/manifest.json', import.meta.url)));
const kilobytes = (files, ending) =>
  [...files].reduce(
    (sum, file) => sum + statSync(new URL(`../dist/${file}.${ending}`, import.meta.url)).size,
    0,
  ) / 1000;

function firstLoad(start) {
  const seen = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    manifest[key].imports?.forEach(visit);
  };
  start.forEach(visit);
  return [...seen].map((key) => manifest[key]);
}

const chunks = firstLoad(['index.html', 'src/features/booking/GoogleCalendarIntegration.tsx']);
const scripts = new Set(chunks.map((chunk) => chunk.file));
const styles = new Set(chunks.flatMap((chunk) => chunk.css ?? []));
const limits = [
  ['booking page, scripts, gzip', kilobytes(scripts, 'gz'), 135],
  ['booking page, scripts, brotli', kilobytes(scripts, 'br'), 120],
  ['styles, gzip', kilobytes(styles, 'gz'), 12],
];
for (const [name, size, limit] of limits)
  console.log(`${size <= limit ? 'ok  ' : 'OVER'} ${name}: ${size.toFixed(1)} kB of ${limit}`);

// The first script asks for what the page shows while the others travel: it must not wait for them.
const early = firstLoad(['src/app/early.ts']).map((chunk) => chunk.file);
const isAlone = !early.some((file) => scripts.has(file) && !/\/early-/.test(file));
console.log(`${isAlone ? 'ok  ' : 'WAITS'} the first script, with what it imports: ${early.join(', ')}`);
process.exit(isAlone && limits.every(([, size, limit]) => size <= limit) ? 0 : 1);
