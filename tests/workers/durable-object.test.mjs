// A Durable Object that holds the tokens of all isolates.
import assert from "node:assert/strict";
import { test } from "node:test";
import { services } from "../support.mjs";
import { startWorker } from "./workerd.mjs";

const { idp } = await services();

test("one request for all isolates, and none after the object was evicted", { timeout: 60_000 }, async () => {
  const { clientId, clientSecret } = idp.clients.daemon;
  const worker = await startWorker({ auth: { clientId, clientSecret, authority: idp.authority("contoso") } }, { script: "durable-object.mjs", durableObjects: { TOKENS: "Tokens" } });
  try {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => worker.json("/token")));
    assert.equal(new Set(tokens.map(({ token }) => token)).size, 1);
    assert.ok(tokens[0].expiresOnTimestamp > Date.now());
    assert.equal(idp.tokenRequests().length, 1);
    await worker.ask("/evict");
    const { accessToken, fromCache } = await worker.json("/result");
    assert.deepEqual([accessToken, fromCache], [tokens[0].token, true]);
    assert.equal(idp.tokenRequests().length, 1);
  } finally {
    await worker.close();
  }
});
