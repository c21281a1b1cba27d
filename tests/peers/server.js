// An OAuth 2.0 server for the tests beside it: every OAuth answer is the library's own.
'use strict';

const http = require('node:http');
const OAuth2Server = require('@node-oauth/oauth2-server');

const { Request, Response, OAuthError, UnauthorizedRequestError } = OAuth2Server;

const clientId = process.env.PEER_CLIENT_ID;
const clientSecret = process.env.PEER_CLIENT_SECRET;
if (!clientId || !clientSecret) {
  throw new Error('PEER_CLIENT_ID and PEER_CLIENT_SECRET must be set');
}

const grants = new Map([
  [clientId, ['client_credentials']],
  [`${clientId}-nogrant`, ['authorization_code']],
]);
const tokens = new Map();
const counters = { tokenRequests: 0, resourceRequests: 0 };
// The library's own default, in seconds.
let lifetime = 3600;

// What the library asks of its user. Without validateScope it grants every scope that is asked for.
const model = {
  async getClient(id, secret) {
    if (!grants.has(id) || secret !== clientSecret) return null;
    return { id, grants: grants.get(id), accessTokenLifetime: lifetime };
  },
  async getUserFromClient(client) {
    return { id: client.id };
  },
  async saveToken(token, client, user) {
    const saved = { ...token, client, user };
    tokens.set(token.accessToken, saved);
    return saved;
  },
  async getAccessToken(accessToken) {
    return tokens.get(accessToken);
  },
};

const oauth = new OAuth2Server({ model });

async function issue(request, response) {
  counters.tokenRequests += 1;
  await oauth.token(request, response);
}

// A path to its handler; the method is the library's to judge, except under /control.
const routes = {
  '/oauth/token': issue,
  // Where Datasaur, whose server is most likely of this family, has its own.
  '/api/oauth/token': issue,
  '/resource': async (request, response) => {
    counters.resourceRequests += 1;
    const token = await oauth.authenticate(request, response);
    response.body = { client: token.client.id };
  },
  '/control/revoke': control('POST', () => tokens.clear()),
  '/control/expire': control('POST', () => {
    for (const token of tokens.values()) token.accessTokenExpiresAt = new Date(0);
  }),
  '/control/lifetime': control('POST', ({ seconds }) => {
    // The library reads 0 as "not given".
    if (!/^[1-9]\d*$/.test(seconds)) return { status: 400 };
    lifetime = Number(seconds);
  }),
  '/control/counters': control('GET', () => ({ status: 200, body: counters })),
};

function control(method, action) {
  return async (request, response) => {
    if (request.method !== method) {
      response.status = 405;
      response.body = undefined;
      return;
    }
    const { status = 204, body } = action(request.query) ?? {};
    response.status = status;
    response.body = body;
  };
}

// The library parses no body; this is what a form parser in front of it would hand over.
async function read(incoming) {
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const isForm = (incoming.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return isForm ? Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())) : {};
}

// As the library's express wrapper does: no error code for a request without credentials (RFC 6750, section 3.1).
function refuse(response, error) {
  response.status = error instanceof OAuthError ? error.code : 500;
  response.body = error instanceof UnauthorizedRequestError
    ? undefined
    : { error: error.name, error_description: error.message };
}

async function answer(incoming, outgoing) {
  const url = new URL(incoming.url, 'http://127.0.0.1');
  const request = new Request({
    headers: incoming.headers,
    method: incoming.method,
    query: Object.fromEntries(url.searchParams),
    body: await read(incoming),
  });
  const response = new Response();
  const route = routes[url.pathname];
  if (route) {
    await route(request, response).catch((error) => refuse(response, error));
  } else {
    response.status = 404;
    response.body = undefined;
  }

  outgoing.statusCode = response.status;
  for (const [name, value] of Object.entries(response.headers)) outgoing.setHeader(name, value);
  if (response.body === undefined) {
    outgoing.end();
  } else {
    outgoing.setHeader('content-type', 'application/json;charset=UTF-8');
    outgoing.end(JSON.stringify(response.body));
  }
}

const server = http.createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch(() => outgoing.destroy());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});

// The test holds the other end of stdin: when the test dies, however it dies, so does the server.
const stop = () => process.exit(0);
process.stdin.on('end', stop).on('close', stop).resume();
process.on('SIGTERM', stop);
