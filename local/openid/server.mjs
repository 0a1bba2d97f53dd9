// The local OpenID provider: signs in whoever names themselves, as Google would the people it knows.
import { createServer } from 'node:http';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';

const { PORT, ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, KEYS_FILE } = process.env;
const DEMO_PEOPLE = {
  alice: { name: 'Alice', locale: 'ko' },
  bob: { name: 'Bob', locale: 'en' },
  carol: { name: 'Carol', locale: 'ko' },
  oscar: { name: 'Oscar', locale: 'en' },
};

// The library greets each start with reminders about production use.
console.warn = () => {};
console.info = () => {};
const { default: Provider } = await import('oidc-provider');

function signingKeys() {
  if (KEYS_FILE && existsSync(KEYS_FILE)) return JSON.parse(readFileSync(KEYS_FILE, 'utf8'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'local', use: 'sig', alg: 'RS256' };
  if (KEYS_FILE) writeFileSync(KEYS_FILE, JSON.stringify([key]), { mode: 0o600 });
  return [key];
}

function claimsOf(login) {
  const known = DEMO_PEOPLE[login] ?? {};
  return {
    sub: login,
    email: `${login}@example.com`,
    email_verified: !login.startsWith('unverified'),
    name: login.charAt(0).toUpperCase() + login.slice(1),
    locale: 'en',
    ...known,
  };
}

async function grantEverything(ctx) {
  const { client, session, provider, params } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

const provider = new Provider(ISSUER, {
  clients: [
    {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [REDIRECT_URI],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
  claims: {
    openid: ['sub'],
    email: ['email', 'email_verified'],
    profile: ['name', 'locale'],
  },
  conformIdTokenClaims: false,
  findAccount: (_, login) => ({ accountId: login, claims: () => claimsOf(login) }),
  loadExistingGrant: grantEverything,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  pkce: { required: () => true },
  cookies: { keys: [CLIENT_SECRET] },
  jwks: { keys: signingKeys() },
  ttl: { Session: 3600, Interaction: 600, Grant: 3600, IdToken: 600, AccessToken: 600 },
});

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;
place-items:center;font:1rem/1.6 system-ui,sans-serif}main{width:min(20rem,90vw)}h1{font-size:1.25rem}
button,input{font:inherit;width:100%;padding:.6rem .8rem;margin:.25rem 0;box-sizing:border-box}`;

function page(uid) {
  const people = Object.entries(DEMO_PEOPLE)
    .map(([login, { name }]) => `<button name="login" value="${login}">${name}</button>`)
    .join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Sign in</title><style>${STYLE}</style>
<main><h1>Sign in as</h1><form method="post" action="/sign-in/${uid}">${people}</form>
<form method="post" action="/sign-in/${uid}"><label>Somebody else
<input name="login" required pattern="[a-z0-9._\\-]{1,40}" autocomplete="off"></label>
<button>Sign in</button></form>
<form method="post" action="/sign-in/${uid}"><button name="cancel" value="1">Cancel</button></form>
</main></html>`;
}

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

async function signIn(request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page(uid));
    return;
  }
  const form = await body(request);
  const login = form.get('login') ?? '';
  const result =
    form.has('cancel') || !/^[a-z0-9._-]{1,40}$/.test(login)
      ? { error: 'access_denied', error_description: 'The person cancelled.' }
      : { login: { accountId: login, remember: false } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

// Without a session everybody is asked who they are, so one browser can be Alice now and Bob later.
function forgetSession(request) {
  const cookies = (request.headers.cookie ?? '').split('; ');
  request.headers.cookie = cookies.filter((cookie) => !cookie.startsWith('_session')).join('; ');
}

const handle = provider.callback();
const server = createServer((request, response) => {
  forgetSession(request);
  if (!request.url.startsWith('/sign-in/')) {
    handle(request, response);
    return;
  }
  signIn(request, response).catch(() => {
    response.statusCode = 400;
    response.end('This sign-in has expired. Begin again.');
  });
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`people sign in at ${ISSUER}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
