//! One example for every body of the API, by the name of its schema. The same shopper runs through all of them.

use crate::http::{order_body, product_body};
use serde_json::{Value, json};

const STORE: &str = "019ab3c0-5c1e-7d40-9a52-3f6f0b1d2a10";
const PRODUCT: &str = "019ab3c0-7a90-7b61-8c33-5b1f2c3d4e20";
const CUSTOMER: &str = "019ab3c1-0f3a-7e52-b1c4-6a7b8c9d0e30";
const BASKET: &str = "019ab3c1-2b4c-7c73-a5d6-7e8f9a0b1c40";
const PAYMENT: &str = "019ab3c1-4d5e-7f84-9b17-8c9d0e1f2a50";
const ORDER: &str = "019ab3c1-6f70-7a95-8d28-9e0f1a2b3c60";
const SIMULATION: &str = "019ab3c2-1122-7334-8455-66778899aab0";
const LOG: &str = "7d2f6c1e-3b84-4a59-9c0d-1e2f3a4b5c6d";

fn eur(amount_minor: i64) -> Value {
    json!({"amount_minor": amount_minor, "currency": "EUR"})
}

/// The example of the body with this schema.
#[must_use]
pub fn of(schema: &str) -> Option<Value> {
    if let Some(item) = schema.strip_suffix("List") {
        return of(item).map(|item| json!({"items": [item], "next_cursor": null}));
    }
    request(schema).or_else(|| resource(schema)).or_else(|| operation(schema))
}

fn request(schema: &str) -> Option<Value> {
    Some(match schema {
        "NewStore" => json!({"name": "Bean & Leaf", "location": "Ground floor, A1", "confirmation_delay_ms": 3000}),
        "EditStore" => json!({"name": "Bean & Leaf Roastery"}),
        "NewProduct" => json!({
            "name": "Espresso Notturno 250 g", "description": "Dark roast, whole beans.", "sku": "BL-ESP-250",
            "price": eur(890), "stock": 120
        }),
        "EditProduct" => json!({"price": eur(790), "stock": 0}),
        "Ids" => json!({"ids": [PRODUCT]}),
        "NewCustomer" => json!({"name": "Ana Martins", "phone": "+351 912 345 678"}),
        "ItemQuantity" => json!({"quantity": 2}),
        "BasketOwner" => json!({"customer_id": CUSTOMER}),
        "Checkout" => json!({"customer_id": CUSTOMER, "payment_id": PAYMENT, "on_shortage": "reject_all"}),
        "NewPayment" => json!({"customer_id": CUSTOMER, "amount": eur(5000)}),
        "NewOrder" => json!({
            "customer_id": CUSTOMER, "payment_id": PAYMENT,
            "items": [{"product_id": PRODUCT, "quantity": 2}], "on_shortage": "reject_all"
        }),
        "NewOutage" => json!({"participant": {"kind": "bank"}, "for": "10m", "mode": "hold"}),
        "NewSimulation" => {
            json!({"scenario": "bank-outage", "mode": "virtual", "seed": 7, "set": {"arrivals.rate": 4}})
        }
        "SteerSimulation" => json!({"rate": 8.0, "too_little_money": 0.1}),
        "NewToken" => json!({"name": "prometheus", "role": "reader"}),
        "CancelOrder" => json!({"reason": "changed my mind"}),
        _ => return None,
    })
}

/// The personality of a store that has bad days.
fn personality() -> Value {
    json!({
        "delay": {"distribution": "lognormal", "median_ms": 4000, "p99_ms": 20000, "min_ms": 200, "max_ms": 120_000},
        "refuse": {"share": 0.02, "reason": "SERVICE_FAILED"}, "silent": {"share": 0.005},
        "lose_answer": {"share": 0.01}, "repeat_answer": {"share": 0.02},
        "outages": [{"from": "2026-11-22T10:00:00.000000Z", "until": "2026-11-22T10:10:00.000000Z", "mode": "hold"}],
        "seed": 7
    })
}

fn resource(schema: &str) -> Option<Value> {
    Some(match schema {
        "Personality" => personality(),
        "Simulation" => json!({
            "id": SIMULATION, "name": "bank-outage", "title": "What does a bank that is out for ten minutes cost?",
            "mode": "virtual", "from_this_mall": false, "status": "passed", "progress": 1.0,
            "started_at": "2026-11-22T10:00:00.000000Z", "ended_at": "2026-11-22T10:00:05.000000Z", "seed": 7,
            "replications": null, "set": {"arrivals.rate": 4},
            "steered": [{"at": "2026-11-22T10:00:02.000000Z", "rate": 8.0, "too_little_money": null, "arrivals_paused": null}],
            "thresholds": [{"expression": "lost == 0", "part": "always", "value": 0.0, "holds": true}],
            "totals": {
                "offered": 14_400, "started": 14_400, "dropped": 0, "errors": 12, "submitted": 14_388, "settled": 14_388,
                "accepted": 13_511, "refused": 877, "rejected": {"NOT_ENOUGH_MONEY": 428, "CONFIRMATION_TIMEOUT": 449},
                "cancelled": 561, "expired": 640, "delivered": 12_310, "pending": 0, "lost": 0, "duplicated": 0,
                "violations": 0
            },
            "hash": "384620f5f4adf6f303a80de157801955f6b680dc311ab49e362b1e4d0692eedb", "answers": [], "said": [],
            "has_report": true
        }),
        "Comparison" => json!({
            "with": SIMULATION, "scenario": "bank-outage", "started_at": "2026-11-22T10:00:00.000000Z",
            "figures": [{"name": "accepted.share", "was": 0.939, "is": 0.951, "half_width": null, "more_than_noise": null}],
            "alone": ["rejected.OUT_OF_STOCK: only now"]
        }),
        "Statistics" => json!({
            "as_of": "2026-11-22T10:00:30.000000Z", "position": 4711, "step_ms": 60_000,
            "buckets": [{
                "at": "2026-11-22T10:00:00.000000Z", "submitted": 12, "accepted": 9, "rejected": 1, "cancelled": 1,
                "expired": 0, "delivered": 8, "rejected_by": {"OUT_OF_STOCK": 1}
            }],
            "now": {"pending": 1, "accepted": 1, "paid": 0},
            "total": {
                "submitted": 500, "accepted": 460, "rejected": 25, "cancelled": 14, "expired": 20, "delivered": 425,
                "rejected_by": {"OUT_OF_STOCK": 15, "NOT_ENOUGH_MONEY": 11}
            }
        }),
        "SimulationReport" => json!({
            "schema": 1, "scenario": "smoke", "mode": "virtual", "started_at": "2026-11-22T10:00:00.000000Z",
            "verdict": "passed", "totals": {"offered": 120, "submitted": 119, "delivered": 104},
            "latency_ms": {"lateness": {"count": 117, "p50": 3.1, "p99": 14.6}},
            "thresholds": [{"expression": "lost == 0", "part": "always", "limit": 0.0, "value": 0.0, "holds": true}]
        }),
        "ShippedScenario" => json!({
            "name": "smoke", "title": "Does a minute of shopping leave everything in order?",
            "toml": "schema = 1\nname = \"smoke\"\nduration = \"1m\"\n", "duration_s": 60, "rate": 2.0, "experiment": false,
            "crashes": false,
            "parameters": [{"key": "arrivals.rate", "value": 2.0, "min": 0.001, "max": 1_000_000.0}]
        }),
        "ParticipantPersonality" => json!({
            "participant": {"kind": "store", "id": STORE}, "personality": personality(),
            "set_at": "2026-11-22T09:59:00.000000Z", "version": 4
        }),
        "Store" => json!({
            "id": STORE, "name": "Bean & Leaf", "location": "Ground floor, A1", "participating": true,
            "confirmation_delay_ms": 3000, "fulfilment": "internal", "product_count": 7, "version": 9,
            "created_at": "2026-11-22T10:00:00.000000Z"
        }),
        "Product" => json!({
            "id": PRODUCT, "store_id": STORE, "store_name": "Bean & Leaf", "sku": "BL-ESP-250",
            "name": "Espresso Notturno 250 g", "description": "Dark roast, whole beans.", "price": eur(890),
            "stock": 118, "reserved": 2, "version": 2, "created_at": "2026-11-22T10:00:01.000000Z"
        }),
        "Customer" => json!({
            "id": CUSTOMER, "name": "Ana Martins", "phone": "+351 912 345 678",
            "created_at": "2026-11-22T10:01:00.000000Z"
        }),
        "RegisteredCustomer" => json!({
            "id": CUSTOMER, "name": "Ana Martins", "phone": "+351 912 345 678",
            "created_at": "2026-11-22T10:01:00.000000Z",
            "access_token": "plz_cus_0000000000000000000000000000000000000000000000000000000000000000"
        }),
        "CustomerSummary" => json!({
            "id": CUSTOMER, "name": "Ana Martins", "phone": "+351 912 345 678",
            "created_at": "2026-11-22T10:01:00.000000Z", "basket_size": 2, "authorized": eur(5000),
            "held": eur(1780), "captured": eur(0), "order_count": 1, "last_activity_at": "2026-11-22T10:02:00.000000Z"
        }),
        "Basket" => json!({
            "id": BASKET, "customer_id": CUSTOMER, "items": [{
                "product_id": PRODUCT, "store_id": STORE, "store_name": "Bean & Leaf",
                "product_name": "Espresso Notturno 250 g", "unit_price": eur(890), "quantity": 2,
                "line_total": eur(1780), "available": 120
            }], "total": eur(1780), "version": 2
        }),
        "Payment" => json!({
            "id": PAYMENT, "customer_id": CUSTOMER, "status": "authorized", "authorized": eur(5000),
            "available": eur(3220), "held": eur(1780), "captured": eur(0), "refunded": eur(0), "version": 2,
            "created_at": "2026-11-22T10:01:30.000000Z"
        }),
        "Order" => order(),
        "Event" => json!({
            "specversion": "1.0", "id": format!("{LOG}-42"), "source": format!("/plaza/{LOG}"),
            "type": "plaza.order.store_confirmed.v1", "subject": format!("order/{ORDER}"),
            "time": "2026-11-22T10:02:03.000000Z", "datacontenttype": "application/json", "sequence": "42",
            "streamversion": 2, "correlationid": ORDER, "causationid": format!("{ORDER}@1"),
            "data": {"store_id": STORE}
        }),
        _ => return None,
    })
}

fn order() -> Value {
    json!({
        "id": ORDER, "customer_id": CUSTOMER, "payment_id": PAYMENT, "status": "accepted",
        "payment_status": "confirmed", "delivery_status": "confirmed", "compensation": "none",
        "on_shortage": "reject_all", "reasons": [],
        "stores": [{
            "store_id": STORE, "store_name": "Bean & Leaf", "status": "confirmed",
            "due_at": "2026-11-22T10:02:03.000000Z"
        }],
        "payment_due_at": "2026-11-22T10:02:05.000000Z",
        "items": [{
            "product_id": PRODUCT, "store_id": STORE, "store_name": "Bean & Leaf", "sku": "BL-ESP-250",
            "product_name": "Espresso Notturno 250 g", "unit_price": eur(890), "quantity": 2, "line_total": eur(1780)
        }],
        "total": eur(1780), "pay_by": "2026-11-22T10:32:05.000000Z", "cancelled_by": null, "cancel_reason": null,
        "allowed_actions": ["pay", "cancel"], "archived": false, "version": 4,
        "created_at": "2026-11-22T10:02:00.000000Z", "updated_at": "2026-11-22T10:02:05.000000Z"
    })
}

fn operation(schema: &str) -> Option<Value> {
    Some(match schema {
        "Archived" => json!({"archived": 1}),
        "SetClock" => json!({"speed": 10}),
        "Advance" => json!({"by": "10m"}),
        "Clock" => json!({
            "now": "2026-11-22T10:02:10.000000Z", "wall": "2026-11-22T10:02:10.000000Z", "offset_ms": 0, "speed": 1,
            "status": "running", "target": null, "next_due_at": "2026-11-22T10:32:05.000000Z", "pending_timers": 1,
            "position": 1042, "stalled": null, "version": 0
        }),
        "DemoResult" => json!({"stores": 6, "products": 41}),
        "Token" => json!({
            "name": "prometheus", "role": "reader", "created_at": "2026-11-26T10:00:00.000000Z", "revoked_at": null
        }),
        "MadeToken" => json!({
            "name": "prometheus", "role": "reader", "created_at": "2026-11-26T10:00:00.000000Z",
            "token": "plz_rdr_0000000000000000000000000000000000000000000000000000000000000000"
        }),
        "WhoAmI" => json!({"closed": true, "role": "reader", "name": "prometheus", "customer_id": null}),
        "Health" => json!({"status": "ok"}),
        "Audit" => json!({
            "ok": true, "position": 1042, "checked_at": "2026-11-22T10:05:00.000000Z", "took_ms": 12,
            "invariants": [{
                "id": "I1", "name": "on hand is never less than reserved", "ok": true, "checked": 41, "violations": []
            }]
        }),
        "Status" => json!({
            "mode": {"database": "sqlite", "bus": "in_process"}, "version": "0.1.0", "uptime_ms": 300_000,
            "started_at": "2026-11-22T10:00:00.000000Z", "clock": {"ahead_of_wall_ms": 0, "last_step_ms": null, "speed": 1},
            "currency": "EUR", "head_position": 1042,
            "bus": {
                "kind": "in_process", "state": "ok", "lag": 0, "relayed_position": 1042, "refilled_total": 0, "durable": true
            },
            "actors": {"stores": 6, "baskets": 1, "payments": 1, "orders": 1},
            "pending_sagas": 1, "timers": 1, "timers_late_ms": 0, "silent": 0,
            "queue": {"writer_depth": 0, "admitted": 0, "admission_limit": 4096},
            "settle_lateness_ms": {"p50": 2.0, "p99": 8.0, "max": 11.2},
            "orders": {
                "pending": 0, "accepted": 1, "paid": 0, "delivered": 12, "rejected": 2, "cancelled": 1, "expired": 0
            },
            "settings": {
                "payment_delay_ms": 5000, "store_delay_ms": 15000, "shipping_delay_ms": 0,
                "pay_deadline_ms": 1_800_000, "grace_ms": 30000, "speed": 1
            }
        }),
        _ => return None,
    })
}

/// The example of a body that is not JSON.
#[must_use]
pub fn of_text(content_type: &str) -> Option<&'static str> {
    Some(match content_type {
        "text/event-stream" => "retry: 1000\n\nid: 42\ndata: {\"specversion\":\"1.0\",\"sequence\":\"42\"}\n\n",
        "application/openmetrics-text" => "# TYPE plaza_events counter\nplaza_events_total 1042\n# EOF\n",
        "text/plain" => "# TYPE plaza_events_total counter\nplaza_events_total 1042\n",
        "text/html" => {
            "<!DOCTYPE html><html lang=\"en\"><head><title>Does a minute of shopping leave everything in order?</title>"
        }
        "application/toml" => "schema = 1\nname = \"smoke\"\nduration = \"1m\"\n",
        "application/yaml" => "asyncapi: 3.0.0\ninfo:\n  title: Plaza\n",
        _ => return None,
    })
}

/// The example in the document: the heading of that route's list, and a row.
#[must_use]
pub fn of_csv(path: &str) -> String {
    if path.ends_with("/products") {
        [product_body::COLUMNS, PRODUCT_ROW].concat()
    } else {
        [order_body::COLUMNS, ORDER_ROW].concat()
    }
}

const PRODUCT_ROW: &str = "019ab3c1-6f70-7a95-8d28-9e0f1a2b3c20,019ab3c1-6f70-7a95-8d28-9e0f1a2b3c10,\"Quay Street Tea\",\
                       \"TEA-1\",\"Breakfast Blend\",\"250 g, loose\",1250,EUR,40,2,3,2026-11-22T10:00:00Z\r\n";
const ORDER_ROW: &str = "019ab3c1-6f70-7a95-8d28-9e0f1a2b3c60,2026-11-22T10:02:00Z,2026-11-22T10:02:20Z,accepted,authorized,\
                     not_started,none,,019ab3c1-6f70-7a95-8d28-9e0f1a2b3c30,019ab3c1-6f70-7a95-8d28-9e0f1a2b3c50,2500,EUR,\
                     2,\"2 x Breakfast Blend\",2026-11-22T10:32:20Z,7\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_have_a_cell_for_every_column() {
        for path in ["/api/v1/products", "/api/v1/orders"] {
            let example = of_csv(path);
            let cells: Vec<usize> =
                example.lines().map(|line| line.replace(", loose", "").split(',').count()).collect();
            assert!(cells.len() == 2 && cells[0] == cells[1], "{example}");
        }
    }
}
