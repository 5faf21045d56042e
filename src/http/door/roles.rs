//! The one table of routes: who may use each, and which problems it may answer.
//!
//! `routes` serves nothing that is not in here, `openapi` documents what is, and a test walks route by role.

use super::codes::Code;
use Access::{Admin, Customer, Public, Reader};
use Code::{
    BasketFull, BasketTaken, ClockAdvancing, ClockBackwards, EmptyBasket, ExternalParticipant, Forbidden,
    InvalidCursor, LastToken, MallNotEmpty, NotFound, OrderState, PayDeadlinePassed, ReportNotReady,
    ScenarioNotAllowedHere, SimulationOver, SimulationRunning, SimulationVirtual, SkuTaken, StoreNotParticipating,
    TokenTaken, TooManyStreams, TooManyTokens, TotalChanged, UnknownBasket, UnknownCustomer, UnknownItem, UnknownOrder,
    UnknownPayment, UnknownProduct, UnknownSimulation, UnknownStore, UnknownToken,
};

/// Who may use a route of a closed mall, one that has a token. In an open one everybody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// A customer, for what is its own; a reader, to read; and the administrator.
    Customer,
    /// A reader, and the administrator.
    Reader,
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
    Route::new(Reader, "GET", "/api/v1/customers", &[InvalidCursor]),
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
    Route::new(
        Customer,
        "POST",
        "/api/v1/baskets/{id}/checkout",
        &[UnknownBasket, BasketTaken, EmptyBasket, TotalChanged],
    )
    .versioned(),
    Route::new(Customer, "POST", "/api/v1/payments", &[]),
    Route::new(Customer, "GET", "/api/v1/payments", &[UnknownCustomer, InvalidCursor]),
    Route::new(Customer, "GET", "/api/v1/payments/{id}", &[UnknownPayment]),
    Route::new(Customer, "POST", "/api/v1/payments/{id}/void", &[UnknownPayment]).versioned(),
    Route::new(Customer, "POST", "/api/v1/orders", &[TotalChanged]),
    Route::new(Customer, "GET", "/api/v1/orders", &[UnknownCustomer, InvalidCursor]),
    Route::new(Admin, "POST", "/api/v1/orders/archive", &[UnknownOrder]),
    Route::new(Customer, "GET", "/api/v1/orders/{id}", &[UnknownOrder]),
    Route::new(Customer, "POST", "/api/v1/orders/{id}/cancel", &[UnknownOrder, OrderState]).versioned(),
    Route::new(Customer, "POST", "/api/v1/orders/{id}/pay", &[UnknownOrder, OrderState, PayDeadlinePassed]).versioned(),
    Route::new(Customer, "GET", "/api/v1/orders/{id}/events", &[UnknownOrder, InvalidCursor]),
    Route::new(Customer, "GET", "/api/v1/events", &[NotFound, Forbidden, InvalidCursor]),
    Route::new(Customer, "GET", "/api/v1/events/stream", &[UnknownCustomer, TooManyStreams]),
    Route::new(Public, "GET", "/api/v1/clock", &[]),
    Route::new(Admin, "PATCH", "/api/v1/clock", &[ClockAdvancing]).versioned(),
    Route::new(Admin, "POST", "/api/v1/clock/advance", &[ClockAdvancing, ClockBackwards]),
    Route::new(Admin, "DELETE", "/api/v1/clock/advance", &[]),
    Route::new(Reader, "GET", "/api/v1/stores/{id}/personality", &[UnknownStore]),
    Route::new(Admin, "PUT", "/api/v1/stores/{id}/personality", &[UnknownStore, ExternalParticipant]).versioned(),
    Route::new(Admin, "DELETE", "/api/v1/stores/{id}/personality", &[UnknownStore]).versioned(),
    Route::new(Reader, "GET", "/api/v1/bank/personality", &[]),
    Route::new(Admin, "PUT", "/api/v1/bank/personality", &[ExternalParticipant]).versioned(),
    Route::new(Admin, "DELETE", "/api/v1/bank/personality", &[]).versioned(),
    Route::new(Reader, "GET", "/api/v1/personalities", &[]),
    Route::new(Admin, "DELETE", "/api/v1/personalities", &[]),
    Route::new(Admin, "POST", "/api/v1/outages", &[UnknownStore, ExternalParticipant]).versioned(),
    Route::new(Admin, "GET", "/api/v1/simulations/scenarios", &[]),
    Route::new(Admin, "POST", "/api/v1/simulations", &[SimulationRunning, ScenarioNotAllowedHere]),
    Route::new(Admin, "GET", "/api/v1/simulations", &[]),
    Route::new(Admin, "GET", "/api/v1/simulations/{id}", &[UnknownSimulation]),
    Route::new(Admin, "GET", "/api/v1/simulations/{id}/stream", &[UnknownSimulation, TooManyStreams]),
    Route::new(Admin, "PATCH", "/api/v1/simulations/{id}", &[UnknownSimulation, SimulationOver, SimulationVirtual]),
    Route::new(Admin, "DELETE", "/api/v1/simulations/{id}", &[UnknownSimulation]),
    Route::new(Admin, "GET", "/api/v1/simulations/{id}/scenario", &[UnknownSimulation]),
    Route::new(Admin, "GET", "/api/v1/simulations/{id}/comparison", &[UnknownSimulation, ReportNotReady]),
    Route::new(Admin, "GET", "/api/v1/simulations/{id}/report", &[UnknownSimulation, ReportNotReady]),
    Route::new(Admin, "GET", "/api/v1/simulations/{id}/report.json", &[UnknownSimulation, ReportNotReady]),
    Route::new(Reader, "GET", "/api/v1/audit", &[]),
    Route::new(Reader, "GET", "/api/v1/statistics", &[]),
    Route::new(Reader, "GET", "/api/v1/status", &[]),
    Route::new(Admin, "POST", "/api/v1/demo", &[MallNotEmpty]),
    Route::new(Admin, "GET", "/api/v1/tokens", &[]),
    Route::new(Admin, "POST", "/api/v1/tokens", &[TokenTaken, TooManyTokens]),
    Route::new(Admin, "DELETE", "/api/v1/tokens/{name}", &[UnknownToken, LastToken]),
    Route::new(Public, "GET", "/api/v1/whoami", &[]),
    Route::new(Public, "GET", "/livez", &[]),
    Route::new(Public, "GET", "/healthz", &[]),
    Route::new(Public, "GET", "/readyz", &[]),
    Route::new(Reader, "GET", "/metrics", &[]),
    Route::new(Public, "GET", "/openapi.json", &[]),
    Route::new(Public, "GET", "/asyncapi.yaml", &[]),
    Route::new(Public, "GET", "/swagger", &[]),
    Route::new(Public, "GET", "/swagger/{file:.*}", &[]),
];
