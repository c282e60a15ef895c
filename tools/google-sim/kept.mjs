// What the stand-in knows, in a file: a demo that is started again finds the calendars that it has written into.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';

/** Everything but what nobody misses after a new start: codes, page tokens, keys, timers, faults, requests. */
const KEPT = ['version', 'skew', 'settings', 'clients', 'accounts', 'calendars', 'grants', 'tokens', 'channels'];

/** Takes over what the file holds, if there is one; from now on `world.changed()` writes it anew, whole or not at all. */
export function keepIn(world, file) {
  if (existsSync(file)) Object.assign(world, deserialize(readFileSync(file)));
  world.changed = () => {
    const all = Object.fromEntries(KEPT.map((name) => [name, world[name]]));
    writeFileSync(`${file}.new`, serialize(all));
    renameSync(`${file}.new`, file);
  };
}
