// What `@azure/msal-node` exports and we do not, with the reason.
export const ABSENT = [
  { names: ["INativeBrokerPlugin"], why: "There is no broker where fetch runs." },
  {
    names: ["ManagedIdentityConfiguration", "ManagedIdentityIdParams", "ManagedIdentityRequestParams", "ManagedIdentitySourceNames"],
    why: "Managed identities are had from an endpoint inside Azure, not from Entra's: `new ManagedIdentityApplication` always throws.",
  },
  {
    names: ["IAppTokenProvider", "AppTokenProviderParameters", "AppTokenProviderResult"],
    why: "Of `SetAppTokenProvider`, by which the Azure SDK lends MSAL's cache to other sources of tokens.",
  },
  { names: ["UserFederatedIdentityCredentialRequest"], why: "Of agent identities, a preview of Entra's." },
  { names: ["UsernamePasswordRequest"], why: "The password grant always fails here (RFC 9700)." },
  { names: ["ClientAssertion"], why: "It signs with Node's crypto; give the certificate in `auth.clientCertificate`." },
  { names: ["CacheKVStore", "InMemoryCache", "ValidCacheType"], why: "MSAL's cache as it lies in memory; `JsonCache` is the schema." },
  { names: ["internals"], why: "For Microsoft's own packages." },
];
