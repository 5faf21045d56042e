//! The one table of journal event names, and how an event becomes a row and comes back.
//!
//! A name is `<stream>.<event>`, for example `order.submitted`. Names and payload fields are a public contract: they
//! are written out here, never derived from Rust names, and never change their meaning. The CloudEvents type of a name
//! is made in `bus::subject`, the published schema of a payload in `bus::schemas`; `upcast` reads what older builds
//! wrote.

use super::basket::event as basket;
use super::clock;
use super::customer::event as customer;
use super::order::event as order;
use super::payment::event as payment;
use super::personality::event as personality;
use super::store::event as store;
use super::words::words;
use schemars::{JsonSchema, Schema, SchemaGenerator};

/// An event that could not be read back: the journal holds something this build does not know.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No event of this name exists in this build.
    #[error("unknown event name {0}")]
    UnknownName(String),
    /// The payload does not fit the event of this name.
    #[error("event {name} has an unreadable payload")]
    Payload {
        /// The event's name.
        name: String,
        /// What the JSON reader said.
        source: serde_json::Error,
    },
}

/// A family of events that live in one kind of stream.
pub trait DomainEvent: Sized {
    /// The kind of stream these events live in.
    const STREAM: StreamKind;

    /// The journal name, `<stream>.<event>`.
    fn name(&self) -> &'static str;

    /// The payload as JSON text.
    fn payload(&self) -> String;

    /// Reads an event back from a name of the table and its payload; `upcast::decode` reads older ones too.
    ///
    /// # Errors
    /// [`DecodeError`] when name or payload is not of this build's table.
    fn decode_current(name: &str, payload: &str) -> Result<Self, DecodeError>;
}

/// What the table says of one kind of event.
#[derive(Clone, Copy, Debug)]
pub struct EventKind {
    /// The journal name, `<stream>.<event>`.
    pub name: &'static str,
    /// What happened, in a sentence.
    pub meaning: &'static str,
    /// Describes the payload with a generator, which keeps the types it refers to.
    pub payload: fn(&mut SchemaGenerator) -> Schema,
}

words! {
    /// The kinds of streams in the journal.
    StreamKind {
        /// A store with its products and stock.
        Store = "store",
        /// A customer's basket.
        Basket = "basket",
        /// A registered customer.
        Customer = "customer",
        /// A payment authorization.
        Payment = "payment",
        /// An order.
        Order = "order",
        /// The mall itself: its clock, and how its participants behave.
        Mall = "mall",
    }
}

/// Every kind of event of the mall, in the order of the table below.
pub fn all_kinds() -> impl Iterator<Item = &'static EventKind> {
    [
        OrderEvent::KINDS,
        StoreEvent::KINDS,
        PaymentEvent::KINDS,
        BasketEvent::KINDS,
        CustomerEvent::KINDS,
        MallEvent::KINDS,
    ]
    .into_iter()
    .flatten()
}

/// Every event name of the mall, in the order of the table below.
#[must_use]
pub fn all_names() -> Vec<&'static str> {
    all_kinds().map(|kind| kind.name).collect()
}

macro_rules! events {
    ($(#[$doc:meta])* $stream:ident $name:ident { $($(#[doc = $meaning:literal])+ $variant:ident($payload:ty) = $wire:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[doc = $meaning])+ $variant($payload),)*
        }

        impl $name {
            /// The kinds of this family.
            pub const KINDS: &'static [EventKind] = &[$(EventKind {
                name: $wire,
                meaning: concat!($($meaning),+).trim_ascii(),
                payload: <$payload as JsonSchema>::json_schema,
            }),*];
        }

        impl DomainEvent for $name {
            const STREAM: StreamKind = StreamKind::$stream;

            fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $wire,)* }
            }

            fn payload(&self) -> String {
                let json = match self { $(Self::$variant(payload) => serde_json::to_string(payload),)* };
                json.expect("event payloads hold only texts, integers and lists, which always serialise")
            }

            fn decode_current(name: &str, payload: &str) -> Result<Self, DecodeError> {
                let unreadable = |source| DecodeError::Payload { name: name.to_owned(), source };
                match name {
                    $($wire => serde_json::from_str(payload).map(Self::$variant).map_err(unreadable),)*
                    _ => Err(DecodeError::UnknownName(name.to_owned())),
                }
            }
        }

        $(impl From<$payload> for $name {
            fn from(payload: $payload) -> Self {
                Self::$variant(payload)
            }
        })*
    };
}

events! {
    /// What happens to an order.
    Order OrderEvent {
        /// The customer ordered; prices are fixed and every confirmation has its time.
        Submitted(order::Submitted) = "order.submitted",
        /// The bank holds the money.
        PaymentConfirmed(order::PaymentConfirmed) = "order.payment_confirmed",
        /// The bank refused.
        PaymentRejected(order::PaymentRejected) = "order.payment_rejected",
        /// A store served from outside was asked to confirm.
        StoreConfirmationRequested(order::StoreConfirmationRequested) = "order.store_confirmation_requested",
        /// The outside service of a store said yes; Plaza's books are next.
        StoreConfirmationReceived(order::StoreConfirmationReceived) = "order.store_confirmation_received",
        /// An outside bank was asked to hold the total.
        PaymentConfirmationRequested(order::PaymentConfirmationRequested) = "order.payment_confirmation_requested",
        /// The outside bank said yes; Plaza's books are next.
        PaymentConfirmationReceived(order::PaymentConfirmationReceived) = "order.payment_confirmation_received",
        /// A store reserved everything asked of it.
        StoreConfirmed(order::StoreConfirmed) = "order.store_confirmed",
        /// A store cannot serve the order.
        StoreRejected(order::StoreRejected) = "order.store_rejected",
        /// A line of a store that cannot serve was dropped (`accept_available`).
        LineDropped(order::LineDropped) = "order.line_dropped",
        /// The hold was lowered to the total of the kept lines.
        HoldLowered(order::HoldLowered) = "order.hold_lowered",
        /// All verdicts are in; the customer may pay until the deadline.
        Accepted(order::Accepted) = "order.accepted",
        /// The order failed, for all the reasons given.
        Rejected(order::Rejected) = "order.rejected",
        /// The order was called off.
        Cancelled(order::Cancelled) = "order.cancelled",
        /// The hold is captured.
        Paid(order::Paid) = "order.paid",
        /// The pay deadline passed.
        Expired(order::Expired) = "order.expired",
        /// A store handed its lines over.
        StoreShipped(order::StoreShipped) = "order.store_shipped",
        /// Every kept store shipped.
        Delivered(order::Delivered) = "order.delivered",
        /// What must be undone elsewhere because of the change in the same append.
        CompensationRequired(order::CompensationRequired) = "order.compensation_required",
        /// A participant acknowledged one obligation.
        ObligationMet(order::ObligationMet) = "order.obligation_met",
        /// A verdict arrived after the order had ended; nothing changes.
        ConfirmationIgnored(order::ConfirmationIgnored) = "order.confirmation_ignored",
        /// An administrator hid the order from the lists.
        Archived(order::Archived) = "order.archived",
    }
}

events! {
    /// What happens to a store, its products and their stock.
    Store StoreEvent {
        /// The store was opened, not yet participating.
        Created(store::Created) = "store.created",
        /// Name, location, delay or fulfilment changed.
        Edited(store::Edited) = "store.edited",
        /// The store takes part in shopping.
        Joined(store::Joined) = "store.joined",
        /// The store no longer takes part in shopping.
        Left(store::Left) = "store.left",
        /// The store closes for good and reserves nothing any more; `store.archived` follows.
        ClosingStarted(store::ClosingStarted) = "store.closing_started",
        /// The store closed for good, with its products.
        Archived(store::Archived) = "store.archived",
        /// A product was put on the shelf.
        ProductAdded(store::ProductAdded) = "store.product_added",
        /// Name, description, SKU or price changed.
        ProductEdited(store::ProductEdited) = "store.product_edited",
        /// A product was taken off the shelf for good.
        ProductArchived(store::ProductArchived) = "store.product_archived",
        /// An administrator set the available amount.
        StockSet(store::StockSet) = "store.stock_set",
        /// Stock was put aside for an order.
        StockReserved(store::StockReserved) = "store.stock_reserved",
        /// Reserved stock went back on the shelf.
        StockReleased(store::StockReleased) = "store.stock_released",
        /// Reserved stock left the store.
        StockShipped(store::StockShipped) = "store.stock_shipped",
    }
}

events! {
    /// What happens to a payment authorization.
    Payment PaymentEvent {
        /// The (mock) bank authorized an amount.
        Authorized(payment::Authorized) = "payment.authorized",
        /// Part of it is held for an order.
        Held(payment::Held) = "payment.held",
        /// A hold was lowered.
        HoldLowered(payment::HoldLowered) = "payment.hold_lowered",
        /// A hold went back to the available amount.
        HoldVoided(payment::HoldVoided) = "payment.hold_voided",
        /// A hold was captured.
        Captured(payment::Captured) = "payment.captured",
        /// What was available was given back to the customer's card.
        Voided(payment::Voided) = "payment.voided",
    }
}

events! {
    /// What happens to a basket.
    Basket BasketEvent {
        /// The basket was made.
        Created(basket::Created) = "basket.created",
        /// The basket belongs to a customer.
        Claimed(basket::Claimed) = "basket.claimed",
        /// The quantity of a product was set.
        ItemSet(basket::ItemSet) = "basket.item_set",
        /// A product was taken out.
        ItemRemoved(basket::ItemRemoved) = "basket.item_removed",
        /// Everything was taken out.
        Cleared(basket::Cleared) = "basket.cleared",
        /// The basket became an order and is empty again.
        CheckedOut(basket::CheckedOut) = "basket.checked_out",
    }
}

events! {
    /// What happens to a customer.
    Customer CustomerEvent {
        /// The customer registered.
        Registered(customer::Registered) = "customer.registered",
    }
}

events! {
    /// What happens to the mall itself; its stream's id is the journal's.
    Mall MallEvent {
        /// The mall's clock was set: from here on its time passes at this speed.
        ClockSet(clock::ClockSet) = "mall.clock_set",
        /// A store or the bank behaves so from here on.
        PersonalitySet(personality::PersonalitySet) = "mall.personality_set",
        /// A store or the bank behaves as Plaza itself does from here on.
        PersonalityReset(personality::PersonalityReset) = "mall.personality_reset",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_start_with_their_stream() {
        let names = all_names();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            let (stream, _) = name.split_once('.').unwrap();
            assert!(StreamKind::parse(stream).is_some(), "{name} names no stream");
        }
    }
}
