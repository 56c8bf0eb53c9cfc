"""Runs MSAL Python for the interchange tests.

Reads a job from standard input, as JSON, and writes what came of it to standard output:

    {"provider": "http://127.0.0.1:1234", "client_id": "…", "client_secret": "…", "authority": "…",
     "cache": "…" or null, "do": one of ACTIONS below, "arguments": {…}}

    {"result": …, "cache": "…"}

Secrets come and go by the pipes alone, never by the command line or the environment.
"""

import json
import sys
from urllib.parse import urlsplit

import msal
import requests

TIMEOUT_SECONDS = 20

# What Entra's instance discovery says of the global cloud. MSAL Python learns from it under which other names an entry
# of this cloud may be filed, and asks that name for what it finds there.
ALIASES = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]
INSTANCES = {
    "tenant_discovery_endpoint": "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration",
    "api-version": "1.1",
    "metadata": [{
        "preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net", "aliases": ALIASES,
    }],
}


class Answer:
    """A response in the shape that MSAL documents for an HTTP client of one's own."""

    def __init__(self, status_code, text, headers):
        self.status_code, self.text, self.headers = status_code, text, headers

    def raise_for_status(self):
        if self.status_code >= 400:
            raise RuntimeError("status {}".format(self.status_code))


class Loopback:
    """Sends what is meant for Entra to the identity provider of the tests, and nothing anywhere else."""

    def __init__(self, provider):
        self._provider = provider
        self._session = requests.Session()
        # A proxy of the environment is not asked for a loopback address.
        self._session.trust_env = False

    def get(self, url, params=None, headers=None, **_):
        if urlsplit(url).path == "/common/discovery/instance":
            return Answer(200, json.dumps(INSTANCES), {})
        return self._send("GET", url, params=params, headers=headers)

    def post(self, url, params=None, data=None, headers=None, **_):
        return self._send("POST", url, params=params, data=data, headers=headers)

    def close(self):
        self._session.close()

    def _send(self, method, url, **more):
        address = urlsplit(url)
        if address.scheme != "https" or address.netloc not in ALIASES:
            raise RuntimeError("a request to another host than Entra's")
        origin = "https://" + address.netloc
        response = self._session.request(
            method, self._provider + url[len(origin):], timeout=TIMEOUT_SECONDS, allow_redirects=False, **more)
        # Discovery names the provider's own endpoints, MSAL has to take them for Entra's.
        text = response.text.replace(self._provider, origin) if method == "GET" else response.text
        return Answer(response.status_code, text, dict(response.headers))


def account_named(app, username):
    accounts = app.get_accounts(username=username)
    return accounts[0] if accounts else None


ACTIONS = {
    "client": lambda app, scopes: app.acquire_token_for_client(scopes=scopes),
    "code": lambda app, scopes, code, redirect_uri: app.acquire_token_by_authorization_code(
        code, scopes=scopes, redirect_uri=redirect_uri),
    "begin_code_flow": lambda app, **arguments: app.initiate_auth_code_flow(**arguments),
    "code_flow": lambda app, flow, answer: app.acquire_token_by_auth_code_flow(flow, answer),
    "obo": lambda app, assertion, scopes: app.acquire_token_on_behalf_of(assertion, scopes=scopes),
    "silent": lambda app, scopes, username, force_refresh=False: app.acquire_token_silent_with_error(
        scopes, account=account_named(app, username), force_refresh=force_refresh),
    "accounts": lambda app: app.get_accounts(),
}


def main():
    job = json.load(sys.stdin)
    cache = msal.SerializableTokenCache()
    if job.get("cache"):
        cache.deserialize(job["cache"])
    app = msal.ConfidentialClientApplication(
        job["client_id"],
        client_credential=job["client_secret"],
        authority=job["authority"],
        token_cache=cache,
        http_client=Loopback(job["provider"]),
    )
    result = ACTIONS[job["do"]](app, **job.get("arguments", {}))
    json.dump({"result": result, "cache": cache.serialize()}, sys.stdout)


if __name__ == "__main__":
    main()
