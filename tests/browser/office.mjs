// What the office does meanwhile, over the API: so that a page meets a real conflict.
export async function office(base) {
  const json = { 'Content-Type': 'application/json' };
  const call = async (method, path, body, headers = {}) => {
    const answer = await fetch(base + path, {
      method,
      headers: { ...json, ...headers },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const session = await call('POST', '/api/v1/auth/login', {
    email: 'admin@demo.test',
    password: 'roadbook-demo',
  });
  const bearer = { Authorization: `Bearer ${session.body.access_token}` };
  const get = async (path) => (await call('GET', path, undefined, bearer)).body;
  const learners = (await get('/api/v1/learners?limit=200')).items.filter((learner) => learner.active);
  return {
    get,
    /** Books the same time of the same instructor for the first other learner who may have it. */
    async takeAway(wanted, own) {
      let last;
      for (const learner of learners.filter((each) => each.id !== own)) {
        last = await call(
          'POST',
          '/api/v1/calendar/bookings',
          {
            lesson_type_id: wanted.lesson_type_id,
            start: wanted.start,
            instructor_id: wanted.instructor_id,
            learner_id: learner.id,
          },
          {
            ...bearer,
            'Idempotency-Key': `take-${wanted.start}-${learner.id}`.slice(0, 64),
          },
        );
        if (last.status === 201) return last.body;
      }
      throw new Error(`nobody could take it: ${JSON.stringify(last)}`);
    },
    /** A booking of somebody else. */
    async ofAnother(own) {
      const { items } = await get('/api/v1/calendar/bookings?limit=200');
      return items.find((booking) => booking.learner_id !== own);
    },
  };
}
