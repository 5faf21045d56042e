//! The one table of routes: who may use each, and which problems it may answer.
//!
//! `auth` refuses what is not in here, `openapi` documents what is, and a test walks route by role.

use super::problem::Code;

/// Who may use a route, once the mall has an admin token. Without one everything is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// A customer, for what is its own; and the administrator.
    Customer,
    /// The administrator.
    Admin,
}

/// A route.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path, `{name}` for its variable parts.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// The problems of its own; those that follow from its shape (a body, an id, a list) are added by `openapi`.
    pub problems: &'static [Code],
    /// Whether `If-Match` is honoured.
    pub versioned: bool,
}

impl Route {
    const fn new(access: Access, method: &'static str, path: &'static str, problems: &'static [Code]) -> Self {
        Self { method, path, access, problems, versioned: false }
    }

    const fn versioned(self) -> Self {
        Self { versioned: true, ..self }
    }

    /// The route of a request, by its method and the pattern of its path.
    #[must_use]
    pub fn find(method: &str, pattern: &str) -> Option<&'static Self> {
        // HEAD is GET without the body (RFC 9110, 9.3.2).
        let method = if method == "HEAD" { "GET" } else { method };
        ROUTES.iter().find(|route| route.path == pattern && route.method == method)
    }
}

use Access::{Admin, Customer, Public};
use Code::{
    BasketFull, BasketTaken, EmptyBasket, Forbidden, InvalidCursor, MallNotEmpty, NotFound, OrderState,
    PayDeadlinePassed, SkuTaken, StoreNotParticipating, TooManyStreams, UnknownBasket, UnknownCustomer, UnknownItem,
    UnknownOrder, UnknownPayment, UnknownProduct, UnknownStore,
};

/// Every route.
pub static ROUTES: &[Route] = &[
    Route::new(Admin, "POST", "/api/v1/stores", &[]),
    Route::new(Public, "GET", "/api/v1/stores", &[InvalidCursor]),
    Route::new(Public, "GET", "/api/v1/stores/{id}", &[UnknownStore]),
    Route::new(Admin, "PATCH", "/api/v1/stores/{id}", &[UnknownStore]).versioned(),
    Route::new(Admin, "DELETE", "/api/v1/stores/{id}", &[UnknownStore]).versioned(),
    Route::new(Admin, "PUT", "/api/v1/stores/{id}/participation", &[UnknownStore]).versioned(),
    Route::new(Admin, "DELETE", "/api/v1/stores/{id}/participation", &[UnknownStore]).versioned(),
    Route::new(Admin, "POST", "/api/v1/stores/{id}/products", &[UnknownStore, SkuTaken]),
    Route::new(Public, "GET", "/api/v1/stores/{id}/products", &[UnknownStore, InvalidCursor]),
    Route::new(Admin, "DELETE", "/api/v1/stores/{id}/products", &[UnknownStore]).versioned(),
    Route::new(Public, "GET", "/api/v1/products", &[InvalidCursor]),
    Route::new(Admin, "POST", "/api/v1/products/archive", &[UnknownProduct]),
    Route::new(Public, "GET", "/api/v1/products/{id}", &[UnknownProduct]),
    Route::new(Admin, "PATCH", "/api/v1/products/{id}", &[UnknownProduct, SkuTaken]).versioned(),
    Route::new(Admin, "DELETE", "/api/v1/products/{id}", &[UnknownProduct]).versioned(),
    Route::new(Public, "POST", "/api/v1/customers", &[]),
    Route::new(Admin, "GET", "/api/v1/customers", &[InvalidCursor]),
    Route::new(Customer, "GET", "/api/v1/customers/{id}", &[UnknownCustomer]),
    Route::new(Public, "POST", "/api/v1/baskets", &[]),
    Route::new(Public, "GET", "/api/v1/baskets/{id}", &[UnknownBasket]),
    Route::new(
        Public,
        "PUT",
        "/api/v1/baskets/{id}/items/{product_id}",
        &[UnknownBasket, UnknownProduct, StoreNotParticipating, BasketFull],
    )
    .versioned(),
    Route::new(Public, "DELETE", "/api/v1/baskets/{id}/items/{product_id}", &[UnknownBasket, UnknownItem]).versioned(),
    Route::new(Public, "DELETE", "/api/v1/baskets/{id}/items", &[UnknownBasket]).versioned(),
    Route::new(Customer, "PUT", "/api/v1/baskets/{id}/customer", &[UnknownBasket, BasketTaken]).versioned(),
    Route::new(Customer, "POST", "/api/v1/baskets/{id}/checkout", &[UnknownBasket, BasketTaken, EmptyBasket])
        .versioned(),
    Route::new(Customer, "POST", "/api/v1/payments", &[]),
    Route::new(Customer, "GET", "/api/v1/payments", &[UnknownCustomer, InvalidCursor]),
    Route::new(Customer, "GET", "/api/v1/payments/{id}", &[UnknownPayment]),
    Route::new(Customer, "POST", "/api/v1/payments/{id}/void", &[UnknownPayment]).versioned(),
    Route::new(Customer, "POST", "/api/v1/orders", &[]),
    Route::new(Customer, "GET", "/api/v1/orders", &[UnknownCustomer, InvalidCursor]),
    Route::new(Admin, "POST", "/api/v1/orders/archive", &[UnknownOrder]),
    Route::new(Customer, "GET", "/api/v1/orders/{id}", &[UnknownOrder]),
    Route::new(Customer, "POST", "/api/v1/orders/{id}/cancel", &[UnknownOrder, OrderState]).versioned(),
    Route::new(Customer, "POST", "/api/v1/orders/{id}/pay", &[UnknownOrder, OrderState, PayDeadlinePassed]).versioned(),
    Route::new(Customer, "GET", "/api/v1/orders/{id}/events", &[UnknownOrder, InvalidCursor]),
    Route::new(Customer, "GET", "/api/v1/events", &[NotFound, Forbidden, InvalidCursor]),
    Route::new(Customer, "GET", "/api/v1/events/stream", &[UnknownCustomer, TooManyStreams]),
    Route::new(Admin, "GET", "/api/v1/audit", &[]),
    Route::new(Admin, "GET", "/api/v1/status", &[]),
    Route::new(Admin, "POST", "/api/v1/demo", &[MallNotEmpty]),
    Route::new(Public, "GET", "/livez", &[]),
    Route::new(Public, "GET", "/readyz", &[]),
    Route::new(Admin, "GET", "/metrics", &[]),
    Route::new(Public, "GET", "/openapi.json", &[]),
    Route::new(Public, "GET", "/asyncapi.yaml", &[]),
    Route::new(Public, "GET", "/swagger", &[]),
    Route::new(Public, "GET", "/swagger/{file:.*}", &[]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors::idempotency::{Reply, Responder};
    use crate::actors::mall::Mall;
    use crate::actors::ports::{Cause, LogIdentity};
    use crate::bus::memory::MemoryBus;
    use crate::domain::customer::CustomerState;
    use crate::domain::order::OrderPolicy;
    use crate::http::{HttpSettings, HttpState, app};
    use crate::sim::world::{World, run};
    use actix_web::http::{Method, header};
    use actix_web::test::{TestRequest, init_service, try_call_service};
    use actix_web::web;
    use sha2::{Digest, Sha256};
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, OnceLock};
    use uuid::Uuid;

    const ADMIN: &str = "the-admin-token";
    const CUSTOMER: &str = "plz_cus_1";

    async fn register(mall: &Arc<Mall>) -> Uuid {
        let id = Arc::new(OnceLock::new());
        let told = id.clone();
        let responder = Responder::new(None, move |customer: &CustomerState| {
            told.set(customer.id.0).unwrap();
            Reply { status: 201, version: None, location: None, body: Vec::new() }
        });
        let cause = Cause { correlation_id: Uuid::nil(), causation_id: Arc::from("test") };
        let admitted = mall.admit(cause).unwrap();
        mall.register_customer("Ana", "1", CUSTOMER.as_bytes(), responder, admitted).await.unwrap();
        *id.get().unwrap()
    }

    fn state(mall: &Arc<Mall>) -> web::Data<HttpState> {
        let settings = HttpSettings { admin_token: Some(Sha256::digest(ADMIN).into()), ..HttpSettings::default() };
        let log = LogIdentity { log_id: Uuid::nil(), currency: mall.currency() };
        let ready = Arc::new(AtomicBool::new(true));
        let bus = Arc::new(MemoryBus::default());
        web::Data::new(HttpState::new(mall.clone(), bus.clone(), bus, log, settings, ready))
    }

    #[test]
    fn every_route_lets_in_exactly_whom_the_table_says() {
        run(async {
            let policy = OrderPolicy {
                payment_delay_ms: 5_000,
                grace_ms: 30_000,
                pay_deadline_ms: 1_800_000,
                shipping_delay_ms: 0,
                speed: 1,
                payment_provider: crate::domain::catalogue::Fulfilment::Internal,
            };
            let world = World::open(1, policy).await.unwrap();
            let customer = register(world.mall()).await;
            let service = init_service(app(&state(world.mall()))).await;
            for route in ROUTES {
                for (token, who) in [(None, None), (Some(CUSTOMER), Some(Customer)), (Some(ADMIN), Some(Admin))] {
                    let path = route.path.replace("{file:.*}", "").replace("{id}", &customer.to_string());
                    let path = path.replace("{product_id}", &customer.to_string());
                    let query = if path == "/api/v1/events" { format!("?stream_id={customer}") } else { String::new() };
                    let mut request = TestRequest::with_uri(&format!("{path}{query}"))
                        .method(Method::from_bytes(route.method.as_bytes()).unwrap());
                    if let Some(token) = token {
                        request = request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")));
                    }
                    let answer = try_call_service(&service, request.to_request()).await;
                    let status = match answer {
                        Ok(response) => response.status().as_u16(),
                        Err(error) => error.as_response_error().status_code().as_u16(),
                    };
                    let context = format!("{} {} as {who:?}: {status}", route.method, route.path);
                    match (route.access, who) {
                        (Public, _) | (_, Some(Admin)) | (Customer, Some(_)) => {
                            assert!(![401, 403, 405].contains(&status), "{context}");
                        }
                        (Customer | Admin, None) => assert_eq!(status, 401, "{context}"),
                        (Admin, Some(_)) => assert_eq!(status, 403, "{context}"),
                    }
                }
            }
        });
    }
}
