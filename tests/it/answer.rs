//! What is sent to the server, and what it answers.

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

/// What the server answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    request: String,
}

impl Answer {
    /// The body as JSON; null for an empty one.
    pub fn json(&self) -> Value {
        if self.text.is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{}: {error}: {}", self.request, self.text))
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.request, self.text);
        self.json()
    }

    /// The problem of a refusal that must have this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}: {}", self.request, self.text);
        let (request, problem) = (self.request.clone(), self.expect(status));
        assert_eq!(problem["code"], code, "{request}: {problem}");
        assert_eq!(problem["status"], status, "{request}: {problem}");
        for field in ["type", "title", "trace_id"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{request}: no {field}: {problem}");
        }
        problem
    }

    /// A header, empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Sends a request and reads the whole answer.
pub async fn send(request: RequestBuilder) -> Answer {
    let (client, request) = request.build_split();
    let request = request.unwrap();
    let said = format!("{} {}", request.method(), request.url().path());
    let answer = client.execute(request).await.unwrap_or_else(|error| panic!("{said}: {error:?}"));
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, text: answer.text().await.unwrap(), request: said }
}

pub fn eur(amount: i64) -> Value {
    json!({"amount_minor": amount, "currency": "EUR"})
}

/// The body of an order.
pub fn order(customer: &str, payment: &str, lines: &[(&str, u32)]) -> Value {
    let items: Vec<_> =
        lines.iter().map(|(product, quantity)| json!({"product_id": product, "quantity": quantity})).collect();
    json!({"customer_id": customer, "payment_id": payment, "items": items})
}

pub fn id(made: &Value) -> String {
    text(&made["id"])
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

/// An id that nothing has.
pub const NOBODY: &str = "01a00000-0000-7000-8000-000000000000";
