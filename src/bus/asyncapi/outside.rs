//! What Plaza asks of outside stores and of an outside bank, what they answer, and what is undeliverable.

use super::events::headers;
use super::parts::{Parts, reference};
use crate::bus::envelope::SPEED;
use crate::bus::subject;
use crate::domain::order::{BankPart, ConfirmLines, HoldMoney, MoneyPart, StorePart};
use crate::ports::outside::AnswerBody;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Verb, meaning and payload of a request.
type Asked = (&'static str, &'static str, fn(&mut SchemaGenerator) -> Schema);

const OF_STORES: [Asked; 3] = [
    ("confirm", "Say whether the store serves these lines, and put them aside.", ConfirmLines::json_schema),
    ("release", "Put what was set aside for the order back on the shelf.", StorePart::json_schema),
    ("ship", "Hand over what was set aside for the order.", StorePart::json_schema),
];

const OF_THE_BANK: [Asked; 4] = [
    ("hold", "Say whether the money is there, and hold it.", HoldMoney::json_schema),
    ("lower", "Lower the hold of the order.", MoneyPart::json_schema),
    ("void", "Give the hold of the order back.", BankPart::json_schema),
    ("capture", "Take the hold of the order.", MoneyPart::json_schema),
];

const ANSWER: &str = "Answer";

/// Adds channels, operations, messages and payloads of requests, answers and dead letters.
pub(super) fn describe(parts: &mut Parts) {
    let of = r"plaza\.req\.(store|bank)\.[a-z]+\.v[1-9][0-9]*";
    let mut request = headers("RequestHeaders", r"\.[1-9][0-9]*", of);
    request["properties"][SPEED] = json!({
        "type": "string",
        "pattern": r"^[0-9]+(\.[0-9]+)?$",
        "description": "How many times as fast as real time the mall's time passes, 0 while it stands still. The times of \
                        the payload are the mall's.",
    });
    parts.schemas.insert("RequestHeaders".to_owned(), request);
    requests(parts, "store", "plaza.req.store.{store_id}", &OF_STORES);
    requests(parts, "bank", "plaza.req.bank", &OF_THE_BANK);
    let meaning = "The first answer for an order counts; later and repeated ones change nothing. A confirmation has the \
                   order only, a refusal its reason, and lines only with OUT_OF_STOCK.";
    parts.heard(ANSWER, meaning, AnswerBody::json_schema);
    answers(parts, "store", "plaza.cmd.store.{store_id}", "The store serves its lines.", "The store refuses.");
    answers(parts, "bank", "plaza.cmd.bank", "The bank holds the money.", "The bank refuses.");
    dead_letters(parts);
}

fn requests(parts: &mut Parts, who: &str, subject: &str, asked: &[Asked]) {
    let mut messages = Map::new();
    for (verb, meaning, payload) in asked {
        let of = format!("plaza.req.{who}.{verb}.v1");
        parts.told(&of, meaning, *payload);
        messages.insert(of.clone(), reference("messages", &of));
        parts.messages.insert(
            of.clone(),
            json!({
                "name": of,
                "title": format!("{who}: {verb}"),
                "summary": meaning,
                "description": format!("Subject `{subject}.{verb}`. Comes at least once; `ce-id` is always the same."),
                "tags": [{ "name": "request" }],
                "headers": { "allOf": [
                    reference("schemas", "RequestHeaders"),
                    { "type": "object", "properties": { "ce-type": { "const": of } } },
                ] },
                "payload": reference("schemas", &of),
                "correlationId": { "location": "$message.header#/ce-correlationid" },
            }),
        );
    }
    let verbs: Vec<_> = asked.iter().map(|(verb, ..)| *verb).collect();
    let mut parameters = parameters(who);
    parameters["verb"] = json!({ "description": "What is asked.", "enum": verbs });
    let description = format!("Kept in the stream {}.", subject::REQUESTS.0);
    let channel = json!({
        "address": format!("{subject}.{{verb}}"),
        "title": format!("Requests to an outside {who}"),
        "description": description,
        "servers": [{ "$ref": "#/servers/nats" }],
        "parameters": parameters,
        "messages": messages,
    });
    parts.add(&format!("{who}-requests"), "send", &format!("Ask an outside {who}"), channel);
}

fn answers(parts: &mut Parts, who: &str, subject: &str, yes: &str, no: &str) {
    for (verb, meaning) in [("confirm", yes), ("reject", no)] {
        let message = format!("plaza.cmd.{who}.{verb}");
        parts.messages.insert(
            message.clone(),
            json!({
                "name": message,
                "title": format!("{who}: {verb}"),
                "summary": meaning,
                "tags": [{ "name": "answer" }],
                "payload": reference("schemas", ANSWER),
            }),
        );
        let mut channel = json!({
            "address": format!("{subject}.{verb}"),
            "title": meaning,
            "description": format!("Kept in the stream {} until taken.", subject::COMMANDS.0),
            "servers": [{ "$ref": "#/servers/nats" }],
            "messages": { message.clone(): reference("messages", &message) },
        });
        if who == "store" {
            channel["parameters"] = parameters(who);
        }
        parts.add(&format!("{who}-{verb}"), "receive", &format!("Take the answer of an outside {who}"), channel);
    }
}

fn dead_letters(parts: &mut Parts) {
    parts.messages.insert(
        "dead-letter".to_owned(),
        json!({
            "name": "dead-letter",
            "title": "Dead letter",
            "summary": "An undeliverable message, as it came.",
            "tags": [{ "name": "dead-letter" }],
            "contentType": "application/octet-stream",
            "headers": {
                "type": "object",
                "properties": { "Plaza-Reason": { "type": "string", "description": "Why it was put aside." } },
                "required": ["Plaza-Reason"],
            },
            "payload": { "title": "Body", "description": "The body as it came; it may be anything." },
        }),
    );
    let channel = json!({
        "address": "plaza.dlq.{subject}",
        "title": "Dead letters",
        "description": format!("Kept in the stream {}; counted in `GET /api/v1/status`.", subject::DEAD_LETTERS.0),
        "servers": [{ "$ref": "#/servers/nats" }],
        "parameters": { "subject": { "description": "Where it was sent: a whole subject, with its dots." } },
        "messages": { "dead-letter": reference("messages", "dead-letter") },
    });
    parts.add("dead-letters", "send", "Put a message aside", channel);
}

fn parameters(who: &str) -> Value {
    if who == "store" { json!({ "store_id": { "description": "The store, a UUID." } }) } else { json!({}) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bus::asyncapi::complete;
    use crate::domain::ids::{CustomerId, OrderId, PaymentId, StoreId};
    use crate::domain::money::Money;
    use crate::domain::order::Request;
    use crate::domain::time::Timestamp;
    use uuid::Uuid;

    fn every_request() -> [Request; 7] {
        let (order_id, store_id, answer_by) = (OrderId(Uuid::nil()), StoreId(Uuid::nil()), Timestamp(0));
        let amount = Money::new(1, "EUR".parse().unwrap());
        let (payment_id, customer_id) = (PaymentId(Uuid::nil()), CustomerId(Uuid::nil()));
        let store = StorePart { order_id, store_id };
        [
            Request::Confirm(ConfirmLines { order_id, store_id, answer_by, lines: vec![] }),
            Request::Release(store.clone()),
            Request::Ship(store),
            Request::Hold(HoldMoney { order_id, payment_id, customer_id, amount, answer_by }),
            Request::Lower(MoneyPart { order_id, amount }),
            Request::Void(BankPart { order_id }),
            Request::Capture(MoneyPart { order_id, amount }),
        ]
    }

    #[test]
    fn every_request_is_described_with_its_subject() {
        let document = complete();
        for request in every_request() {
            let message = &document["components"]["messages"][subject::request_type(&request)];
            let told = message["description"].as_str().unwrap_or_default();
            let subject = subject::request_subject(&request).replace(&Uuid::nil().to_string(), "{store_id}");
            assert!(told.contains(&format!("`{subject}`")), "{subject}: {told}");
        }
    }

    #[test]
    fn answers_are_taken_where_the_document_says() {
        let document = complete();
        for channel in ["store-confirm", "store-reject", "bank-confirm", "bank-reject"] {
            let address = document["channels"][channel]["address"].as_str().unwrap();
            let subject = address.replace("{store_id}", &Uuid::nil().to_string());
            let (_, confirms) = subject::read_answer(&subject).unwrap_or_else(|| panic!("{subject} is not read"));
            assert_eq!(confirms, channel.ends_with("confirm"), "{channel}");
        }
    }
}
