// What `@azure/msal-browser` exports, a page's entry exports: names, tables, and the helpers of MSAL's wrappers.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as msal from "@azure/msal-browser";
import * as ours from "graph-token/browser";
import { declaredFields, exportedNames } from "../node/fields/declarations.mjs";
import { ABSENT, ABSENT_MEMBERS } from "./fields/absent.mjs";

const absent = ABSENT.flatMap(({ names }) => names);

test("every name that MSAL exports is ours as well, or named with its reason", () => {
  const [theirs, here] = ["@azure/msal-browser", "graph-token/browser"].map(exportedNames);
  assert.ok(theirs.length > 80, `only ${theirs.length} names found`);
  assert.deepEqual(theirs.filter((name) => !here.includes(name)), [...absent].sort());
});

test("what MSAL exports as a value is one here", () => {
  assert.deepEqual(Object.keys(msal).filter((name) => !(name in ours) && !absent.includes(name)), []);
});

test("what MSAL exports has the same members here: of namespaces and tables, static ones, and those of instances", () => {
  const isClass = (value) => typeof value === "function" && value.prototype !== undefined;
  /** Of a class, and of what it is derived from, down to what every object has. */
  const inherited = (value) => (value && value !== Object.prototype && value !== Function.prototype ? [...Object.getOwnPropertyNames(value), ...inherited(Object.getPrototypeOf(value))] : []);
  const membersOf = (value) => (isClass(value) ? [...Object.keys(value), ...inherited(value).filter((name) => typeof value[name] === "function"), ...inherited(value.prototype)]
    : typeof value === "object" ? Object.keys(value) : []);
  const has = (value, member) => member in value || (isClass(value) && member in value.prototype);
  const missing = Object.keys(msal).filter((name) => name in ours)
    .flatMap((name) => membersOf(msal[name]).filter((member) => !has(ours[name], member)).map((member) => `${name}.${member}`));
  assert.deepEqual([...new Set(missing)].sort(), ABSENT_MEMBERS.flatMap(({ of, names }) => names.map((name) => `${of}.${name}`)).sort());
});

describe("constants hold what MSAL's do", () => {
  const TABLES = [
    "ApiId", "AuthenticationScheme", "AuthErrorCodes", "BrowserAuthErrorCodes", "BrowserConfigurationAuthErrorCodes", "CacheLookupPolicy", "ClientAuthErrorCodes",
    "ClientConfigurationErrorCodes", "EventType", "InteractionRequiredAuthErrorCodes", "InteractionStatus", "InteractionType", "LogLevel", "PromptValue",
    "ProtocolMode", "ResponseMode", "WrapperSKU",
  ];
  for (const name of TABLES) test(name, () => assert.deepEqual({ ...ours[name] }, { ...msal[name] }));
  // Ours have `indexedDB` and MSAL Node's `AzurePpe` as well.
  for (const name of ["AzureCloudInstance", "BrowserCacheLocation"]) test(name, () => assert.deepEqual({ ...ours[name], ...msal[name] }, { ...ours[name] }));
});

test("an event leads to the status that MSAL says", () => {
  const statuses = [undefined, ...Object.values(msal.InteractionStatus)];
  const events = Object.values(msal.EventType).flatMap((eventType) => [null, ...Object.values(msal.InteractionType)].map((interactionType) => ({ eventType, interactionType })));
  const ledTo = (library) => events.flatMap((event) => statuses.map((status) => [event, status, library.EventMessageUtils.getInteractionStatusFromEvent(event, status)]));
  assert.deepEqual(ledTo(ours), ledTo(msal));
});

describe("the client of those who have none answers as MSAL's", () => {
  for (const name of Object.keys(msal.stubbedPublicClientApplication)) {
    test(name, async () => {
      const [mine, theirs] = await Promise.all([ours, msal].map((library) => answerOf(library.stubbedPublicClientApplication[name])));
      assert.deepEqual(mine, theirs);
    });
  }

  async function answerOf(method) {
    let how = "throws";
    try {
      const answer = method();
      how = answer instanceof Promise ? "rejects" : "returns";
      return { how, answer: await answer };
    } catch ({ name, errorCode }) {
      return { how, name, errorCode };
    }
  }
});

test("a client has all that our types declare", () => {
  const app = new ours.PublicClientApplication({ auth: { clientId: "c" } });
  for (const [object, type] of [[app, "PublicClientApplication"], [ours.stubbedPublicClientApplication, "IPublicClientApplication"]]) {
    const declared = declaredFields("graph-token/browser", [type], (at) => at.includes(".")).map((at) => at.split(".")[1]);
    assert.ok(declared.length > 25);
    assert.deepEqual(declared.filter((member) => !(member in object)), []);
  }
});
