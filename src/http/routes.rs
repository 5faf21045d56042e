//! Which handler serves which route.

use super::middleware::{Boundary, RequestSpan};
use super::{HttpState, State};
use super::{
    asyncapi, auth, baskets, customers, demo, events, orders, payments, products, sse, status, stores, swagger, ui,
};
use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::{Condition, from_fn};
use actix_web::web::{self, ServiceConfig, delete, patch, post, put, resource};
use actix_web::{App, Error, Route, guard};
use tracing_actix_web::TracingLogger;

/// The application: every route, behind what every request passes.
pub fn app(
    state: &State,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let has_cors = !state.settings.cors_origins.is_empty();
    App::new()
        .app_data(state.clone())
        .configure(configure)
        .default_service(web::to(ui::fallback))
        .wrap(Condition::new(state.asks_who(), from_fn(auth::authorize)))
        .wrap(Boundary::new(state.clone()))
        .wrap(Condition::new(has_cors, cors(state)))
        .wrap(TracingLogger::<RequestSpan>::new())
}

fn cors(state: &HttpState) -> Cors {
    let own = [header::ETAG, header::LOCATION, header::RETRY_AFTER, HeaderName::from_static("x-request-id")];
    let origins = state.settings.cors_origins.iter();
    origins
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
        .allow_any_method()
        .allow_any_header()
        .expose_headers(own)
        .max_age(3_600)
}

/// GET, and HEAD with it (RFC 9110, 9.3.2): actix-web leaves the body out.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

#[rustfmt::skip]
fn configure(app: &mut ServiceConfig) {
    app.service(resource("/api/v1/stores")
            .route(post().to(stores::create_store)).route(get().to(stores::list_stores)))
        .service(resource("/api/v1/stores/{id}")
            .route(get().to(stores::get_store)).route(patch().to(stores::edit_store))
            .route(delete().to(stores::archive_store)))
        .service(resource("/api/v1/stores/{id}/participation")
            .route(put().to(stores::join_mall)).route(delete().to(stores::leave_mall)))
        .service(resource("/api/v1/stores/{id}/products")
            .route(post().to(products::create_product)).route(get().to(products::list_store_products))
            .route(delete().to(products::archive_store_products)))
        .service(resource("/api/v1/products").route(get().to(products::list_products)))
        .service(resource("/api/v1/products/archive").route(post().to(products::archive_products)))
        .service(resource("/api/v1/products/{id}")
            .route(get().to(products::get_product)).route(patch().to(products::edit_product))
            .route(delete().to(products::archive_product)))
        .service(resource("/api/v1/customers")
            .route(post().to(customers::register_customer)).route(get().to(customers::list_customers)))
        .service(resource("/api/v1/customers/{id}").route(get().to(customers::get_customer)))
        .service(resource("/api/v1/baskets").route(post().to(baskets::create_basket)))
        .service(resource("/api/v1/baskets/{id}").route(get().to(baskets::get_basket)))
        .service(resource("/api/v1/baskets/{id}/items").route(delete().to(baskets::clear_basket)))
        .service(resource("/api/v1/baskets/{id}/items/{product_id}")
            .route(put().to(baskets::set_basket_item)).route(delete().to(baskets::remove_basket_item)))
        .service(resource("/api/v1/baskets/{id}/customer").route(put().to(baskets::claim_basket)))
        .service(resource("/api/v1/baskets/{id}/checkout").route(post().to(baskets::checkout_basket)))
        .service(resource("/api/v1/payments")
            .route(post().to(payments::authorize_payment)).route(get().to(payments::list_payments)))
        .service(resource("/api/v1/payments/{id}").route(get().to(payments::get_payment)))
        .service(resource("/api/v1/payments/{id}/void").route(post().to(payments::void_payment)))
        .service(resource("/api/v1/orders")
            .route(post().to(orders::place_order)).route(get().to(orders::list_orders)))
        .service(resource("/api/v1/orders/archive").route(post().to(orders::archive_orders)))
        .service(resource("/api/v1/orders/{id}").route(get().to(orders::get_order)))
        .service(resource("/api/v1/orders/{id}/cancel").route(post().to(orders::cancel_order)))
        .service(resource("/api/v1/orders/{id}/pay").route(post().to(orders::pay_order)))
        .service(resource("/api/v1/orders/{id}/events").route(get().to(events::list_order_events)))
        .service(resource("/api/v1/events").route(get().to(events::list_events)))
        .service(resource("/api/v1/events/stream").route(get().to(sse::stream_events)))
        .service(resource("/api/v1/audit").route(get().to(status::get_audit)))
        .service(resource("/api/v1/status").route(get().to(status::get_status)))
        .service(resource("/api/v1/demo").route(post().to(demo::fill_mall)))
        .service(resource("/livez").route(get().to(status::livez)))
        .service(resource("/readyz").route(get().to(status::readyz)))
        .service(resource("/metrics").route(get().to(status::metrics)))
        .service(resource("/openapi.json").route(get().to(swagger::document)))
        .service(resource("/asyncapi.yaml").route(get().to(asyncapi::get_asyncapi)))
        .service(resource("/swagger").route(get().to(swagger::redirect)))
        .service(resource("/swagger/{file:.*}").route(get().to(swagger::file)));
}
