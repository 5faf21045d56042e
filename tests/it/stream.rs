//! The event stream as JetStream holds it, held against the journal.

use crate::app::{DEADLINE, eventually, send};
use async_nats::jetstream;
use futures_util::StreamExt;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use std::time::{Duration, Instant};

/// The pause between two requests.
const PAUSE: Duration = Duration::from_millis(20);

/// What a message of the stream says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub id: String,
    pub kind: String,
    pub payload: Value,
}

/// Every message of `PLAZA_EVENTS`, in the order of the stream.
pub async fn told(nats_url: &str) -> Vec<Told> {
    let client = async_nats::ConnectOptions::new().connection_timeout(DEADLINE).connect(nats_url).await.unwrap();
    let context = jetstream::new(client);
    // A broker that has just been started again, or has lost its leader, does not answer yet.
    let (count, mut messages) = eventually("the broker gives its stream", async || {
        let stream = context.get_stream("PLAZA_EVENTS").await.ok()?;
        let ordered = jetstream::consumer::pull::OrderedConfig::default();
        let messages = stream.create_consumer(ordered).await.ok()?.messages().await.ok()?;
        Some((stream.cached_info().state.messages, messages))
    })
    .await;
    let mut told = Vec::new();
    while told.len() as u64 != count {
        let next = tokio::time::timeout(DEADLINE, messages.next()).await.expect("the stream gives its messages");
        let message = next.expect("the stream goes on").unwrap();
        let header =
            |name: &str| message.headers.as_ref().and_then(|all| all.get(name)).map_or("", |value| value.as_str());
        told.push(Told {
            id: header("ce-id").to_owned(),
            kind: header("ce-type").to_owned(),
            payload: serde_json::from_slice(&message.payload).unwrap(),
        });
    }
    told
}

/// A mall that is asked over REST what its journal holds.
pub struct Asked<'a> {
    pub url: &'a str,
    pub token: Option<&'a str>,
}

impl Asked<'_> {
    /// The answer, once the mall gives one: it may limit how often it is asked.
    async fn get(&self, http: &Client, path: &str) -> Value {
        loop {
            let request = http.get(format!("{}/api/v1{path}", self.url));
            let answer = send(self.token.into_iter().fold(request, RequestBuilder::bearer_auth)).await;
            if answer.status != 429 {
                return answer.expect(200);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Every event of the journal.
    pub async fn journal(&self, http: &Client) -> Vec<Told> {
        let (mut events, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(http, &format!("/events?order=asc&limit=200{after}")).await;
            let items = page["items"].as_array().unwrap();
            let Some(last) = items.last() else { return events };
            after = format!("&after={}", last["sequence"].as_str().unwrap());
            let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
            events.extend(items.iter().map(|event| Told {
                id: text(event, "id"),
                kind: text(event, "type"),
                payload: event["data"].clone(),
            }));
        }
    }

    /// Waits until the stream ends where the journal does, and fails unless it equals the journal: every event once, in
    /// order. The mall may still be writing.
    pub async fn equals_the_stream(&self, http: &Client, nats_url: &str) {
        let started = Instant::now();
        loop {
            let bus = self.get(http, "/status").await["bus"].clone();
            if bus["lag"] == 0 && bus["state"] == "ok" {
                let (told, journal) = (told(nats_url).await, self.journal(http).await);
                if let Some(at) = told.iter().zip(&journal).position(|(told, journal)| told != journal) {
                    panic!("message {} of the stream is {:?}, the journal has {:?}", at + 1, told[at], journal[at]);
                }
                if told.len() == journal.len() {
                    return;
                }
            }
            assert!(started.elapsed() < DEADLINE * 2, "the relay does not catch up: {bus}");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Waits until the stream has caught up with the mall at `url`, and fails unless it equals the journal.
pub async fn equals_the_journal(http: &Client, url: &str, token: Option<&str>, nats_url: &str) {
    Asked { url, token }.equals_the_stream(http, nats_url).await;
}
