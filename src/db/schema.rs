//! The tables, as diesel sees them; the SQL is in `migrations/`.
#![allow(missing_docs, reason = "columns are documented where they are made, in migrations/")]

diesel::table! {
    log (one) { one -> Integer, log_id -> Text, currency -> Text, created_at -> BigInt, }
}
// On PostgreSQL only.
diesel::table! {
    log_head (one) { one -> Integer, position -> BigInt, commits -> BigInt, epoch -> BigInt, }
}
diesel::table! {
    events (position) {
        position -> BigInt,
        stream -> Text,
        stream_id -> Text,
        version -> BigInt,
        name -> Text,
        payload -> Text,
        occurred_at -> BigInt,
        correlation_id -> Text,
        causation_id -> Text,
        hash -> Binary,
    }
}
diesel::table! {
    stores (id) {
        id -> Text,
        name -> Text,
        location -> Text,
        participating -> Bool,
        confirmation_delay_ms -> BigInt,
        fulfilment -> Text,
        archived -> Bool,
        version -> BigInt,
        created_at -> BigInt,
    }
}
diesel::table! {
    products (id) {
        id -> Text,
        store_id -> Text,
        sku -> Text,
        name -> Text,
        description -> Text,
        price -> BigInt,
        on_hand -> BigInt,
        reserved -> BigInt,
        archived -> Bool,
        version -> BigInt,
        created_at -> BigInt,
    }
}
diesel::table! {
    reservations (order_id, store_id) {
        order_id -> Text,
        store_id -> Text,
        lines -> Text,
        status -> Text,
    }
}
diesel::table! {
    customers (id) {
        id -> Text,
        name -> Text,
        phone -> Text,
        token_hash -> Binary,
        version -> BigInt,
        created_at -> BigInt,
    }
}
diesel::table! {
    payments (id) {
        id -> Text,
        customer_id -> Text,
        status -> Text,
        authorized -> BigInt,
        available -> BigInt,
        held -> BigInt,
        captured -> BigInt,
        refunded -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
    }
}
diesel::table! {
    holds (order_id) {
        order_id -> Text,
        payment_id -> Text,
        amount -> BigInt,
        status -> Text,
    }
}
diesel::table! {
    baskets (id) {
        id -> Text,
        customer_id -> Nullable<Text>,
        items -> Text,
        pieces -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}
diesel::table! {
    orders (id) {
        id -> Text,
        customer_id -> Text,
        payment_id -> Text,
        status -> Text,
        reasons -> Text,
        archived -> Bool,
        next_due_at -> Nullable<BigInt>,
        total -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        body -> Text,
    }
}
diesel::table! {
    order_stores (store_id, created_at, order_id) { store_id -> Text, created_at -> BigInt, order_id -> Text, }
}
diesel::table! {
    idempotency (key) {
        key -> Binary,
        request_hash -> Binary,
        status -> Integer,
        version -> Nullable<BigInt>,
        location -> Nullable<Text>,
        body -> Binary,
        created_at -> BigInt,
    }
}
diesel::table! {
    consumers (name) { name -> Text, position -> BigInt, }
}
diesel::table! {
    tokens (token_hash) {
        token_hash -> Binary,
        name -> Text,
        role -> Text,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}
diesel::allow_tables_to_appear_in_same_query!(products, stores, orders, order_stores, customers, payments, baskets);
