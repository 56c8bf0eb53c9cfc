// The services' clock set against the client's.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, beforeEach, test } from "node:test";
import { decodeJwt, importPKCS8, SignJWT } from "jose";
import { answerOf, selfSignedCertificate, signIn, startGraph, startIdentityProvider } from "./index.mjs";

const idp = await startIdentityProvider();
const graph = await startGraph({ idp });
after(() => Promise.all([idp.close(), graph.close()]));
beforeEach(() => idp.setClock());

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const { web, certificate } = idp.clients;
const redirect_uri = "http://localhost/auth";

const near = (seconds, ms) => assert.ok(Math.abs(seconds - ms / 1000) < 30, `${seconds} is not near ${ms / 1000}`);

async function ask(fields) {
  const response = await fetch(`${idp.authority("contoso")}/oauth2/v2.0/token`, { method: "POST", body: new URLSearchParams(fields) });
  return { date: Date.parse(response.headers.get("date")), body: await response.json() };
}

const askForWeb = (fields) => ask({ client_id: web.clientId, client_secret: web.clientSecret, ...fields });

async function codeOf() {
  const url = new URL(`${idp.authority("contoso")}/oauth2/v2.0/authorize`);
  url.search = new URLSearchParams({ client_id: web.clientId, response_type: "code", redirect_uri, scope: "openid offline_access User.Read" });
  return answerOf(await signIn(url)).code;
}

const redeem = (code) => askForWeb({ grant_type: "authorization_code", code, redirect_uri });

test("answers and tokens are dated by it, and Graph goes by it", async () => {
  for (const offset of [0, DAY_MS, -DAY_MS]) {
    idp.setClock(offset);
    const { date, body } = await redeem(await codeOf());
    const now = Date.now() + offset;
    near(date / 1000, now);
    const id = decodeJwt(body.id_token);
    const access = decodeJwt(body.access_token);
    near(id.exp, now + 60 * MINUTE_MS);
    near(id.iat, now);
    near(id.nbf, now - 5 * MINUTE_MS);
    near(access.exp, now + 60 * MINUTE_MS);
    near(access.iat, now - 5 * MINUTE_MS);
    near(access.nbf, now - 5 * MINUTE_MS);
    const me = await fetch(`${graph.origin}/v1.0/me`, { headers: { authorization: `Bearer ${body.access_token}` } });
    assert.equal(me.status, 200);
    near(Date.parse(me.headers.get("date")) / 1000, now);
    const refused = await redeem("unknown");
    near(refused.date / 1000, now);
    near(Date.parse(refused.body.timestamp) / 1000, now);
    idp.fault({ status: 503 });
    near((await redeem("unknown")).date / 1000, now);
  }
});

test("a client assertion may be five minutes off, no more", async () => {
  const made = selfSignedCertificate();
  idp.registerCertificate("certificate", made.certificate);
  const now = Math.floor(Date.now() / 1000);
  const key = await importPKCS8(made.privateKey, "PS256");
  const answer = async (offset) => {
    idp.setClock(offset);
    const client_assertion = await new SignJWT({ jti: randomUUID() }).setProtectedHeader({ alg: "PS256", "x5t#S256": made.x5tS256 })
      .setIssuer(certificate.clientId).setSubject(certificate.clientId).setAudience(`${idp.authority("contoso")}/oauth2/v2.0/token`)
      .setNotBefore(now).setExpirationTime(now + 600).sign(key);
    const { body } = await ask({ grant_type: "client_credentials", scope: "https://graph.microsoft.com/.default", client_id: certificate.clientId,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", client_assertion });
    return body.error_codes?.[0] ?? body.token_type;
  };
  assert.equal(await answer(0), "Bearer");
  assert.equal(await answer(14 * MINUTE_MS), "Bearer");
  assert.equal(await answer(16 * MINUTE_MS), 700024);
  assert.equal(await answer(-4 * MINUTE_MS), "Bearer");
  assert.equal(await answer(-6 * MINUTE_MS), 700024);
});

test("what was given out expires by it", async () => {
  const { body } = await redeem(await codeOf());
  const refresh = async () => (await askForWeb({ grant_type: "refresh_token", refresh_token: body.refresh_token })).body.error_codes?.[0];
  idp.setClock(89 * DAY_MS);
  assert.equal(await refresh(), undefined);
  idp.setClock(90 * DAY_MS + 30_000);
  assert.equal(await refresh(), 700082);
  idp.setClock();
  const code = await codeOf();
  // Past its ten minutes, though not yet forgotten.
  idp.setClock(10 * MINUTE_MS + 30_000);
  assert.deepEqual((await redeem(code)).body.error_codes, [70008]);
});
