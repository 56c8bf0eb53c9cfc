//! Microsoft's clouds: their authority hosts, aliases and Graph roots.

/// One national cloud.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cloud {
    /// The host that requests go to.
    pub host: &'static str,
    /// The host under which MSAL's caches file what belongs to this cloud.
    pub cache_host: &'static str,
    /// Other names of the same cloud.
    pub aliases: &'static [&'static str],
    /// The origin of Microsoft Graph; `None` where there is none that is documented.
    pub graph_origin: Option<&'static str>,
}

/// All clouds. DoD (US Government L5) shares its authority with L4: its Graph, `https://dod-graph.microsoft.us`, is
/// chosen by `graphOrigin`.
pub const CLOUDS: &[Cloud] = &[
    Cloud {
        host: "login.microsoftonline.com",
        cache_host: "login.windows.net",
        aliases: &[
            "login.windows.net",
            "login.microsoft.com",
            "sts.windows.net",
        ],
        graph_origin: Some("https://graph.microsoft.com"),
    },
    Cloud {
        host: "login.microsoftonline.us",
        cache_host: "login.microsoftonline.us",
        aliases: &["login.usgovcloudapi.net"],
        graph_origin: Some("https://graph.microsoft.us"),
    },
    Cloud {
        host: "login.partner.microsoftonline.cn",
        cache_host: "login.partner.microsoftonline.cn",
        aliases: &["login.chinacloudapi.cn"],
        graph_origin: Some("https://microsoftgraph.chinacloudapi.cn"),
    },
    Cloud {
        host: "login.microsoftonline.de",
        cache_host: "login.microsoftonline.de",
        aliases: &[],
        graph_origin: Some("https://graph.microsoft.de"),
    },
    Cloud {
        host: "login.sovcloud-identity.fr",
        cache_host: "login.sovcloud-identity.fr",
        aliases: &[],
        graph_origin: None,
    },
    Cloud {
        host: "login.sovcloud-identity.de",
        cache_host: "login.sovcloud-identity.de",
        aliases: &[],
        graph_origin: None,
    },
    Cloud {
        host: "login.sovcloud-identity.sg",
        cache_host: "login.sovcloud-identity.sg",
        aliases: &[],
        graph_origin: None,
    },
];

/// The cloud of a host or alias.
#[must_use]
pub fn of_host(host: &str) -> Option<&'static Cloud> {
    CLOUDS
        .iter()
        .find(|cloud| cloud.host == host || cloud.aliases.contains(&host))
}
