// Who exists: tenants, applications, users and resources. Identifiers are fixed, so that a failing test prints the
// same text each time; nothing here is secret, the "secrets" are test values.
import { createHash } from "node:crypto";

export const GRAPH_ORIGIN = "https://graph.microsoft.com";
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";
/** The tenant in which Entra keeps personal accounts; `consumers` stands for it. */
export const CONSUMERS_TENANT_ID = "9188040d-6c67-4c5b-b112-36a304b66dad";
export const SHARED_SEGMENTS = ["common", "organizations", "consumers"];

const GRAPH_ROOTS = [GRAPH_ORIGIN, "https://graph.microsoft.us", "https://dod-graph.microsoft.us",
  "https://microsoftgraph.chinacloudapi.cn", GRAPH_APP_ID];
const GRAPH_DELEGATED = ["User.Read", "User.ReadBasic.All", "User.Read.All", "User.ReadWrite", "Mail.Read", "Mail.Send",
  "Calendars.Read", "Files.Read", "Files.ReadWrite", "Contacts.Read", "Directory.Read.All", "Group.Read.All"];
const REDIRECTS = ["http://localhost", "http://127.0.0.1", "http://localhost/auth", "http://127.0.0.1/auth",
  "http://localhost/redirect", "http://127.0.0.1/redirect"];

/** Builds a fresh directory, so that what one server registers is not seen by another. */
export function createDirectory() {
  const tenants = {
    contoso: tenant("contoso", "11111111-1111-4111-8111-111111111111"),
    fabrikam: tenant("fabrikam", "22222222-2222-4222-8222-222222222222"),
    consumers: { name: "consumers", id: CONSUMERS_TENANT_ID, initialDomain: "live.com", customDomain: "outlook.com", users: new Map() },
  };
  const both = [tenants.contoso.id, tenants.fabrikam.id];
  const userTenants = [...both, CONSUMERS_TENANT_ID];
  const clients = {
    daemon: app("daemon", 1, { secret: true, type: "daemon", tenants: both, roles: { [GRAPH_APP_ID]: ["User.Read.All"] } }),
    singleTenant: app("singleTenant", 2, { secret: true, type: "daemon", tenants: [tenants.contoso.id], multiTenant: false,
      roles: { [GRAPH_APP_ID]: ["User.Read.All", "Organization.Read.All"] } }),
    noRoles: app("noRoles", 3, { secret: true, type: "daemon", tenants: both }),
    certificate: app("certificate", 4, { type: "daemon", confidential: true, tenants: both,
      roles: { [GRAPH_APP_ID]: ["User.Read.All"] } }),
    web: app("web", 5, { secret: true, type: "web", tenants: userTenants }),
    spa: app("spa", 6, { type: "spa", tenants: userTenants }),
    device: app("device", 7, { type: "native", tenants: userTenants }),
    api: app("api", 8, { secret: true, type: "web", tenants: userTenants, exposes: ["access_as_user", "Files.Read"],
      roles: { [GRAPH_APP_ID]: ["User.Read.All"] } }),
  };
  const resources = new Map();
  const graph = { appId: GRAPH_APP_ID, indicator: GRAPH_ORIGIN, scopes: GRAPH_DELEGATED, defaults: ["User.Read", "Mail.Read"], version: "1.0" };
  for (const root of GRAPH_ROOTS) resources.set(root, graph);
  for (const client of Object.values(clients)) {
    if (!client.exposes) continue;
    const resource = { appId: client.clientId, indicator: `api://${client.clientId}`, scopes: client.exposes,
      defaults: client.exposes.slice(0, 1), version: "2.0" };
    resources.set(resource.indicator, resource).set(client.clientId, resource);
  }

  const directory = {
    tenants, clients, resources,
    /** The tenant a path segment names: GUID, either domain, or (for user flows) one of the three words. */
    tenantOf(segment) {
      const wanted = segment.toLowerCase();
      return Object.values(tenants).find((t) => t.id === wanted || t.initialDomain === wanted || t.customDomain === wanted);
    },
    /** Entra looks the home tenant up from the user's name on `common`; hints stand for what the user would type. */
    homeTenantOf(segment, ...hints) {
      if (segment === "consumers") return tenants.consumers;
      for (const hint of hints) {
        const domain = String(hint ?? "").split("@").pop();
        const found = domain && directory.tenantOf(domain);
        if (found) return found;
      }
      return tenants.contoso;
    },
    clientById(clientId) {
      return Object.values(clients).find((client) => client.clientId === clientId?.toLowerCase());
    },
    resourceById(appId) {
      return [...resources.values()].find((resource) => resource.appId === appId);
    },
    resourceByIndicator(indicator) {
      return resources.get(indicator);
    },
    /** Any name signs in: a user unknown so far is created, so that tests may have as many as they need. */
    user(tenantHere, login) {
      const upn = login.toLowerCase();
      let user = tenantHere.users.get(upn);
      if (!user) {
        const home = directory.tenantOf(upn.split("@").pop()) ?? tenantHere;
        user = {
          login: upn, upn, name: displayName(upn), tid: tenantHere.id, oid: guid(`oid ${tenantHere.id} ${upn}`),
          home: { uid: guid(`oid ${home.id} ${upn}`), utid: home.id },
        };
        tenantHere.users.set(upn, user);
      }
      return user;
    },
    userByOid(tenantHere, oid) {
      return [...tenantHere.users.values()].find((user) => user.oid === oid);
    },
  };
  for (const name of ["ada", "blaise", "charles", "dorothy", "edsger"]) directory.user(tenants.contoso, `${name}@contoso.example`);
  for (const name of ["fay", "gottfried"]) directory.user(tenants.fabrikam, `${name}@fabrikam.example`);
  directory.user(tenants.consumers, "pat@outlook.com");
  return directory;
}

/** A GUID that is a function of its seed. */
export function guid(seed) {
  const hex = createHash("sha256").update(seed).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function tenant(name, id) {
  return { name, id, initialDomain: `${name}.onmicrosoft.com`, customDomain: `${name}.example`, users: new Map() };
}

function app(name, number, { secret = false, confidential = secret, multiTenant = true, roles = {}, ...rest }) {
  return {
    name,
    clientId: `aaaaaaaa-0000-4000-8000-${String(number).padStart(12, "0")}`,
    // Entra's secrets hold characters that form encoding must escape: `+` would break an encoder that forgets.
    clientSecret: secret ? `${name}~Test+Secret/&=%_1` : undefined,
    // oidc-provider knows one way of authenticating per client. Who authenticated with an assertion is passed on with this.
    innerSecret: secret ? undefined : `inner-${guid(`inner ${name} ${Math.random()}`)}`,
    confidential, multiTenant, roles,
    certificates: [],
    redirectUris: ["web", "spa", "native"].includes(rest.type) ? [...REDIRECTS] : [],
    ...rest,
  };
}

function displayName(upn) {
  const first = upn.split("@")[0];
  return `${first[0].toUpperCase()}${first.slice(1)} Test`;
}
