// The test page: reads its settings, starts the client, and puts the panels together.
import { accountsPanel } from "./accounts-panel.mjs";
import { attempt } from "./attempt.mjs";
import { breakPanel } from "./break-panel.mjs";
import { builderPanel } from "./builder-panel.mjs";
import { cachePanel } from "./cache-panel.mjs";
import { byId, make } from "./elements.mjs";
import { graphPanel } from "./graph-panel.mjs";
import { Session } from "./session.mjs";
import { readSettings, settingsForm } from "./settings.mjs";
import { tokenPanel } from "./token-panel.mjs";
import { trafficPanel } from "./traffic-panel.mjs";
import { workerPanel } from "./worker-panel.mjs";

const demo = await (await fetch("/settings.json")).json();
const settings = readSettings(demo);
settingsForm(demo, settings);
workerPanel(demo);
await Promise.all([startSession(), builderPanel(demo, { onBuilt: showModule })]);

async function startSession() {
  const traffic = trafficPanel();
  let isStarted = false;
  const session = new Session(settings, {
    onExchange: traffic.exchange,
    onEvent: (message) => {
      traffic.event(message);
      if (isStarted) update();
    },
  });
  const result = byId("session-result");
  if (!settings.clientId) return void result.replaceChildren(make("p", { class: "note" }, "Give the settings a client ID to begin."));

  const panels = [];
  const update = () => panels.forEach((refresh) => refresh());
  const onToken = (tokens) => tokenView.show(tokens);
  const accounts = accountsPanel(session, { onToken, onChoice: () => tokenView.recall(), onChange: update });
  const tokenView = tokenPanel(session, { signIn: accounts.signIn, onChange: update });
  graphPanel(session, { signIn: accounts.signIn, onChange: update });
  panels.push(accounts.update, cachePanel(session, { onChange: update }), breakPanel(session, { signIn: accounts.signIn, onToken, onChange: update }));

  const back = await attempt(result, { label: "Starting", act: async () => {
    await session.start();
    isStarted = true;
    return session.app.handleRedirectPromise();
  }, show: (tokens) => (tokens ? [make("p", { class: "note" }, `Back from the sign-in page, as ${tokens.account.username}.`)] : []) });
  if (!isStarted) return;
  if (back) {
    session.app.setActiveAccount(back.account);
    onToken(back);
  } else if (session.account) {
    tokenView.recall();
  }
  for (const node of document.querySelectorAll("[data-needs-session]")) node.disabled = false;
  update();
}

function showModule(error) {
  const isLoaded = error?.errorCode !== "wasm_unavailable";
  byId("module-state").textContent = isLoaded ? "Module loaded" : "Module not loaded";
  byId("module-state").classList.toggle("good", isLoaded);
}
