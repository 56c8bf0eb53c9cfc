// The page that sign-ins come back to: hands the answer to the page that asked for it.
import { broadcastResponseToMainFrame } from "@azure/msal-browser/redirect-bridge";

broadcastResponseToMainFrame().catch((error) => console.error(error));
