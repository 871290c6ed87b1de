// A certified OpenID provider (https://github.com/panva/node-oidc-provider) on loopback, as a company would run one.
// Takes its settings as JSON on the command line: port, signing keys, and what its access tokens say.
import './node18.js';

const { default: Provider } = await import('oidc-provider');
const { port, keys, claims } = JSON.parse(process.argv[2]);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys },
  clientDefaults: { id_token_signed_response_alg: keys[0].alg },
  clients: [
    {
      client_id: 'machine',
      client_secret: 'machine-secret',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
    {
      client_id: 'web',
      client_secret: 'web-secret',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
    },
  ],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      // `urn:<audience>` asks for a JWT for that audience
      getResourceServerInfo: (_ctx, resource) => ({
        scope: 'api',
        audience: resource.slice('urn:'.length),
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        jwt: { sign: { alg: keys[0].alg } },
      }),
    },
  },
  extraTokenClaims: () => claims,
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

provider.use((ctx, next) => {
  console.log(ctx.method, ctx.path);
  return next();
});

const server = provider.listen(port, '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
