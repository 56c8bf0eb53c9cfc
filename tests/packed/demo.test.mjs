// The demo, as `cargo xtask demo --once` runs it.
import assert from "node:assert/strict";
import test, { before } from "node:test";
import { createDirectory } from "../idp/directory.mjs";
import { node } from "./packed.mjs";

let demo;
before(async () => {
  demo = await node(["examples/demo/demo.mjs", "--once"]);
});

test("it ends by itself, content", () => {
  assert.equal(demo.code, 0, demo.stdout + demo.stderr);
  assert.equal(demo.stderr, "");
  assert.match(demo.stdout, /^All of this held\.$/m);
});

test("every step holds", () => {
  const steps = demo.stdout.split(/^(?=\d+\. )/m).slice(1);
  assert.deepEqual(steps.map((step) => Number.parseInt(step, 10)), [1, 2, 3, 4, 5, 6]);
  for (const step of steps) assert.match(step, /✓/);
  assert.doesNotMatch(demo.stdout, /✗/);
  const forms = [...demo.stdout.matchAll(/the tenant as (.+)$/gm)].map(([, form]) => form);
  assert.deepEqual(forms, ["a GUID", "an initial domain", "a custom domain"]);
  assert.match(demo.stdout, /ada@contoso\.example/);
});

test("it shows the ends of tokens, and no secret", () => {
  const printed = demo.stdout + demo.stderr;
  assert.equal([...printed.matchAll(/access_token +eyJ\S{9}…\S{6} \(\d+ characters\)/g)].length, 3);
  assert.doesNotMatch(printed, /eyJ[\w-]{20,}/);
  // Of each client, in case one comes to be used that is not used now.
  const secrets = Object.values(createDirectory().clients).flatMap(({ clientSecret }) => clientSecret ?? []);
  for (const secret of [...secrets, "wrong-secret-value"]) {
    for (const form of [secret, encodeURIComponent(secret)]) assert.ok(!printed.includes(form), `it prints ${form}`);
  }
});
