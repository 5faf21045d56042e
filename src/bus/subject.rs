//! Wire names: the one place where a journal name becomes a `CloudEvents` type or a NATS subject.

use crate::domain::order::Request;
use crate::domain::participant::Participant;
use uuid::Uuid;

/// The JetStream stream that holds the journal.
pub const STREAM: &str = "PLAZA_EVENTS";
/// The subjects of [`STREAM`]: every event, and nothing else.
pub const EVENTS: &str = "plaza.evt.>";

/// The `CloudEvents` type of a journal name: `order.submitted` is `plaza.order.submitted.v1`, and a later version that
/// the journal calls `order.submitted.v2` is `plaza.order.submitted.v2`.
#[must_use]
pub fn event_type(name: &str) -> String {
    if has_version(name) { format!("plaza.{name}") } else { format!("plaza.{name}.v1") }
}

/// Whether a journal name ends in a version; version 1 is not written.
fn has_version(name: &str) -> bool {
    let last = name.rsplit('.').next().and_then(|part| part.strip_prefix('v'));
    last.is_some_and(|digits| digits.parse::<u32>().is_ok())
}

/// The journal name of a `CloudEvents` type; names are taken as they are.
#[must_use]
pub fn event_name(type_or_name: &str) -> &str {
    let bare = type_or_name.strip_prefix("plaza.").unwrap_or(type_or_name);
    bare.strip_suffix(".v1").unwrap_or(bare)
}

/// The journal names in a list of `CloudEvents` types or names, separated by commas.
#[must_use]
pub fn event_names(types: Option<&str>) -> Vec<String> {
    let types = types.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty());
    types.map(|name| event_name(name).to_owned()).collect()
}

/// The NATS subject of an event: `order.submitted` in stream `id` is `plaza.evt.order.submitted.<id>`, in every
/// version.
#[must_use]
pub fn event_subject(name: &str, stream_id: Uuid) -> String {
    let bare = if has_version(name) { name.rsplit_once('.').map_or(name, |(bare, _)| bare) } else { name };
    format!("plaza.evt.{bare}.{stream_id}")
}

/// The stream that holds requests to outside participants, and its subjects.
pub const REQUESTS: (&str, &str) = ("PLAZA_REQUESTS", "plaza.req.>");
/// The stream that holds answers of outside services, and its subjects.
pub const COMMANDS: (&str, &str) = ("PLAZA_COMMANDS", "plaza.cmd.>");
/// The stream that holds undeliverable messages, and its subjects: `plaza.dlq.<where it was sent>`.
pub const DEAD_LETTERS: (&str, &str) = ("PLAZA_DLQ", "plaza.dlq.>");

/// The verb of a request.
#[must_use]
pub const fn request_verb(request: &Request) -> &'static str {
    match request {
        Request::Confirm(_) => "confirm",
        Request::Release(_) => "release",
        Request::Ship(_) => "ship",
        Request::Hold(_) => "hold",
        Request::Lower(_) => "lower",
        Request::Void(_) => "void",
        Request::Capture(_) => "capture",
    }
}

/// Where a request goes: `plaza.req.store.<store id>.confirm`, `plaza.req.bank.hold`.
#[must_use]
pub fn request_subject(request: &Request) -> String {
    let verb = request_verb(request);
    match request.to() {
        Participant::Store(store_id) => format!("plaza.req.store.{store_id}.{verb}"),
        Participant::Bank => format!("plaza.req.bank.{verb}"),
    }
}

/// The `CloudEvents` type of a request: `plaza.req.store.confirm.v1`.
#[must_use]
pub fn request_type(request: &Request) -> String {
    let verb = request_verb(request);
    match request.to() {
        Participant::Store(_) => format!("plaza.req.store.{verb}.v1"),
        Participant::Bank => format!("plaza.req.bank.{verb}.v1"),
    }
}

/// Who answers on a subject, and whether with yes: `plaza.cmd.store.<store id>.confirm`, `plaza.cmd.bank.reject`.
#[must_use]
pub fn read_answer(subject: &str) -> Option<(Participant, bool)> {
    let (who, verb) = subject.strip_prefix("plaza.cmd.")?.rsplit_once('.')?;
    let confirms = match verb {
        "confirm" => true,
        "reject" => false,
        _ => return None,
    };
    match who.strip_prefix("store.") {
        Some(store_id) => Some((Participant::Store(store_id.parse().ok()?), confirms)),
        None => (who == "bank").then_some((Participant::Bank, confirms)),
    }
}

/// Where an undeliverable message goes.
#[must_use]
pub fn dead_letter_subject(subject: &str) -> String {
    format!("plaza.dlq.{subject}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::all_names;
    use crate::domain::ids::StoreId;

    #[test]
    fn answers_come_on_the_subjects_of_their_participants() {
        let store = Participant::Store(StoreId(uuid::Uuid::nil()));
        let read = |subject: &str| read_answer(subject);
        assert_eq!(read(&format!("plaza.cmd.store.{}.confirm", uuid::Uuid::nil())), Some((store, true)));
        assert_eq!(read("plaza.cmd.bank.reject"), Some((Participant::Bank, false)));
        for bad in ["plaza.cmd.bank", "plaza.cmd.bank.eat", "plaza.cmd.store.7.confirm", "plaza.cmd.a.bank.confirm", ""]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn types_and_names_convert_both_ways() {
        assert_eq!(event_type("order.submitted"), "plaza.order.submitted.v1");
        assert_eq!(event_name("plaza.order.submitted.v1"), "order.submitted");
        assert_eq!(event_name("order.submitted"), "order.submitted");
        assert_eq!(event_type("order.submitted.v2"), "plaza.order.submitted.v2");
        assert_eq!(event_name("plaza.order.submitted.v2"), "order.submitted.v2");
        assert_eq!(event_type("payment.voided"), "plaza.payment.voided.v1");
    }

    #[test]
    fn every_subject_has_five_tokens() {
        for name in all_names().into_iter().chain(["order.submitted.v2"]) {
            let subject = event_subject(name, Uuid::nil());
            assert!(subject.starts_with(EVENTS.trim_end_matches('>')), "{subject}");
            assert_eq!(subject.split('.').filter(|token| !token.is_empty()).count(), 5, "{subject}");
        }
    }
}
