// What the journeys of every role do with a page.
export async function signIn(page, email = 'learner@demo.test') {
  await page.goto('/');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('roadbook-demo');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
}

/** The answer of the server to what the page sends next. */
export function answerTo(page, method, path) {
  const answer = page.waitForResponse(
    (response) => response.request().method() === method && new URL(response.url()).pathname.startsWith(path),
  );
  // It fails the journey that waits for it, not all of them where one failed before it waited.
  answer.catch(() => undefined);
  return answer;
}

/** What the page asks for at this address waits until the returned function is called. */
export async function holdBack(page, address) {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  await page.route(address, async (route) => {
    await opened;
    // The page may have given it up meanwhile.
    await route.continue().catch(() => undefined);
  });
  return open;
}

export const BOOKINGS = '/api/v1/calendar/bookings';

/** Until the service worker has what a diary is read from. */
export const kept = (page) =>
  page.waitForFunction(async () => {
    const requests = await (await caches.open('diary')).keys();
    const paths = requests.map((request) => new URL(request.url).pathname);
    return ['me', 'lesson-types', 'calendar/bookings'].every((path) => paths.includes(`/api/v1/${path}`));
  });

/** Until the page has asked for nothing and been answered nothing for half a second; its live stream goes on. */
export async function quiet(page) {
  let last = Date.now();
  const note = (request) => {
    if (!request.url().endsWith('/live')) last = Date.now();
  };
  page.on('request', note).on('requestfinished', note);
  while (Date.now() - last < 500) await page.waitForTimeout(50);
  page.off('request', note).off('requestfinished', note);
}
