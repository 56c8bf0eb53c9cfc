// What may go wrong, on purpose.
import { attempt, signInAgain } from "./attempt.mjs";
import { button, byId, facts, make, NOT_YET } from "./elements.mjs";
import { corruptEntries, loseKeys } from "./stored.mjs";

const LEFT_MS = 60_000;
const DAY_MS = 24 * 3600 * 1000;
const CLAIMS = { access_token: { acrs: { essential: true, value: "c1" } } };
const TOKEN = /\/oauth2\/v2\.0\/token$/;
const GRAPH = /^\/(v1\.0|beta)\//;

/** Gives `update()`, which shows what is out of order. */
export function breakPanel(session, { signIn, onToken, onChange }) {
  const silent = (more = {}) => session.app.acquireTokenSilent({ scopes: session.scopes, account: session.account, ...more });
  const anew = async (harm) => {
    const { account } = session;
    await harm();
    await session.start();
    return silent({ account });
  };

  const nearTheEnd = async () => {
    const { expiresOn } = await silent();
    session.shiftClock(expiresOn.getTime() - LEFT_MS - Date.now());
  };

  const breaks = [
    ["Let the token run out", "The client’s clock goes to a minute before the end.", async () => {
      await nearTheEnd();
      return silent();
    }],
    ["Put the clock a day ahead", "Every token looks expired, the new ones too, and the id_tokens.", () => {
      session.shiftClock(DAY_MS);
      return silent();
    }],
    ["Drop the network", "Requests fail until it is back, a minute before the token’s end.", async () => {
      await nearTheEnd();
      session.isOffline = true;
      return silent();
    }],
    ["Corrupt the cache", "Each stored entry is overwritten, and the client starts anew.", () => anew(corruptEntries)],
    ["Lose the key", "The database with the key is removed, and the client starts anew.", () => anew(loseKeys)],
    ["End the refresh token", "The provider says that its 24 hours are over.", () => {
      session.answerNext(TOKEN, () => refusal({ error: "invalid_grant", error_codes: [700084],
        error_description: "AADSTS700084: The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of 1.00:00:00, which can't be extended." }));
      return silent({ forceRefresh: true });
    }],
    ["Demand more at the provider", "A policy wants a second factor for the next token.", () => {
      session.answerNext(TOKEN, () => refusal({ error: "interaction_required", error_codes: [50076], suberror: "basic_action", claims: JSON.stringify(CLAIMS),
        error_description: "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication." }));
      return silent({ forceRefresh: true });
    }],
    ["Challenge a call to Graph", "Graph answers /me with a claims challenge, once.", () => {
      session.answerNext(GRAPH, () => new Response(null, { status: 401, headers: {
        "www-authenticate": `Bearer realm="", error="insufficient_claims", claims="${btoa(JSON.stringify(CLAIMS))}"` } }));
      return graph();
    }],
    ["Throttle Graph", "Graph answers 429 and wants a second’s pause, once.", () => {
      session.answerNext(GRAPH, () => new Response(null, { status: 429, headers: { "retry-after": "1" } }));
      return graph();
    }],
  ];

  async function graph() {
    const response = await session.app.fetch("/me");
    await response.text();
    return { status: response.status };
  }

  const result = byId("break-result");
  byId("breaks").replaceChildren(...breaks.map(([label, what, act], index) => {
    const id = `break-${index}`;
    const start = async (pressed) => {
      const before = session.sent;
      const started = performance.now();
      await attempt(result, {
        label, pressed, act, waysOn: signInAgain(signIn),
        show: (value) => outcome(label, value, { requests: session.sent - before, ms: Math.round(performance.now() - started) }, onToken),
        tell: (value) => `${label}: ${summary(value)}`,
      });
      session.clearFaults();
      onChange();
    };
    return make("li", {}, button(label, start, { ...NOT_YET, "aria-describedby": id }), make("p", { class: "note", id }, what));
  }));
  byId("mend").addEventListener("click", () => {
    session.isOffline = false;
    session.shiftClock(0);
    result.replaceChildren(make("p", { class: "note" }, "The network is there, and the clock is right."));
    byId("breaks").querySelector("button").focus();
    onChange();
  });

  return () => {
    const wrong = [
      ...(session.isOffline ? ["network dropped"] : []),
      ...(session.shiftMs ? [`clock ${Math.round(session.shiftMs / 60_000)} min ahead`] : []),
    ];
    byId("disorder").textContent = wrong.join(", ");
    byId("disorder").hidden = byId("mend").hidden = wrong.length === 0;
  };
}

function outcome(label, value, { requests, ms }, onToken) {
  if (value.accessToken) onToken(value);
  return [make("div", { class: "outcome" }, make("p", {}, make("strong", {}, `${label}: `), summary(value)), facts({ requests: String(requests), took: `${ms} ms` }))];
}

function summary({ status, fromCache }) {
  if (status) return `Graph answered ${status}.`;
  return fromCache ? "The cache answered, with the token that is there." : "A new token came.";
}

function refusal(body) {
  return Response.json({ timestamp: new Date().toISOString(), trace_id: crypto.randomUUID(), correlation_id: crypto.randomUUID(), ...body }, { status: 400 });
}
