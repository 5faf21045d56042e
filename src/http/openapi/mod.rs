//! The OpenAPI 3.1 document: routes and types from the code, what routes have in common from the tables.
//!
//! The handlers say what is their own. Everything that follows from a rule is put in here: path parameters, the
//! `Idempotency-Key`, `If-Match` and `Prefer` headers, the role (`roles`), every problem (`problem`), an example for
//! every body (`examples`).

mod examples;
mod operation;
mod ordered;
mod refusals;
mod schemas;

use super::door::problem::{FieldError, Problem};
use super::door::reply::Answer;
use super::door::roles::Route;
use super::state::{HttpState, State};
use super::{
    asyncapi, audit, baskets, clock, customers, demo, events, health, metrics, orders, payments, personalities,
    products, shelf, simulations, sse, statistics, status, stores, tokens,
};
use crate::domain::money::Currency;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use operation::finish;
use ordered::Document;
use schemas::{describe_in_place, rename_lists, spell_out_texts};
use serde_json::{Value, json};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Plaza",
        description = "An event-driven mall: stores, baskets, payments, and orders that settle by timed confirmations. \
                       Errors are problems (RFC 9457). Walk through it from top to bottom: open a store, let it \
                       participate, put a product on the shelf, register, make a basket, authorize a payment, check out, \
                       watch the order, pay. The event stream is described in \
                       [/asyncapi.yaml](/asyncapi.yaml).",
        license(name = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "stores", description = "Open, edit and close stores."),
        (name = "products", description = "Shelves and the catalogue."),
        (name = "customers", description = "Registration."),
        (name = "baskets", description = "What a shopper wants."),
        (name = "payments", description = "Mock authorizations."),
        (name = "orders", description = "Submit, watch, pay, cancel."),
        (name = "events", description = "The journal as CloudEvents, listed and live."),
        (name = "clock", description = "The mall's own time."),
        (name = "personalities", description = "How stores and the bank behave: slow, silent, out."),
        (name = "simulations", description = "Ask the mall what would happen, in itself or beside it."),
        (name = "operation", description = "How the mall is."),
    ),
    paths(
        stores::create_store, stores::list_stores, stores::get_store, stores::edit_store, stores::archive_store,
        stores::join_mall, stores::leave_mall,
        shelf::create_product, shelf::list_store_products, shelf::archive_store_products,
        products::list_products, products::archive_products, products::get_product, products::edit_product,
        products::archive_product,
        customers::register_customer, customers::list_customers, customers::get_customer,
        baskets::create_basket, baskets::get_basket, baskets::set_basket_item, baskets::remove_basket_item,
        baskets::clear_basket, baskets::claim_basket, baskets::checkout_basket,
        payments::authorize_payment, payments::list_payments, payments::get_payment, payments::void_payment,
        orders::place_order, orders::list_orders, orders::archive_orders, orders::get_order, orders::cancel_order,
        orders::pay_order,
        events::list_order_events, events::list_events, sse::stream_events,
        clock::get_clock, clock::set_clock, clock::advance_clock, clock::stop_clock,
        personalities::get_store_personality, personalities::set_store_personality,
        personalities::reset_store_personality, personalities::get_bank_personality,
        personalities::set_bank_personality, personalities::reset_bank_personality,
        personalities::list_personalities, personalities::reset_personalities, personalities::add_outage,
        simulations::list_scenarios, simulations::start_simulation, simulations::list_simulations,
        simulations::get_simulation, simulations::stream_simulation, simulations::steer_simulation,
        simulations::stop_simulation, simulations::get_report, simulations::get_report_json,
        simulations::get_scenario, simulations::compare_simulations,
        audit::get_audit, status::get_status, statistics::get_statistics, demo::fill_mall,
        tokens::list_tokens, tokens::create_token, tokens::revoke_token, tokens::who_am_i,
        health::livez, health::healthz, health::readyz, metrics::metrics, get_openapi,
        asyncapi::get_asyncapi,
    ),
    components(schemas(Problem, FieldError))
)]
struct Api;

/// The document, indented JSON with sorted keys, so that two builds of one source agree to the byte; its operations in the
/// order of the table of routes, which is the order people go through them.
///
/// # Panics
/// Never: the document is JSON from the start.
#[must_use]
pub fn document() -> String {
    serde_json::to_string_pretty(&Document(complete())).expect("the document holds only JSON")
}

/// The document with the examples in a mall's currency, so that they are taken as they stand.
fn document_in(currency: Currency) -> String {
    document().replace("EUR", currency.as_str())
}

/// The document of this mall; made at the start, for it takes a while.
pub(super) fn prepared(state: &HttpState) -> &web::Bytes {
    state.document.get_or_init(|| document_in(state.mall.currency()).into())
}

/// Get this document (`OpenAPI` 3.1).
#[utoipa::path(get, path = "/openapi.json", operation_id = "document", tag = "operation", responses((status = 200, body = Object)))]
pub(super) async fn get_openapi(state: State) -> Answer {
    let document = prepared(&state);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(document.clone()))
}

fn complete() -> Value {
    let mut document = serde_json::to_value(Api::openapi()).expect("the document holds only JSON");
    rename_lists(&mut document);
    describe_in_place(&mut document);
    spell_out_texts(&mut document["components"]["schemas"]);
    document["components"]["securitySchemes"] = json!({"bearer": {
        "type": "http", "scheme": "bearer",
        "description": "The token of an administrator or a reader, or the access token of a customer. Needed only once \
                        the mall has a token of the staff (`plaza token create`, or `PLAZA_ADMIN_TOKEN`)."
    }});
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, methods) in paths {
            for (method, operation) in methods.as_object_mut().into_iter().flatten() {
                if let Some(route) = Route::find(&method.to_uppercase(), path) {
                    finish(route, operation);
                }
            }
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::door::roles::ROUTES;
    use std::collections::BTreeSet;

    fn operations(document: &Value) -> Vec<(String, String, &Value)> {
        let mut all = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                all.push((method.to_uppercase(), path.clone(), operation));
            }
        }
        all
    }

    #[test]
    fn the_document_and_the_table_of_routes_agree() {
        let document = complete();
        let documented: BTreeSet<_> =
            operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
        let table: BTreeSet<_> = ROUTES
            .iter()
            .filter(|route| !route.path.starts_with("/swagger"))
            .map(|route| (route.method.to_owned(), route.path.to_owned()))
            .collect();
        assert_eq!(documented, table);
    }

    #[test]
    fn every_operation_has_a_name_a_summary_and_an_example_for_every_body() {
        let document = complete();
        let mut names = BTreeSet::new();
        for (method, path, operation) in operations(&document) {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}");
            let bodies = operation["responses"].as_object().unwrap().values().chain(operation.get("requestBody"));
            for media in bodies.filter_map(|body| body["content"].as_object()).flatten() {
                if path != "/openapi.json" {
                    let shown = media.1.get("example").or(media.1.get("examples"));
                    assert!(shown.is_some(), "{method} {path} {} has no example", media.0);
                }
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = complete();
        let text = document.to_string();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name} is missing");
        }
    }

    /// `UPDATE_OPENAPI=1 cargo test openapi` writes the committed copy anew.
    #[test]
    fn the_committed_document_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
        let fresh = document() + "\n";
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            std::fs::write(path, &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == fresh, "run UPDATE_OPENAPI=1 cargo test openapi");
    }
}
