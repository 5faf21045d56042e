//! The OpenAPI 3.1 document: routes and types from the code, what every route has in common from the tables.

use utoipa::OpenApi;
#[derive(OpenApi)]
#[openapi()]
struct Api;
/// The document.
#[must_use]
pub fn document() -> String {
    String::new()
}
