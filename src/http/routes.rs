//! Which handler serves which route.

use super::door::auth;
use super::door::middleware::{Boundary, RequestSpan};
use super::door::payload::drain;
use super::door::roles::Route;
use super::door::timely::Timely;
use super::headers::{IDEMPOTENCY_REPLAYED, PREFERENCE_APPLIED, REQUEST_ID};
use super::state::{HttpState, State};
use super::{
    asyncapi, audit, baskets, clock, customers, demo, events, health, metrics, openapi, orders, payments,
    personalities, products, shelf, simulations, sse, statistics, status, stores, swagger, tokens, ui,
};
use actix_cors::Cors;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{AppService, HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{Condition, Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, Error, FromRequest, Handler, HttpResponse, Resource, Responder, guard};
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
        .wrap(Boundary::new(state.clone()))
        .wrap(Condition::new(has_cors, cors(state)))
        .wrap(TracingLogger::<RequestSpan>::new())
}

fn cors(state: &HttpState) -> Cors {
    let own = [
        header::ETAG,
        header::LOCATION,
        header::RETRY_AFTER,
        header::CONTENT_DISPOSITION,
        header::WWW_AUTHENTICATE,
        header::ACCEPT_ENCODING,
        header::ALLOW,
        IDEMPOTENCY_REPLAYED,
        PREFERENCE_APPLIED,
        REQUEST_ID,
    ];
    let origins = state.settings.cors_origins.iter();
    origins
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
        .allowed_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_any_header()
        .expose_headers(own)
        .max_age(3_600)
}

/// A path and the handlers of its methods. Each handler is served behind the role that the table has for it: a route
/// without a row in the table does not start, and nothing else of the application has handlers.
struct At {
    path: &'static str,
    resource: Resource,
    methods: Vec<&'static str>,
}

fn at(path: &'static str) -> At {
    At { path, resource: web::resource(path), methods: Vec::new() }
}

impl At {
    fn on<F, Args>(mut self, method: &Method, handler: F) -> Self
    where
        F: Handler<Args>,
        F::Future: 'static,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let path = self.path;
        let row = Route::find(method.as_str(), path);
        let row = row.unwrap_or_else(|| panic!("{method} {path} has no row in the table of routes"));
        let guarded = from_fn(move |request: ServiceRequest, next: Next<BoxBody>| auth::guard(row, request, next));
        let route = web::route().guard(guard::Method(method.clone()));
        // GET, and HEAD with it (RFC 9110, 9.3.2): `Boundary` leaves the body out.
        let route =
            if *method == Method::GET { web::route().guard(guard::Any(guard::Get()).or(guard::Head())) } else { route };
        let handler = Timely::new(handler, !method.is_safe());
        self.resource = self.resource.route(route.to(handler).wrap(guarded));
        self.methods.push(row.method);
        self
    }
}

impl HttpServiceFactory for At {
    fn register(self, config: &mut AppService) {
        let allow = self.methods.join(", ").replace("GET", "GET, HEAD");
        // 405 says what is allowed (RFC 9110, 15.5.6).
        let other = move |body: web::Payload| {
            let allow = allow.clone();
            async move {
                drain(body.into_inner()).await;
                HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, allow)).finish()
            }
        };
        self.resource.default_service(web::to(other)).register(config);
    }
}

#[rustfmt::skip]
fn configure(app: &mut ServiceConfig) {
    app.service(at("/api/v1/stores")
            .on(&Method::POST, stores::create_store).on(&Method::GET, stores::list_stores))
        .service(at("/api/v1/stores/{id}")
            .on(&Method::GET, stores::get_store).on(&Method::PATCH, stores::edit_store)
            .on(&Method::DELETE, stores::archive_store))
        .service(at("/api/v1/stores/{id}/participation")
            .on(&Method::PUT, stores::join_mall).on(&Method::DELETE, stores::leave_mall))
        .service(at("/api/v1/stores/{id}/products")
            .on(&Method::POST, shelf::create_product).on(&Method::GET, shelf::list_store_products)
            .on(&Method::DELETE, shelf::archive_store_products))
        .service(at("/api/v1/products").on(&Method::GET, products::list_products))
        .service(at("/api/v1/products/archive").on(&Method::POST, products::archive_products))
        .service(at("/api/v1/products/{id}")
            .on(&Method::GET, products::get_product).on(&Method::PATCH, products::edit_product)
            .on(&Method::DELETE, products::archive_product))
        .service(at("/api/v1/customers")
            .on(&Method::POST, customers::register_customer).on(&Method::GET, customers::list_customers))
        .service(at("/api/v1/customers/{id}").on(&Method::GET, customers::get_customer))
        .service(at("/api/v1/baskets").on(&Method::POST, baskets::create_basket))
        .service(at("/api/v1/baskets/{id}").on(&Method::GET, baskets::get_basket))
        .service(at("/api/v1/baskets/{id}/items").on(&Method::DELETE, baskets::clear_basket))
        .service(at("/api/v1/baskets/{id}/items/{product_id}")
            .on(&Method::PUT, baskets::set_basket_item).on(&Method::DELETE, baskets::remove_basket_item))
        .service(at("/api/v1/baskets/{id}/customer").on(&Method::PUT, baskets::claim_basket))
        .service(at("/api/v1/baskets/{id}/checkout").on(&Method::POST, baskets::checkout_basket))
        .service(at("/api/v1/payments")
            .on(&Method::POST, payments::authorize_payment).on(&Method::GET, payments::list_payments))
        .service(at("/api/v1/payments/{id}").on(&Method::GET, payments::get_payment))
        .service(at("/api/v1/payments/{id}/void").on(&Method::POST, payments::void_payment))
        .service(at("/api/v1/orders")
            .on(&Method::POST, orders::place_order).on(&Method::GET, orders::list_orders))
        .service(at("/api/v1/orders/archive").on(&Method::POST, orders::archive_orders))
        .service(at("/api/v1/orders/{id}").on(&Method::GET, orders::get_order))
        .service(at("/api/v1/orders/{id}/cancel").on(&Method::POST, orders::cancel_order))
        .service(at("/api/v1/orders/{id}/pay").on(&Method::POST, orders::pay_order))
        .service(at("/api/v1/orders/{id}/events").on(&Method::GET, events::list_order_events))
        .service(at("/api/v1/events").on(&Method::GET, events::list_events))
        .service(at("/api/v1/events/stream").on(&Method::GET, sse::stream_events))
        .service(at("/api/v1/clock").on(&Method::GET, clock::get_clock).on(&Method::PATCH, clock::set_clock))
        .service(at("/api/v1/clock/advance")
            .on(&Method::POST, clock::advance_clock).on(&Method::DELETE, clock::stop_clock))
        .service(at("/api/v1/stores/{id}/personality")
            .on(&Method::GET, personalities::get_store_personality)
            .on(&Method::PUT, personalities::set_store_personality)
            .on(&Method::DELETE, personalities::reset_store_personality))
        .service(at("/api/v1/bank/personality")
            .on(&Method::GET, personalities::get_bank_personality)
            .on(&Method::PUT, personalities::set_bank_personality)
            .on(&Method::DELETE, personalities::reset_bank_personality))
        .service(at("/api/v1/personalities")
            .on(&Method::GET, personalities::list_personalities)
            .on(&Method::DELETE, personalities::reset_personalities))
        .service(at("/api/v1/outages").on(&Method::POST, personalities::add_outage))
        .service(at("/api/v1/simulations/scenarios").on(&Method::GET, simulations::list_scenarios))
        .service(at("/api/v1/simulations")
            .on(&Method::POST, simulations::start_simulation).on(&Method::GET, simulations::list_simulations))
        .service(at("/api/v1/simulations/{id}")
            .on(&Method::GET, simulations::get_simulation).on(&Method::PATCH, simulations::steer_simulation)
            .on(&Method::DELETE, simulations::stop_simulation))
        .service(at("/api/v1/simulations/{id}/stream").on(&Method::GET, simulations::stream_simulation))
        .service(at("/api/v1/simulations/{id}/scenario").on(&Method::GET, simulations::get_scenario))
        .service(at("/api/v1/simulations/{id}/comparison").on(&Method::GET, simulations::compare_simulations))
        .service(at("/api/v1/simulations/{id}/report").on(&Method::GET, simulations::get_report))
        .service(at("/api/v1/simulations/{id}/report.json").on(&Method::GET, simulations::get_report_json))
        .service(at("/api/v1/audit").on(&Method::GET, audit::get_audit))
        .service(at("/api/v1/statistics").on(&Method::GET, statistics::get_statistics))
        .service(at("/api/v1/status").on(&Method::GET, status::get_status))
        .service(at("/api/v1/demo").on(&Method::POST, demo::fill_mall))
        .service(at("/api/v1/tokens").on(&Method::GET, tokens::list_tokens).on(&Method::POST, tokens::create_token))
        .service(at("/api/v1/tokens/{name}").on(&Method::DELETE, tokens::revoke_token))
        .service(at("/api/v1/whoami").on(&Method::GET, tokens::who_am_i))
        .service(at("/healthz").on(&Method::GET, health::healthz))
        .service(at("/livez").on(&Method::GET, health::livez))
        .service(at("/readyz").on(&Method::GET, health::readyz))
        .service(at("/metrics").on(&Method::GET, metrics::metrics))
        .service(at("/openapi.json").on(&Method::GET, openapi::get_openapi))
        .service(at("/asyncapi.yaml").on(&Method::GET, asyncapi::get_asyncapi))
        .service(at("/swagger").on(&Method::GET, swagger::redirect))
        .service(at("/swagger/{file:.*}").on(&Method::GET, swagger::file));
}
