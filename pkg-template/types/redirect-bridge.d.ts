import type { INavigationClient } from "./browser-navigation.js";

/**
 * Hands the answer of a sign-in to the page that waits for it; to be called in the page at the redirect URI, as early as
 * possible. A popup closes itself. After a redirect the page that the sign-in began at is shown again, by
 * `navigationClient` where one is given.
 *
 * @throws BrowserAuthError where the address holds no answer, or one that is not this library's
 *
 * @example
 * import { broadcastResponseToMainFrame } from "graph-token/redirect-bridge";
 *
 * broadcastResponseToMainFrame();
 */
export declare function broadcastResponseToMainFrame(navigationClient?: INavigationClient): Promise<void>;
