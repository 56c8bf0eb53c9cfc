//! The platform over reqwest, against a server on loopback.

#![allow(clippy::unwrap_used, missing_docs)]

use graph_token::native::{
    ClientCredential, ClientCredentialRequest, ConfidentialClient, Configuration, ReqwestPlatform,
};
use graph_token::protocol::authority::ProtocolMode;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread::{JoinHandle, spawn};
use tokio::runtime::Builder;

/// Gives `answers` one after another, each on a connection of its own; gives back what was asked.
fn serve(answers: Vec<String>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let served = spawn(move || {
        let serve = |answer: String| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut asked, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                asked.push_str(&line);
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            asked.push_str(&String::from_utf8(body).unwrap());
            stream.write_all(answer.as_bytes()).unwrap();
            asked
        };
        answers.into_iter().map(serve).collect()
    });
    (origin, served)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}

fn client(origin: &str) -> ConfidentialClient<ReqwestPlatform> {
    let mut configuration = Configuration::new("client", ClientCredential::secret("s3cret"))
        .with_authority(format!("{origin}/tenant"));
    configuration.protocol_mode = ProtocolMode::Oidc;
    configuration.max_retries = 0;
    configuration.authority_metadata =
        Some(format!(r#"{{"issuer":"{origin}/tenant","token_endpoint":"{origin}/token"}}"#).into());
    configuration.known_authorities = vec![origin.replace("http://", "").into()];
    ConfidentialClient::new(configuration, ReqwestPlatform::new().unwrap()).unwrap()
}

#[test]
fn gets_a_token_by_http_and_follows_no_redirect() {
    let token = r#"{"token_type":"Bearer","expires_in":3600,"access_token":"app-1"}"#;
    let (origin, served) = serve(vec![
        answer("200 OK", "content-type: application/json\r\n", token),
        answer("307 Temporary Redirect", "location: /elsewhere\r\n", ""),
    ]);
    let client = client(&origin);
    let request = ClientCredentialRequest::new(["https://graph.microsoft.com/.default"]);
    let mut anew = request.clone();
    anew.options.force_refresh = true;
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let asking = async move {
        let first = client.acquire_token_by_client_credential(&request).await;
        let again = client.acquire_token_by_client_credential(&anew).await;
        (first.unwrap(), again)
    };
    let (first, again) = runtime.block_on(asking);
    assert_eq!(first.access_token.expose(), "app-1");
    assert_eq!(again.unwrap_err().code, "unexpected_redirect");
    let asked = served.join().unwrap();
    assert!(asked[0].starts_with("POST /token"), "{}", asked[0]);
    assert!(asked[0].contains("client_secret=s3cret"), "{}", asked[0]);
}
