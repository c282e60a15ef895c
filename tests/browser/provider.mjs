// A real provider of OpenID Connect (oidc-provider by panva) on a port of this machine, with a page of its own. It is
// called localhost and the school 127.0.0.1: to a browser two sites, as they are in life.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { freePort } from './server.mjs';

const require = createRequire(new URL('../../web/package.json', import.meta.url));

const form = (uid) => `<!doctype html><html lang="en"><title>Test ID</title><main><h1>Test ID</h1>
  <form method="post" action="/sign-in/${uid}">
    <label>Account <input name="account"></label>
    <button>Go on</button> <button name="no" value="1">Cancel</button>
  </form></main>`;

const bodyOf = async (request) => {
  let text = '';
  for await (const bytes of request) text += bytes;
  return new URLSearchParams(text);
};

/** Accounts are what is typed: an address, which the provider vouches for unless it begins with "unproved.". */
export async function startProvider(redirectUris) {
  const { Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const client = { client_id: 'roadbook', client_secret: 'a secret of the test, of some length' };
  const provider = new Provider(issuer, {
    clients: [{ ...client, redirect_uris: redirectUris }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    cookies: { keys: ['of the test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/sign-in/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: id, email_verified: !id.startsWith('unproved.') }),
    }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const server = createServer(async (request, response) => {
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    const uid = /^\/sign-in\/([\w-]+)$/.exec(request.url)?.[1];
    if (!uid) return answer(request, response);
    if (request.method === 'GET')
      return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(form(uid));
    const said = await bodyOf(request);
    const result = said.has('no') ? { error: 'access_denied' } : { login: { accountId: said.get('account') } };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  await new Promise((resolve) => server.listen(port, 'localhost', resolve));
  const stop = () =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    });
  return { issuer, client, stop };
}
