//! The words of the API: statuses, reasons and choices, each a string out of a fixed set.

use super::fields::word;
use crate::domain::{order, participant, payment, personality};
use crate::ports::changes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! api_words {
    ($($(#[doc = $doc:literal])* $name:ident = $domain:ty, $all:expr;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $name(pub $domain);

            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.0.as_str())
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    word(deserializer, $all, <$domain>::as_str).map(Self)
                }
            }

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let all: &[$domain] = $all;
                    let words = all.iter().map(|value| value.as_str());
                    let doc = [$($doc),*].concat();
                    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).description(Some(doc.trim())).into()
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    Cow::Borrowed(stringify!($name))
                }
            }
        )*
    };
}

api_words! {
    /// Where in its life an order is.
    OrderStatus = order::OrderStatus, order::OrderStatus::ALL;
    /// How far the bank is with an order.
    OrderPaymentStatus = order::OrderPaymentStatus, order::OrderPaymentStatus::ALL;
    /// How far a store is with its part of an order.
    DeliveryStatus = order::DeliveryStatus, order::DeliveryStatus::ALL;
    /// How far undoing is.
    Compensation = order::Compensation, order::Compensation::ALL;
    /// Why an order was rejected.
    Reason = order::Reason, order::Reason::ALL;
    /// What shall happen when a store cannot serve an order.
    ShortagePolicy = order::OnShortage, order::OnShortage::ALL;
    /// What a person may do with an order.
    OrderAction = order::OrderAction, order::OrderAction::ALL;
    /// Who confirms for a store: Plaza itself, or an outside service.
    Fulfilment = participant::Fulfilment, &[participant::Fulfilment::Internal, participant::Fulfilment::External];
    /// What becomes of the answers a participant owes while it is out: they wait for its end, are refusals, or never come.
    OutageMode = personality::OutageMode, personality::OutageMode::ALL;
    /// Why a participant refuses by its personality.
    Refusal = personality::Refusal, personality::Refusal::ALL;
    /// What the holder of a token of the staff may do.
    TokenRole = changes::TokenRole, &[changes::TokenRole::Admin, changes::TokenRole::Reader];
    /// Whether an authorization can be drawn on.
    PaymentStatus = payment::PaymentStatus, &[payment::PaymentStatus::Authorized, payment::PaymentStatus::Voided];
}
