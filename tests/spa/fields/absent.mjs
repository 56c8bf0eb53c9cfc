// What `@azure/msal-browser` exports and we do not, with the reason.
export const ABSENT = [
  { names: ["createNestablePublicClientApplication", "isPlatformBrokerAvailable"], why: "There is no broker here." },
  { names: ["SignedHttpRequest", "SignedHttpRequestOptions", "AuthenticationHeaderParser", "JsonWebTokenTypes"], why: "Of bound tokens; tokens are Bearer here." },
  {
    names: [
      "BrowserPerformanceClient", "BrowserPerformanceMeasurement", "BrowserRootPerformanceEvents", "InProgressPerformanceEvent", "IPerformanceClient",
      "PerformanceEvent", "StubPerformanceClient",
    ],
    why: "Nothing is measured here.",
  },
  { names: ["LocalStorage", "MemoryStorage", "SessionStorage", "IWindowStorage"], why: "MSAL's cache as it lies in the page; ours is encrypted." },
  { names: ["loadExternalTokens", "LoadTokenOptions", "ExternalTokenResponse"], why: "For tests with a browser's help; `hydrateCache` takes a result in." },
  { names: ["enforceResourceParameter"], why: "Name the resource in `scopes`." },
  { names: ["BrokerConnectionEvent", "EventHandler", "IController"], why: "MSAL's inside." },
];

/** Members of what both export, by its name. */
export const ABSENT_MEMBERS = [
  {
    of: "BrowserUtils",
    names: ["buildMergedClaims", "cancelPendingBridgeResponse", "invoke", "invokeAsync", "parseAuthResponseFromUrl", "waitForBridgeResponse"],
    why: "MSAL's inside.",
  },
  { of: "PublicClientApplication", names: ["waitForIframeResponse", "waitForPopupResponse"], why: "MSAL's inside, for its own subclasses." },
  { of: "Logger", names: ["createDefaultLoggerOptions", "logMessage"], why: "Private in MSAL's types." },
];
