//! What a load needs of a mall: stores, products, customers with enough money, and prepared orders.

use crate::client::{Connection, Target};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// Minor units each customer may spend: enough for every order of any run.
const POCKET: u64 = 1_000_000_000_000;

/// What to set up.
pub struct Stocking {
    /// Stores; orders are spread over them.
    pub stores: usize,
    /// Products of each store.
    pub products: usize,
    /// Customers, each with one authorization that many orders draw on.
    pub customers: usize,
    /// Confirmation delay of the stores, milliseconds.
    pub delay_ms: u64,
}

/// Sets a mall up and answers the bodies of orders, for every customer, with one line or two, at one store or two.
pub async fn stock_up(conn: &mut Connection, target: &Target, stocking: &Stocking) -> Result<Vec<String>> {
    let currency = get(conn, target, "/api/v1/status").await?;
    let currency = currency["currency"].as_str().unwrap_or("EUR").to_owned();
    let money = |amount: u64| json!({"amount_minor": amount, "currency": currency});
    let mut products = Vec::new();
    for number in 0..stocking.stores {
        let store = json!({"name": format!("Load store {number}"), "location": "Load",
            "confirmation_delay_ms": stocking.delay_ms});
        let store = id(&post(conn, target, "/api/v1/stores", &store).await?)?;
        let participation = target.request("PUT", &format!("/api/v1/stores/{store}/participation"), "", "");
        conn.send(&participation).await?.json()?;
        for number in 0..stocking.products {
            let product =
                json!({"name": format!("Thing {number}"), "price": money(100 + number as u64), "stock": 1_000_000_000});
            products.push(id(&post(conn, target, &format!("/api/v1/stores/{store}/products"), &product).await?)?);
        }
    }
    let mut orders = Vec::new();
    for number in 0..stocking.customers {
        let customer = json!({"name": format!("Load {number}"), "phone": "+1 555"});
        let customer = id(&post(conn, target, "/api/v1/customers", &customer).await?)?;
        let payment = json!({"customer_id": customer, "amount": money(POCKET)});
        let payment = id(&post(conn, target, "/api/v1/payments", &payment).await?)?;
        for (turn, first) in products.iter().enumerate() {
            // Every fourth order has a second line, of the next store.
            let second = products[(turn + stocking.products) % products.len()].as_str();
            let mut items = vec![json!({"product_id": first, "quantity": 1})];
            if turn % 4 == 3 && second != first {
                items.push(json!({"product_id": second, "quantity": 1}));
            }
            orders.push(json!({"customer_id": customer, "payment_id": payment, "items": items}).to_string());
        }
    }
    Ok(mixed(&orders))
}

/// The bodies in a sequence that jumps between customers and stores, the same in every run.
fn mixed(orders: &[String]) -> Vec<String> {
    let count = orders.len();
    // Coprime to every count that is not its multiple.
    let stride = 7_919;
    let stride = if count.is_multiple_of(stride) { 1 } else { stride };
    (0..count).map(|turn| orders[turn * stride % count].clone()).collect()
}

async fn post(conn: &mut Connection, target: &Target, path: &str, body: &Value) -> Result<Value> {
    let request = target.request("POST", path, "", &body.to_string());
    conn.send(&request).await?.json().with_context(|| format!("POST {path}"))
}

/// Reads a resource.
pub async fn get(conn: &mut Connection, target: &Target, path: &str) -> Result<Value> {
    let request = target.request("GET", path, "", "");
    conn.send(&request).await?.json().with_context(|| format!("GET {path}"))
}

/// The id of what was made.
pub fn id(made: &Value) -> Result<String> {
    Ok(made["id"].as_str().context("an answer without an id")?.to_owned())
}
