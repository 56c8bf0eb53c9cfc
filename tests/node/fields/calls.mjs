// The calls of MSAL Node's clients, each in the least form that works, with what of it reached the identity provider.
import { guid } from "../../idp/directory.mjs";
import { signInToForm } from "../../idp/index.mjs";
import { REDIRECT_URI, startEntra } from "../../interchange/entra.mjs";
import { ENTRA, failureOf } from "../../support.mjs";

export const USER_SCOPES = ["https://graph.microsoft.com/User.Read"];
export const APP_SCOPES = ["https://graph.microsoft.com/.default"];
/** One for all calls, so that two can be compared. */
const CORRELATION_ID = guid("the same for every call");

const METHODS = {
  ClientCredentialRequest: "acquireTokenByClientCredential",
  OnBehalfOfRequest: "acquireTokenOnBehalfOf",
  AuthorizationUrlRequest: "getAuthCodeUrl",
  AuthorizationCodeRequest: "acquireTokenByCode",
  RefreshTokenRequest: "acquireTokenByRefreshToken",
  SilentFlowRequest: "acquireTokenSilent",
  DeviceCodeRequest: "acquireTokenByDeviceCode",
  InteractiveRequest: "acquireTokenInteractive",
};
export const REQUEST_TYPES = Object.keys(METHODS);
const APPS = { ClientCredentialRequest: "daemon", OnBehalfOfRequest: "api", DeviceCodeRequest: "device", InteractiveRequest: "device" };

/** Whether a request is a public client's, which has no secret. */
const isPublic = (type) => APPS[type] === "device";
const classOf = (library, type) => library[isPublic(type) ? "PublicClientApplication" : "ConfidentialClientApplication"];

/** Starts the services for one test file. */
export async function startCalls() {
  const entra = await startEntra();
  const { idp } = entra;

  /** The code of a person who just signed in, by an address that the provider makes itself. */
  async function freshCode({ scopes = USER_SCOPES, ...more } = {}) {
    const url = new URL(`${entra.authority()}/oauth2/v2.0/authorize`);
    url.search = String(new URLSearchParams({
      client_id: idp.clients.web.clientId, response_type: "code", redirect_uri: REDIRECT_URI,
      scope: [...scopes, "openid profile offline_access"].join(" "), ...more,
    }));
    return (await entra.answerTo(url.href, "ada@contoso.example")).code;
  }

  async function tokensOfPerson(scopes) {
    const { clientId, clientSecret } = idp.clients.web;
    const fields = { client_id: clientId, client_secret: clientSecret, grant_type: "authorization_code", redirect_uri: REDIRECT_URI, code: await freshCode({ scopes }) };
    const response = await fetch(`${idp.authority("contoso")}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(fields) });
    return response.json();
  }

  /** What each call cannot do without; a person's part is made only where the test needs it to succeed. */
  const needed = {
    ClientCredentialRequest: () => ({ scopes: APP_SCOPES }),
    OnBehalfOfRequest: async () => ({
      scopes: USER_SCOPES, oboAssertion: (await tokensOfPerson([`api://${idp.clients.api.clientId}/access_as_user`])).access_token,
    }),
    AuthorizationUrlRequest: () => ({ scopes: USER_SCOPES, redirectUri: REDIRECT_URI }),
    AuthorizationCodeRequest: async () => ({ scopes: USER_SCOPES, redirectUri: REDIRECT_URI, code: await freshCode() }),
    RefreshTokenRequest: async () => ({ scopes: USER_SCOPES, refreshToken: (await tokensOfPerson()).refresh_token }),
    SilentFlowRequest: async (app) => {
      const { account } = await app.acquireTokenByCode({ scopes: USER_SCOPES, redirectUri: REDIRECT_URI, code: await freshCode() });
      return { scopes: USER_SCOPES, account };
    },
    DeviceCodeRequest: () => ({ scopes: USER_SCOPES, deviceCodeCallback: ({ userCode }) => idp.approveDevice(userCode) }),
    InteractiveRequest: (_app, requests) => ({ scopes: USER_SCOPES, openBrowser: async (address) => {
      requests.push({ ...requestOf(address), isAddress: true });
      await browse(address);
    } }),
  };

  /** What the system's browser does with an address; gives the page that the person sees last. */
  async function browse(address, options) {
    if (!address.startsWith(ENTRA)) throw new Error("nobody answers there");
    const { action, fields } = await signInToForm(address.replace(ENTRA, idp.origin), options);
    return (await fetch(action, { method: "POST", body: new URLSearchParams(fields) })).text();
  }

  /** A client with `patch` over what is needed, and a list that fills with what it sends. */
  function clientOf(library, type, patch = {}) {
    const { clientId, clientSecret } = idp.clients[APPS[type] ?? "web"];
    const requests = [];
    const record = (send) => async (url, options) => {
      requests.push(requestOf(url, options));
      const target = new URL(url);
      // Whatever host a field makes of it, it is this provider that answers.
      if (!/^\/[\w.-]+\/(oauth2|discovery|v2\.0)\//.test(target.pathname)) throw new Error(`nobody answers at ${target.host}${target.pathname}`);
      return send(ENTRA + target.pathname + target.search, options);
    };
    const hasCredential = patch.auth && ["clientSecret", "clientAssertion", "clientCertificate"].some((name) => name in patch.auth);
    const app = new (classOf(library, type))({
      ...patch,
      auth: { clientId, authority: entra.authority(), ...(hasCredential || isPublic(type) ? {} : { clientSecret }), ...patch.auth },
      system: {
        ...patch.system,
        networkClient: {
          sendGetRequestAsync: record(entra.networkClient.sendGetRequestAsync),
          sendPostRequestAsync: record(entra.networkClient.sendPostRequestAsync),
          ...patch.system?.networkClient,
        },
      },
    });
    return { app, requests };
  }

  /** Calls once: `{ result, error, sent, requests }`; `sent` is the token request, or the address that was made. */
  async function call(library, type, fields = {}, { configuration, extra = [] } = {}) {
    const { app, requests } = clientOf(library, type, configuration);
    const minimal = await needed[type](app, requests);
    requests.length = 0;
    const always = { correlationId: CORRELATION_ID, ...(type === "SilentFlowRequest" ? { forceRefresh: true } : {}) };
    const outcome = await outcomeOf(() => app[METHODS[type]]({ ...minimal, ...always, ...fields }, ...extra));
    const sent = type === "AuthorizationUrlRequest" ? outcome.result && requestOf(outcome.result)
      : requests.find(({ method, isAddress, body }) => (type === "InteractiveRequest" ? isAddress : method === "POST" && body.grant_type));
    return { ...outcome, app, sent, requests };
  }

  /** Calls one client again and again with the same needed fields: whether each answer came from the cache. */
  async function fromCache(library, type, ...calls) {
    const { app, requests } = clientOf(library, type);
    const minimal = await needed[type](app, requests);
    const found = [];
    for (const fields of calls) {
      requests.length = 0;
      const { fromCache: cached } = await app[METHODS[type]]({ ...minimal, ...fields });
      found.push(cached && requests.length === 0);
    }
    return found;
  }

  return { ...entra, browse, call, clientOf, fromCache, freshCode };
}

async function outcomeOf(attempt) {
  try {
    return { result: await attempt() };
  } catch (error) {
    return { error };
  }
}

/** A request in its parts, names of headers in lower case. */
function requestOf(address, { headers = {}, body } = {}) {
  const { host, pathname, searchParams } = new URL(address);
  return {
    method: body === undefined ? "GET" : "POST", host, tenant: pathname.split("/")[1], path: pathname,
    query: Object.fromEntries(searchParams),
    body: Object.fromEntries(new URLSearchParams(body)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

/** The least of each call with made-up values: enough for what is refused before anything is sent. */
const MADE_UP = {
  ClientCredentialRequest: { scopes: APP_SCOPES },
  OnBehalfOfRequest: { scopes: USER_SCOPES, oboAssertion: "a.b.c" },
  AuthorizationUrlRequest: { scopes: USER_SCOPES, redirectUri: REDIRECT_URI },
  AuthorizationCodeRequest: { scopes: USER_SCOPES, redirectUri: REDIRECT_URI, code: "c" },
  RefreshTokenRequest: { scopes: USER_SCOPES, refreshToken: "r" },
  SilentFlowRequest: {
    scopes: USER_SCOPES,
    account: { homeAccountId: "u.t", environment: "login.microsoftonline.com", tenantId: "t", username: "u", localAccountId: "u" },
  },
  DeviceCodeRequest: { scopes: USER_SCOPES, deviceCodeCallback: () => {} },
  InteractiveRequest: { scopes: USER_SCOPES, openBrowser: () => Promise.reject(new Error("there is no browser")) },
};

/** The error of a client that has nobody to talk to; `sent` counts what it wanted to send. */
export async function refusalOf(library, type, fields, patch = {}) {
  let sent = 0;
  const nobody = async () => {
    sent += 1;
    throw new Error("this call must not send anything");
  };
  const error = await failureOf(async () => {
    const app = new (classOf(library, type))({
      ...patch,
      auth: { clientId: guid("app"), ...(isPublic(type) ? {} : { clientSecret: "s" }), authority: `${ENTRA}/contoso.example`, ...patch.auth },
      system: { networkClient: { sendGetRequestAsync: nobody, sendPostRequestAsync: nobody }, ...patch.system },
    });
    return app[METHODS[type]]({ ...MADE_UP[type], ...fields });
  });
  return { error, sent };
}
