//! How events that older builds wrote are read: what was appended never changes, so the reader does.
//!
//! A name without suffix (`order.submitted`) is version 1 of its event. When a payload has to change in a way that old
//! readers would misunderstand, the new form gets the name `order.submitted.v2`, the table of `domain::event` carries
//! only that name, and [`UPCASTERS`] gets a step from the old name to the new one. Steps chain: version 1 is read as
//! version 3 through version 2. A new field with a default needs none of this.

use super::event::{DecodeError, DomainEvent};
use serde_json::Value;

/// One step: turns the payload of one version into the payload of the next.
#[derive(Clone, Copy, Debug)]
pub struct Upcaster {
    /// The journal name the old payload was written under.
    pub from: &'static str,
    /// The journal name of the next version.
    pub to: &'static str,
    /// Rewrites the payload; fails when it is not what the old version wrote.
    pub upcast: fn(Value) -> serde_json::Result<Value>,
}

/// Every step of this build. Empty: every event is at version 1.
pub const UPCASTERS: &[Upcaster] = &[];

/// Reads an event back from its name and payload, of this version or an older one.
///
/// # Errors
/// [`DecodeError`] when name or payload is unknown to this build.
pub fn decode<E: DomainEvent>(name: &str, payload: &str) -> Result<E, DecodeError> {
    read(UPCASTERS, name, payload)
}

/// Reads an event of any version that `steps` lead away from; a name no step starts from is read as it is.
///
/// # Errors
/// [`DecodeError`] when name or payload is unknown to this build, or a step refuses the payload.
fn read<E: DomainEvent>(steps: &[Upcaster], name: &str, payload: &str) -> Result<E, DecodeError> {
    let Some(mut step) = step_from(steps, name) else { return E::decode_current(name, payload) };
    let unreadable = |source| DecodeError::Payload { name: name.to_owned(), source };
    let mut value = serde_json::from_str(payload).map_err(unreadable)?;
    loop {
        value = (step.upcast)(value).map_err(unreadable)?;
        match step_from(steps, step.to) {
            Some(next) => step = next,
            None => return E::decode_current(step.to, &value.to_string()),
        }
    }
}

fn step_from<'a>(steps: &'a [Upcaster], name: &str) -> Option<&'a Upcaster> {
    steps.iter().find(|step| step.from == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::{OrderEvent, all_names};
    use serde_json::json;

    /// A past that never was: version -1 had one string, version 0 called the field `who`.
    const FICTION: &[Upcaster] = &[
        Upcaster { from: "order.cancelled.v0", to: "order.cancelled", upcast: rename_who },
        Upcaster { from: "order.called_off", to: "order.cancelled.v0", upcast: |who| Ok(json!({ "who": who })) },
    ];

    fn rename_who(mut payload: Value) -> serde_json::Result<Value> {
        let who: String = serde_json::from_value(payload["who"].take())?;
        Ok(json!({ "by": who, "reason": null }))
    }

    #[test]
    fn an_old_payload_is_read_step_by_step() {
        let now: OrderEvent = read(FICTION, "order.cancelled", r#"{"by":"admin","reason":null}"#).unwrap();
        for (name, payload) in [("order.cancelled.v0", r#"{"who":"admin"}"#), ("order.called_off", r#""admin""#)] {
            assert_eq!(read::<OrderEvent>(FICTION, name, payload).unwrap(), now, "{name}");
        }
        assert_eq!(now.name(), "order.cancelled");
    }

    #[test]
    fn a_payload_that_no_version_wrote_is_refused() {
        for payload in [r#"{"who":"nobody"}"#, "{", "{}"] {
            let read = read::<OrderEvent>(FICTION, "order.cancelled.v0", payload);
            assert!(matches!(read, Err(DecodeError::Payload { .. })), "{payload}");
        }
        let unknown = decode::<OrderEvent>("order.cancelled.v0", r#"{"who":"admin"}"#);
        assert!(matches!(unknown, Err(DecodeError::UnknownName(_))), "no such step exists outside this test");
    }

    #[test]
    fn every_step_leads_to_a_current_name_and_starts_at_a_former_one() {
        for first in UPCASTERS {
            assert!(!all_names().contains(&first.from), "{} is current: the step would never end", first.from);
            let mut last = first;
            for _ in UPCASTERS {
                last = step_from(UPCASTERS, last.to).unwrap_or(last);
            }
            assert!(all_names().contains(&last.to), "{} leads nowhere", first.from);
        }
    }

    #[test]
    fn unknown_names_and_payloads_are_refused() {
        assert!(matches!(decode::<OrderEvent>("order.eaten", "{}"), Err(DecodeError::UnknownName(_))));
        assert!(matches!(decode::<OrderEvent>("order.cancelled", "{}"), Err(DecodeError::Payload { .. })));
    }
}
