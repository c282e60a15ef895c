// Whatever people say of themselves is planted here in every field that there is, with passwords, tokens and links, and
// looked for in every file that a server leaves: before they are erased, as everything is sealed, and afterwards. Then
// a copy of the database from before comes back, and they are erased in it before anybody is answered.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../browser/factors.mjs';
import { command, date, folder, mails, named, owner, psql, start, until, withMail } from './processes.mjs';

/** As it is, in hexadecimal digits, and as Base64 has it at each of its three places. */
const spellings = (marker) => {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(marker)]).toString('base64');
    return text.slice(shift ? 4 : 0, Math.floor((shift + marker.length) / 3) * 4);
  });
  return [marker, Buffer.from(marker).toString('hex'), ...base64].map((text) => Buffer.from(text));
};

function* filesIn(path) {
  if (!statSync(path).isDirectory()) return yield path;
  for (const name of readdirSync(path)) yield* filesIn(join(path, name));
}

/** Which of them are where, "name: file". */
function found(markers, places, said) {
  const wanted = Object.entries(markers).flatMap(([name, marker]) => spellings(marker).map((bytes) => [name, bytes]));
  const hits = [];
  let searched = 0;
  const look = (bytes, where) => {
    searched += bytes.length;
    for (const [name, marker] of wanted) if (bytes.includes(marker)) hits.push(`${name}: ${where}`);
  };
  for (const place of places) for (const file of filesIn(place)) look(readFileSync(file), file);
  look(Buffer.from(said), 'what the processes said');
  return { hits: [...new Set(hits)], searched };
}

const tokenOf = (text, page) => new RegExp(`/${page}[#/]([\\w-]+)`).exec(text)[1];

/** A school in which everybody says what is nobody else's business. */
class School {
  markers = {
    learnerName: 'Zzmarkerlearner Quux',
    learnerEmail: 'zzmarker-learner@quux.test',
    learnerPhone: '+44 7700 999101',
    instructorName: 'Zzmarkerteacher Quux',
    instructorEmail: 'zzmarker-teacher@quux.test',
    instructorPhone: '+44 7700 999102',
    importedName: 'Zzmarkerimported Quux',
    importedEmail: 'zzmarker-imported@quux.test',
    importedPhone: '+44 7700 999103',
    adminName: 'Zzmarkeradmin Quux',
    adminEmail: 'zzmarker-admin@quux.test',
    renamed: 'Zzmarkerrenamed Quux',
    place: 'Zzmarkerstreet 12',
    postcode: 'ZZ9 9ZZ',
    note: 'Zzmarkernote on the knee',
    changedNote: 'Zzmarkernote again',
    reason: 'Zzmarkerreason of the office',
    title: 'Zzmarkertitle dentist',
    request: 'Zzmarkerrequest for a second l',
    extension: 'Zzmarkerextension of it',
    answer: 'Zzmarkeranswer to it',
    hold: 'Zzmarkerhold after a crash',
    learnerPassword: 'Zzmarkerpassword of a learner',
    adminPassword: 'Zzmarkerpassword of an admin',
    wrongPassword: 'Zzmarkerpassword that is wrong',
    asked: 'Zzmarkerquery',
    movedEmail: 'zzmarker-moved@quux.test',
    strangerEmail: 'zzmarker-stranger@quux.test',
  };
  key = 0;

  async ask(who, method, path, body, more = {}) {
    const headers = {
      ...(who && { Authorization: `Bearer ${this[who]}` }),
      'Idempotency-Key': `k-${++this.key}`,
      ...more,
    };
    const text = typeof body === 'string';
    if (body) headers['Content-Type'] = text ? 'text/csv' : 'application/json';
    const answer = await fetch(this.base + path, { method, headers, body: text ? body : body && JSON.stringify(body) });
    const said = await answer.text();
    this.cookie = /refresh=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? this.cookie;
    return { status: answer.status, body: said.startsWith('{') ? JSON.parse(said) : said };
  }
  async done(...asked) {
    const { status, body } = await this.ask(...asked);
    assert.ok(status < 300, `${asked.slice(0, 3).join(' ')}: ${status} ${JSON.stringify(body)}`);
    return body;
  }
  /** Signs in with a link; the tokens are markers from then on. */
  async enter(who, token, password) {
    const session = await this.done('', 'POST', '/api/v1/auth/password', { token, password });
    this[who] = session.access_token;
    Object.assign(this.markers, {
      [`${who}Link`]: token,
      [`${who}Token`]: session.access_token,
      [`${who}Cookie`]: this.cookie,
    });
  }

  async fill(link) {
    const { markers } = this;
    await this.enter('admin', tokenOf(link, 'welcome'), markers.adminPassword);
    const person = (kind) => ({
      name: markers[`${kind}Name`],
      email: markers[`${kind}Email`],
      phone: markers[`${kind}Phone`],
    });
    this.teacher = await this.done('admin', 'POST', '/api/v1/instructors', person('instructor'));
    const learner = await this.done('admin', 'POST', '/api/v1/learners', person('learner'));
    this.learnerId = learner.id;
    await this.enter('learner', tokenOf(learner.welcome_url, 'welcome'), markers.learnerPassword);
    markers.teacherLink = tokenOf(this.teacher.welcome_url, 'welcome');
    const table = `name,email,phone\n${Object.values(person('imported')).join(',')}\n`;
    await this.done('admin', 'POST', '/api/v1/learners/imports', table);
    await this.done(
      'admin',
      'PATCH',
      `/api/v1/learners/${learner.id}`,
      { name: markers.renamed },
      { 'If-Match': '"1"' },
    );
    await this.lessons();
    await this.rights();
    await this.mistakes();
    await this.waysIn();
  }
  async lessons() {
    const { markers } = this;
    const items = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, start: '08:00', end: '18:00' }));
    const hours = `/api/v1/instructors/${this.teacher.id}/hours`;
    await this.done('admin', 'PUT', hours, { items }, { 'If-Match': '"1"' });
    const type = await this.done('admin', 'POST', '/api/v1/lesson-types', {
      name: 'Lesson',
      length_minutes: 60,
      price: { amount_minor: 4000, currency: 'GBP' },
      needs_vehicle: false,
    });
    const place = await this.done('learner', 'POST', '/api/v1/places', {
      text: markers.place,
      postcode: markers.postcode,
    });
    const asked = `lesson_type_id=${type.id}&from=${date(5)}&to=${date(15)}`;
    const { slots } = await this.done('learner', 'GET', `/api/v1/calendar/availability?${asked}`);
    const booked = [];
    for (const n of [0, 40, 80])
      booked.push(
        await this.done('learner', 'POST', '/api/v1/calendar/bookings', {
          lesson_type_id: type.id,
          start: slots[n].start,
          instructor_id: this.teacher.id,
          note: markers.note,
          pickup: place.id,
        }),
      );
    const one = (n) => `/api/v1/calendar/bookings/${booked[n].id}`;
    await this.done('learner', 'PATCH', one(0), { note: markers.changedNote }, { 'If-Match': '"1"' });
    await this.done('admin', 'POST', `${one(1)}/cancellation`, { reason: markers.reason }, { 'If-Match': '"1"' });
    await this.done('admin', 'POST', `/api/v1/instructors/${this.teacher.id}/time-off`, {
      start: `${date(40)}T09:00:00Z`,
      end: `${date(40)}T10:00:00Z`,
      title: markers.title,
    });
    this.booking = one(2);
    assert.equal((await this.done('learner', 'GET', this.booking)).note, markers.note, 'what is planted is there');
  }
  /** What is asked of the school, what it answers, and why it leaves somebody's data alone. */
  async rights() {
    const { markers } = this;
    const wish = { right: 'rectification', text: markers.request };
    const { id } = await this.done('learner', 'POST', '/api/v1/me/requests', wish);
    const answer = (verb, body, seen) =>
      this.done('admin', 'POST', `/api/v1/privacy/requests/${id}/${verb}`, body, { 'If-Match': `"${seen}"` });
    await answer('extension', { reason: markers.extension }, 1);
    await answer('outcome', { outcome: 'refused', answer: markers.answer }, 2);
    await this.done('admin', 'PUT', `/api/v1/people/${this.learnerId}/holds/restriction`, { reason: markers.hold });
    const [asked] = (await this.done('learner', 'GET', '/api/v1/me/requests')).items;
    assert.equal(asked.answer, markers.answer, 'what is planted is there');
  }
  /** Links, and what people get wrong. */
  async mistakes() {
    const { markers } = this;
    const { url } = await this.done('learner', 'PUT', '/api/v1/me/feed');
    markers.feed = tokenOf(url, 'feeds');
    await this.done('', 'GET', `/feeds/${markers.feed}.ics`);
    const before = mails().length;
    await this.done('', 'POST', '/api/v1/auth/password-reset', { email: markers.learnerEmail });
    const sent = () =>
      mails()
        .slice(before)
        .join()
        .match(/\/reset#[\w-]+/)?.[0];
    markers.reset = tokenOf(await until('the mail with the link', sent), 'reset');
    await this.done('learner', 'POST', '/api/v1/me/export');
    const copied = () =>
      mails()
        .slice(before)
        .join()
        .match(/\/export#[\w-]+/)?.[0];
    markers.copy = tokenOf(await until('the mail with the copy', copied), 'export');
    const login = { email: markers.learnerEmail, password: markers.wrongPassword };
    assert.equal((await this.ask('', 'POST', '/api/v1/auth/login', login)).status, 401);
    assert.equal((await this.ask('admin', 'GET', `/api/v1/learners?name=${markers.asked}`)).status, 422);
    assert.equal((await this.ask('admin', 'GET', `/api/v1/learners/${markers.asked}`)).status, 404);
    const broken = `{"name": "${markers.learnerName}", "email": ${markers.learnerEmail}`;
    assert.equal((await this.ask('admin', 'POST', '/api/v1/learners', broken)).status, 415);
    await this.done('admin', 'GET', '/api/v1/audit');
    await until('mail to the instructor', () => mails().some((mail) => mail.includes(markers.instructorEmail)));
  }

  /** Addresses that nobody has proven yet, an app with its codes, a key for a program. */
  async waysIn() {
    const { markers } = this;
    const before = mails().length;
    const link = (page) => {
      const sent = () => new RegExp(`/${page}#[\\w-]+`).exec(mails().slice(before).join())?.[0];
      return until(`the mail with the link to /${page}`, sent).then((text) => tokenOf(text, page));
    };
    const again = { current_password: markers.learnerPassword };
    await this.done('learner', 'POST', '/api/v1/me/email', { ...again, email: markers.movedEmail });
    markers.confirm = await link('confirm');
    await this.done('admin', 'PATCH', '/api/v1/school', { registration: true }, { 'If-Match': '"1"' });
    await this.done('', 'POST', '/api/v1/auth/register', { email: markers.strangerEmail });
    markers.join = await link('join');
    markers.appSecret = (await this.done('learner', 'POST', '/api/v1/me/totp', again)).secret;
    const code = { code: codeOf(markers.appSecret) };
    const { backup_codes: codes } = await this.done('learner', 'POST', '/api/v1/me/totp/confirmation', code);
    codes.forEach((each, at) => (markers[`backupCode${at}`] = each));
    const key = ['--school=quux', `--person=${markers.adminEmail}`, '--name=Quux', '--scopes=people:read'];
    const made = command(['token', ...key], this.settings);
    assert.equal(made.status, 0, made.said);
    markers.apiKey = made.said.trim();
    this.program = markers.apiKey;
    await this.done('program', 'GET', '/api/v1/learners');
  }

  async erase() {
    const { markers } = this;
    const erasure = { current_password: markers.learnerPassword, cancel_lessons: true };
    await this.done('learner', 'DELETE', '/api/v1/me', erasure);
    const { items } = await this.done('admin', 'GET', '/api/v1/learners');
    assert.deepEqual(
      items.map(({ name }) => name),
      [markers.importedName],
    );
    for (const { id } of [...items, this.teacher]) await this.done('admin', 'POST', `/api/v1/people/${id}/erasure`, {});
    await this.nobodyIsLeft();
  }
  async nobodyIsLeft() {
    for (const list of ['learners', 'instructors'])
      assert.deepEqual((await this.done('admin', 'GET', `/api/v1/${list}`)).items, [], list);
    const lesson = await this.done('admin', 'GET', this.booking);
    assert.equal(lesson.status, 'cancelled');
    assert.equal(lesson.note ?? '', '');
  }
}

/** `store`: the settings of a server, where its files are, and how the main database is copied and brought back. */
async function leavesNothing(store) {
  const school = new School();
  const { markers } = school;
  const settings = { ...store.settings, ...withMail(), LOG_LEVEL: 'debug' };
  const made = command(
    ['setup', '--name=Quux', '--slug=quux', `--admin-name=${markers.adminName}`, `--admin-email=${markers.adminEmail}`],
    settings,
  );
  assert.equal(made.status, 0, made.said);
  let server = await start(['serve'], settings);
  let said = '';
  const search = () => {
    store.flush();
    const { hits, searched } = found(markers, store.places, said + server.said);
    assert.deepEqual(hits, []);
    return searched;
  };
  school.base = server.base;
  school.settings = settings;
  await school.fill(made.said);
  const before = search();
  assert.ok(found({ event: 'person_added' }, store.places, '').hits.length > 0, 'the files are those');
  assert.ok(server.said.includes('/api/v1/me/feed'), 'and the log says everything');
  await server.stop();
  said += server.said;
  store.copy();
  server = await start(['serve'], settings);
  school.base = server.base;
  await school.erase();
  search();
  await server.stop();
  said += server.said;

  store.restore();
  assert.ok(store.number('select count(*) from people where sealed is not null') > 1, 'they are back');
  server = await start(['serve'], settings);
  school.base = server.base;
  assert.match(server.said, /"erased_again":3/);
  await school.nobodyIsLeft();
  assert.equal(store.number('select count(*) from people where sealed is not null or email_hash is not null'), 1);
  search();
  assert.equal(await server.stop(), 0);
  assert.match(command(['verify'], settings).said, / 0 faults/);
  console.log(`      ${Object.keys(markers).length} markers in ${(before / 1e6).toFixed(0)} MB`);
}

export const markers = {
  async 'no value of a person is in any file of SQLite, before and after it is erased'() {
    const { DatabaseSync } = await import('node:sqlite');
    const place = join(folder, 'markers');
    mkdirSync(place);
    const path = join(place, 'school.db');
    const copy = join(place, 'backup', 'school.db');
    mkdirSync(dirname(copy));
    await leavesNothing({
      settings: { DATABASE_URL: `sqlite://${path}`, DATABASE_DIRECT_URL: undefined, KEYS_URL: undefined },
      places: [place],
      flush: () => undefined,
      copy: () => cpSync(path, copy),
      restore() {
        for (const rest of ['-wal', '-shm']) rmSync(path + rest, { force: true });
        cpSync(copy, path);
      },
      number(sql) {
        const database = new DatabaseSync(path, { readOnly: true });
        const [row] = database.prepare(sql).all();
        database.close();
        return Object.values(row)[0];
      },
    });
  },

  async 'no value of a person is in any file of PostgreSQL, before and after it is erased'() {
    const serving = (name) => named(name).replace('owner@', 'roadbook@');
    for (const name of ['marked', 'marked_keys']) psql(owner, `create database ${name}`);
    const settings = {
      DATABASE_URL: serving('marked'),
      DATABASE_DIRECT_URL: named('marked'),
      KEYS_URL: serving('marked_keys'),
    };
    const migrated = command(['migrate'], { ...settings, KEYS_URL: named('marked_keys') });
    assert.equal(migrated.status, 0, migrated.said);
    await leavesNothing({
      settings,
      places: [process.env.TEST_POSTGRES_DATA, process.env.TEST_POSTGRES_LOG],
      flush: () => psql(owner, 'checkpoint'),
      copy: () => psql(owner, 'create database marked_copy template marked'),
      restore() {
        psql(owner, 'drop database marked');
        psql(owner, 'alter database marked_copy rename to marked');
      },
      number: (sql) => Number(psql(named('marked'), sql)),
    });
  },
};
