// examples/command-line with MSAL and with graph-token.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { signInToForm } from "../idp/index.mjs";
import { freePort } from "../free-port.mjs";
import { ENTRA, entra } from "./entra.mjs";
import { requestsOf, resultsOf } from "./normal.mjs";
import { SCRATCH, start } from "./programs.mjs";
import { twice } from "./twice.mjs";

const { idp, graph, fresh, routes } = await entra({ deviceIntervalSeconds: 1 });
const { contoso } = idp.tenants;
const CACHE_FILE = path.join(SCRATCH, "command-line.json");
const PORT = await freePort();

/** What the person does when the program has said something. */
async function obey(said, { decline }) {
  const [, address] = /^Open (\S+)$/m.exec(said) ?? [];
  const [, code] = /enter the code (\S+) to/.exec(said) ?? [];
  // A person is slower than a program, which has asked once by then.
  if (code) return idp.tokenRequests().length > 0 && ((await idp.approveDevice(code)), true);
  if (!address) return false;
  const { action, fields } = await signInToForm(address.replace(ENTRA, idp.origin), { decline });
  const response = await fetch(action, { method: "POST", body: new URLSearchParams(fields) });
  return [response.status, await response.text()];
}

/** Runs the program once for each list of commands, with the cache file of the run before. */
function running(...runs) {
  return async (library) => {
    fresh();
    await rm(CACHE_FILE, { force: true });
    const all = { shown: [], codes: [], pages: [], observed: [] };
    for (const { commands, ...person } of runs) {
      const env = { TENANT_ID: contoso.id, CLIENT_ID: idp.clients.device.clientId, CACHE_FILE, PORT: String(PORT) };
      const program = await start("command-line", library, { routes, env, args: commands });
      let done = false;
      let code;
      program.ended.then((value) => { code = value; });
      while (code === undefined) {
        if (!done) {
          done = await obey(program.printed.stdout, person);
          if (Array.isArray(done)) all.pages.push(done);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      all.shown.push(program.printed.stdout.replace(/^Open .*$/m, "Open it").replace(/code [A-Z-]{9}/, "code"), program.printed.stderr);
      all.codes.push(code);
      all.observed.push(...(await program.observed()));
    }
    const { observed, pages, ...rest } = all;
    return { ...rest, pages, shown: [...all.shown, pages], requests: requestsOf(idp), results: resultsOf(observed, idp), graphAnswers: graph.log.map(({ status }) => status) };
  };
}

twice("a person signs in in the browser, works, comes back another day, and signs out", running(
  { commands: ["accounts", "sign-in", "me", "people"] },
  { commands: ["accounts", "me", "people", "sign-out", "accounts"] },
), {
  holds({ codes, shown, pages, graphAnswers }) {
    assert.deepEqual(codes, [0, 0], shown.join("\n"));
    assert.equal(shown[0], "nobody\nOpen it\nHello ada@contoso.example\nada@contoso.example\n3 people\n");
    assert.equal(shown[2], "ada@contoso.example\nada@contoso.example\n3 people\nGoodbye\nnobody\n");
    assert.deepEqual(pages, [[200, "<h1>Done</h1><p>Go back to the command line."]]);
    assert.deepEqual(graphAnswers, [200, 200, 200, 200]);
  },
  differences: { requests: ["interactive-nonce"], results: ["ext-expires-on"] },
});

twice("a person signs in by a code, works, and comes back another day", running(
  { commands: ["sign-in-by-code", "me", "people"] },
  { commands: ["me", "people", "accounts"] },
), {
  holds({ codes, shown, graphAnswers }) {
    assert.deepEqual(codes, [0, 0], shown.join("\n"));
    assert.match(shown[0], /^To sign in, use a web browser to open the page .* and enter the code to authenticate\.\nHello ada@contoso\.example\n/);
    assert.deepEqual(graphAnswers, [200, 200, 200, 200]);
  },
  differences: { requests: ["device-grant-type"], results: ["ext-expires-on", "request-id"] },
});

twice("a person declines in the browser", running({ commands: ["sign-in"], decline: true }), {
  holds({ codes, shown, pages }) {
    assert.deepEqual(codes, [1]);
    assert.equal(shown[0], "Open it\nsign-in: access_denied\n");
    assert.deepEqual(pages, [[200, "<h1>That did not work</h1><p>The command line says why."]]);
  },
  differences: { requests: ["interactive-nonce"], results: [] },
});
