// The fields of MSAL's Configuration. `given` is the configuration's part; `sent` is of a client credentials request.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { decodeProtectedHeader, jwtVerify } from "jose";
import { selfSignedCertificate } from "../../idp/index.mjs";
import { ENTRA } from "../../support.mjs";
import { CC, CODE } from "./request-rows.mjs";

const FABRIKAM = "22222222-2222-4222-8222-222222222222";
const ALIAS = "login.windows.net";
const ELSEWHERE = "login.elsewhere.example";
const { certificate, privateKey, der, thumbprint, thumbprintSha256, x5t, x5tS256 } = selfSignedCertificate();

const certificateWith = (more) => ({ auth: { clientCertificate: { privateKey, ...more } } });
const headerOf = (sent) => decodeProtectedHeader(sent.body.client_assertion);
const types = ["Configuration"];
const honoured = (field, says, row) => ({ types, field, is: "honoured", says, ...row });

/** Collects what a client logs. */
function logging(options) {
  const lines = [];
  return { lines, configuration: { system: { loggerOptions: { loggerCallback: (level, message) => lines.push([level, message]), ...options } } } };
}

/** The hosts and paths that a client asks in vain. */
async function asked({ call }, library, patch) {
  const { requests, error } = await call(library, CC, {}, { configuration: { ...patch, system: { disableInternalRetries: true, ...patch.system } } });
  return { error, addresses: requests.map(({ host, path }) => `${host}${path}`) };
}

const plugIn = (member) => honoured(`cache.cachePlugin.${member}`, "Called around each use of the cache, with a `TokenCacheContext`.", {
  async probe({ call }, library) {
    const seen = [];
    const cachePlugin = { beforeCacheAccess: async () => {}, afterCacheAccess: async () => {}, [member]: async (context) => seen.push(typeof context.tokenCache.serialize) };
    await call(library, CC, {}, { configuration: { cache: { cachePlugin } } });
    assert.deepEqual([...new Set(seen)], ["function"]);
  },
});

export const CONFIGURATION_ROWS = [
  honoured("auth.clientId", "The application.", {
    given: { auth: { clientId: "aaaaaaaa-0000-4000-8000-000000000002" } }, sent: { body: { client_id: "aaaaaaaa-0000-4000-8000-000000000002" } },
  }),
  honoured("auth.authority", "The default of every request.", { given: { auth: { authority: `${ENTRA}/${FABRIKAM}` } }, sent: { tenant: FABRIKAM } }),
  honoured("auth.clientSecret", "A credential.", { given: { auth: { clientSecret: "another" } }, sent: { body: { client_secret: "another" } } }),
  honoured("auth.clientAssertion", "A credential; a function is asked at each request.", {
    given: { auth: { clientAssertion: async ({ clientId, tokenEndpoint }) => `${clientId}.${new URL(tokenEndpoint).host}` } },
    sent: { body: { client_assertion: "aaaaaaaa-0000-4000-8000-000000000001.login.microsoftonline.com" } },
  }),
  honoured("auth.clientCertificate.privateKey", "Signs the assertion; also as bytes, as WebCrypto's key, and encrypted.", {
    given: certificateWith({ thumbprintSha256 }),
    sent: async (sent) => {
      const { payload } = await jwtVerify(sent.body.client_assertion, new X509Certificate(certificate).publicKey, { clockTolerance: 5 });
      assert.equal(payload.iss, "aaaaaaaa-0000-4000-8000-000000000001");
    },
  }),
  honoured("auth.clientCertificate.thumbprintSha256", "In the assertion's header, with PS256. Not needed where the certificate is given.", {
    given: certificateWith({ thumbprintSha256 }),
    sent: (sent) => assert.deepEqual([headerOf(sent).alg, headerOf(sent)["x5t#S256"]], ["PS256", x5tS256]),
  }),
  honoured("auth.clientCertificate.thumbprint", "Alone: in the assertion's header, with RS256, as AD FS wants it.", {
    given: certificateWith({ thumbprint }),
    sent: (sent) => assert.deepEqual([headerOf(sent).alg, headerOf(sent).x5t], ["RS256", x5t]),
  }),
  honoured("auth.clientCertificate.x5c", "In the assertion's header, with its chain.", {
    given: certificateWith({ thumbprintSha256, x5c: certificate }),
    sent: (sent) => assert.deepEqual(headerOf(sent).x5c, [der.toString("base64")]),
  }),
  honoured("auth.knownAuthorities", "A host that is not Microsoft's is asked only when it is named here.", {
    async probe(world, library) {
      const authority = `https://${ELSEWHERE}/${FABRIKAM}`;
      const stranger = await asked(world, library, { auth: { authority } });
      assert.ok(!stranger.addresses.some((address) => address.startsWith(ELSEWHERE)), "a host that nobody named");
      assert.ok(stranger.error);
      const known = await asked(world, library, { auth: { authority, knownAuthorities: [ELSEWHERE] } });
      assert.ok(known.addresses.some((address) => address.startsWith(ELSEWHERE)));
    },
  }),
  honoured("auth.cloudDiscoveryMetadata", "The hosts that it names are trusted, as those of `auth.knownAuthorities`; requests go to the authority's own.", {
    async probe(world, library) {
      const cloudDiscoveryMetadata = JSON.stringify({ metadata: [{ preferred_network: ELSEWHERE, preferred_cache: ELSEWHERE, aliases: [ELSEWHERE] }] });
      const known = await asked(world, library, { auth: { authority: `https://${ELSEWHERE}/${FABRIKAM}`, cloudDiscoveryMetadata } });
      assert.ok(known.addresses.some((address) => address.startsWith(ELSEWHERE)));
    },
  }),
  honoured("auth.authorityMetadata", "A discovery document as JSON; its endpoints are used.", {
    given: {
      auth: {
        authorityMetadata: JSON.stringify({
          issuer: `${ENTRA}/{tenantid}/v2.0`, authorization_endpoint: `https://${ALIAS}/common/oauth2/v2.0/authorize`,
          token_endpoint: `https://${ALIAS}/common/oauth2/v2.0/token`, jwks_uri: `https://${ALIAS}/common/discovery/v2.0/keys`,
        }),
      },
    },
    sent: { host: ALIAS },
  }),
  honoured("auth.clientCapabilities", "Sent in `claims`.", {
    given: { auth: { clientCapabilities: ["cp1"] } },
    sent: (sent) => assert.deepEqual(JSON.parse(sent.body.claims).access_token.xms_cc, { values: ["cp1"] }),
  }),
  honoured("auth.azureCloudOptions.azureCloudInstance", "The cloud's authority; beats `authority`.", {
    given: { auth: { azureCloudOptions: { azureCloudInstance: "https://login.microsoftonline.us", tenant: FABRIKAM } } },
    sent: { host: "login.microsoftonline.us" },
  }),
  honoured("auth.azureCloudOptions.tenant", "The tenant in that cloud; `common` where it is left out.", {
    given: { auth: { azureCloudOptions: { azureCloudInstance: ENTRA, tenant: FABRIKAM } } }, sent: { tenant: FABRIKAM },
  }),
  { types, field: "auth.isMcp", is: "refused", says: "Name the resource in the requests' `scopes`.", given: { auth: { isMcp: true } } },
  { types, field: "broker.nativeBrokerPlugin", is: "refused", says: "There is no broker where fetch runs.", given: { broker: { nativeBrokerPlugin: {} } } },

  plugIn("beforeCacheAccess"),
  plugIn("afterCacheAccess"),

  honoured("system.loggerOptions.loggerCallback", "Told what happens.", {
    async probe({ call }, library) {
      const { lines, configuration } = logging({ logLevel: 3 });
      await call(library, CC, {}, { configuration });
      assert.ok(lines.length > 0);
    },
  }),
  honoured("system.loggerOptions.logLevel", "The most that is told.", {
    async probe({ call }, library) {
      const { lines, configuration } = logging({ logLevel: 0 });
      await call(library, CC, {}, { configuration });
      assert.deepEqual(lines, []);
    },
  }),
  honoured("system.loggerOptions.piiLoggingEnabled", "Messages with personal data are told too; secrets and tokens never.", {
    async probe({ clientOf }, library) {
      for (const piiLoggingEnabled of [true, false]) {
        const { lines, configuration } = logging({ piiLoggingEnabled });
        clientOf(library, CC, configuration).app.getLogger().infoPii("about ada", "");
        assert.equal(lines.some(([, message]) => message.includes("about ada")), piiLoggingEnabled);
      }
    },
  }),
  honoured("system.loggerOptions.correlationId", "Stands in messages that no request has caused.", {
    beyond: true,
    async probe({ clientOf }, library) {
      const { lines, configuration } = logging({ correlationId: "c-1" });
      clientOf(library, CC, configuration).app.getLogger().info("a message");
      assert.match(lines[0][1], /c-1/);
    },
  }),
  honoured("system.networkClient.sendPostRequestAsync", "Sends the token requests.", {
    async probe({ call }, library) {
      const seen = [];
      const sendPostRequestAsync = async (url) => {
        seen.push(new URL(url).pathname);
        return { status: 200, headers: { "content-type": "application/json" }, body: { token_type: "Bearer", access_token: "of-the-module", expires_in: 3599 } };
      };
      const { result } = await call(library, CC, {}, { configuration: { system: { networkClient: { sendPostRequestAsync } } } });
      assert.equal(result.accessToken, "of-the-module");
      assert.equal(seen.length, 1);
    },
  }),
  honoured("system.networkClient.sendGetRequestAsync", "Fetches discovery documents and signing keys.", {
    beyond: true,
    async probe({ call }, library) {
      const { requests } = await call(library, CODE);
      assert.ok(requests.some(({ method, path }) => method === "GET" && path.endsWith("/discovery/v2.0/keys")));
    },
  }),
  honoured("system.disableInternalRetries", "A request that failed is not sent again. MSAL gives the field to its own network client alone.", {
    beyond: true,
    async probe({ idp, call }, library) {
      for (const disableInternalRetries of [false, true]) {
        idp.fault({ status: 503, headers: { "retry-after": "0" } });
        const { error, requests } = await call(library, CC, {}, { configuration: { system: { disableInternalRetries } } });
        assert.deepEqual([Boolean(error), requests.length], disableInternalRetries ? [true, 1] : [false, 2]);
      }
    },
  }),
  honoured("system.protocolMode", "`OIDC` takes the endpoints from the provider's discovery document; `EAR` is `AAD` here.", {
    async probe(world, library) {
      const auth = { authority: `https://${ELSEWHERE}/${FABRIKAM}`, knownAuthorities: [ELSEWHERE] };
      const { addresses } = await asked(world, library, { auth, system: { protocolMode: "OIDC" } });
      assert.equal(addresses[0], `${ELSEWHERE}/${FABRIKAM}/.well-known/openid-configuration`);
    },
  }),
  { types, field: "telemetry.application.appName", is: "harmless", says: "For Microsoft's statistics.", given: { telemetry: { application: { appName: "a", appVersion: "1" } } } },
  { types, field: "telemetry.application.appVersion", is: "harmless", says: "For Microsoft's statistics.", given: { telemetry: { application: { appName: "a", appVersion: "1" } } } },
];
