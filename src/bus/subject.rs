//! Wire names: the one place where a journal name becomes a `CloudEvents` type or a NATS subject.

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

/// The NATS subject of an event: `order.submitted` in stream `id` is `plaza.evt.order.submitted.<id>`, in every version.
#[must_use]
pub fn event_subject(name: &str, stream_id: Uuid) -> String {
    let bare = if has_version(name) { name.rsplit_once('.').map_or(name, |(bare, _)| bare) } else { name };
    format!("plaza.evt.{bare}.{stream_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::all_names;

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
