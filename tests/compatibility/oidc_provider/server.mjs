// oidc-provider over https, as its own examples have it; its development pages sign in whoever types a name.
// `node server.mjs config.json`; SIGHUP reads the file again: other clients, other keys. /revision says which it has.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { Provider } from 'oidc-provider';

const certificateOf = (ctx) => ctx.socket.getPeerX509Certificate();

function configuration({ jwks, clients }) {
  return {
    jwks,
    clients,
    // Its own refuses addresses that are not public, as ours are here.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    cookies: { keys: ['a key of the compatibility run'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    findAccount: (ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: `${sub}@acme.example`, email_verified: true, name: sub }),
    }),
    features: {
      backchannelLogout: { enabled: true },
      encryption: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        getCertificate: certificateOf,
        certificateAuthorized: (ctx) => ctx.socket.authorized,
        certificateSubjectMatches: (ctx, property, expected) => certificateOf(ctx).subject === expected,
      },
    },
  };
}

const file = process.argv[2];
let given;
let serve;

function read() {
  given = JSON.parse(readFileSync(file));
  const provider = new Provider(given.issuer, configuration(given));
  provider.on('server_error', (ctx, error) => console.error(error));
  provider.on('backchannel.error', (ctx, error) => console.error(error));
  serve = provider.callback();
}

read();
process.on('SIGHUP', read);
const tls = { key: given.key, cert: given.certificate, ca: given.authority, requestCert: true, rejectUnauthorized: false };
createServer(tls, (request, response) => {
  if (request.url === '/revision') response.end(String(given.revision));
  else serve(request, response);
}).listen(given.port, '127.0.0.1');
