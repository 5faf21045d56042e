//! The tables, each declared once: diesel's view of it and the type of its rows. The SQL is in `migrations/`.
//!
//! In an export the names of fields are those of the columns, in this order, and bytes are written in hexadecimal.
#![allow(missing_docs, reason = "columns are documented where they are made, in migrations/")]

pub mod column;
pub mod declare;
pub mod hex;
pub mod kept;
pub mod shape;

use declare::stored;

/// The time in a row of an export that says none.
pub const NOT_SAID: i64 = i64::MIN;

const fn not_said() -> i64 {
    NOT_SAID
}

stored! {
    /// What the journal is.
    log LogRow by (one) {
        one: Integer,
        log_id: Text,
        currency: Text,
        created_at: BigInt,
        #[serde(skip)]
        seal: Nullable<Binary>,
    }
}
diesel::table! {
    // On PostgreSQL only.
    log_head (one) { one -> Integer, position -> BigInt, commits -> BigInt, epoch -> BigInt, }
}
stored! {
    /// An event of the journal.
    events EventRow by (position) {
        position: BigInt,
        stream: Text,
        stream_id: Text,
        version: BigInt,
        name: Text,
        payload: Text,
        occurred_at: BigInt,
        correlation_id: Text,
        causation_id: Text,
        #[serde(with = "hex")]
        hash: Binary,
    }
}
stored! {
    /// A store.
    stores StoreRow by (id), upsert {
        id: Text,
        name: Text => changes,
        location: Text => changes,
        participating: Bool => changes,
        confirmation_delay_ms: BigInt => changes,
        fulfilment: Text => changes,
        closing: Bool => changes,
        archived: Bool => changes,
        version: BigInt => changes,
        created_at: BigInt,
    }
}
stored! {
    /// A product.
    products ProductRow by (id), upsert {
        id: Text,
        store_id: Text,
        sku: Text => changes,
        name: Text => changes,
        description: Text => changes,
        price: BigInt => changes,
        on_hand: BigInt => changes,
        reserved: BigInt => changes,
        archived: Bool => changes,
        version: BigInt => changes,
        created_at: BigInt,
    }
}
stored! {
    /// A reservation at a store.
    reservations ReservationRow by (order_id, store_id), upsert {
        order_id: Text,
        store_id: Text,
        lines: Text,
        status: Text => changes,
    }
}
stored! {
    /// A customer, with the hash of its access token.
    customers CustomerRow by (id) {
        id: Text,
        name: Text,
        phone: Text,
        #[serde(with = "hex")]
        token_hash: Binary,
        version: BigInt,
        created_at: BigInt,
        #[serde(skip)]
        seal: Nullable<Binary>,
    }
}
stored! {
    /// An authorization.
    payments PaymentRow by (id), upsert {
        id: Text,
        customer_id: Text,
        status: Text => changes,
        authorized: BigInt => changes,
        available: BigInt => changes,
        held: BigInt => changes,
        captured: BigInt => changes,
        refunded: BigInt => changes,
        version: BigInt => changes,
        created_at: BigInt,
    }
}
stored! {
    /// A hold on an authorization.
    holds HoldRow by (order_id), upsert {
        order_id: Text,
        payment_id: Text,
        amount: BigInt => changes,
        status: Text => changes,
    }
}
stored! {
    /// A basket.
    baskets BasketRow by (id), upsert {
        id: Text,
        customer_id: Nullable<Text> => changes,
        items: Text => changes,
        pieces: BigInt => changes,
        version: BigInt => changes,
        created_at: BigInt,
        updated_at: BigInt => changes,
    }
}
stored! {
    /// An order.
    orders OrderRow by (id), update {
        id: Text,
        customer_id: Text,
        payment_id: Text,
        status: Text => changes,
        reasons: Text => changes,
        archived: Bool => changes,
        next_due_at: Nullable<BigInt> => changes,
        total: BigInt => changes,
        version: BigInt => changes,
        created_at: BigInt,
        updated_at: BigInt => changes,
        body: Text => changes,
    }
}
stored! {
    /// A store an order asked, and when; the oldest format of exports leaves that to the order.
    order_stores OrderStoreRow by (store_id, created_at, order_id) {
        store_id: Text,
        #[serde(default = "not_said")]
        created_at: BigInt,
        order_id: Text,
    }
}
stored! {
    /// A remembered reply.
    idempotency ReplyRow by (key) {
        #[serde(with = "hex")]
        key: Binary,
        #[serde(with = "hex")]
        request_hash: Binary,
        status: Integer,
        version: Nullable<BigInt>,
        location: Nullable<Text>,
        #[serde(with = "hex")]
        body: Binary,
        created_at: BigInt,
        #[serde(skip)]
        seal: Nullable<Binary>,
    }
}
stored! {
    /// How far a consumer of the journal is.
    consumers ConsumerRow by (name), upsert {
        name: Text,
        position: BigInt => changes,
        #[serde(skip)]
        seal: Nullable<Binary> => changes,
    }
}
stored! {
    /// A token of the staff.
    tokens TokenRow by (token_hash), upsert {
        #[serde(with = "hex")]
        token_hash: Binary,
        name: Text,
        role: Text,
        created_at: BigInt,
        revoked_at: Nullable<BigInt> => changes,
        #[serde(skip)]
        seal: Nullable<Binary> => changes,
    }
}
stored! {
    /// What was counted of orders in a span of time.
    statistics StatisticsRow by (step_s, slot), upsert {
        step_s: BigInt,
        slot: BigInt,
        at_s: BigInt => changes,
        counts: Text => changes,
        #[serde(skip)]
        seal: Nullable<Binary> => changes,
    }
}
diesel::allow_tables_to_appear_in_same_query!(products, stores, orders, order_stores, customers, payments, baskets);
