// Starts the client before React, as its accounts are wanted at the first rendering.
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { EventType, PublicClientApplication } from "@azure/msal-browser";
import { App } from "./App.jsx";
import { msalConfig } from "./authConfig.js";

const msalInstance = new PublicClientApplication(msalConfig);
await msalInstance.initialize();

const [first] = msalInstance.getAllAccounts();
if (!msalInstance.getActiveAccount() && first) msalInstance.setActiveAccount(first);

msalInstance.addEventCallback((event) => {
  if (event.eventType === EventType.LOGIN_SUCCESS && event.payload) msalInstance.setActiveAccount(event.payload);
});

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App instance={msalInstance} />
  </StrictMode>,
);
