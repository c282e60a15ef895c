// A stand-in for Google's OAuth 2.0, OpenID Connect and Calendar v3, for tests and for the demo.
// Usage: node tools/google-sim/main.mjs [--port N] [--issuer URL] [--account ADDRESS]... [--keep FILE] [--until-eof]
//   --port       0, the default, is any free one; the address is printed
//   --issuer     who id tokens say that they are from, instead of that address
//   --account    somebody else who has an account
//   --keep       the file in which all of it lasts from one start to the next; otherwise it is in memory alone
//   --until-eof  ends when its standard input does: with whoever holds the other end, however that one ends
import { parseArgs } from 'node:util';
import { keepIn } from './kept.mjs';
import { serve } from './server.mjs';
import { addAccount, createWorld } from './world.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    issuer: { type: 'string', default: '' },
    account: { type: 'string', multiple: true, default: [] },
    keep: { type: 'string' },
    'until-eof': { type: 'boolean', default: false },
  },
});
const end = () => process.exit(0);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);
if (values['until-eof']) process.stdin.resume().once('close', end);

const world = createWorld();
if (values.keep) keepIn(world, values.keep);
world.settings.issuer = values.issuer;
for (const email of values.account) if (!world.accounts.has(email)) addAccount(world, { email });
console.log(await serve(world, Number(values.port)));
