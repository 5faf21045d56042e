//! Every operation of the document, asked as everybody, under every spelling of its path.

use super::raw::Wire;
use crate::app::{NOBODY, TestApp, eur, id, text};
use plaza::http::door::roles::{Access, ROUTES};
use serde_json::{Value, json};

pub const SECRET: &str = "a-secret-of-the-administrator";

/// Who asks, and with what.
struct Caller {
    who: &'static str,
    token: Option<String>,
    /// Lets it use a route of this access, with this method.
    may: fn(Access, &str) -> bool,
}

/// What a hole would lead to: things of a customer and of the mall that do exist.
struct Treasure {
    store: String,
    product: String,
    customer: String,
    basket: String,
    payment: String,
    order: String,
}

impl Treasure {
    /// The path of a route, leading to them; or to nothing, for callers that are let in.
    fn path(&self, pattern: &str, real: bool) -> String {
        let kind = pattern.split('/').nth(3).unwrap_or_default();
        let own = match kind {
            "stores" => &self.store,
            "products" => &self.product,
            "customers" => &self.customer,
            "baskets" => &self.basket,
            "payments" => &self.payment,
            _ => &self.order,
        };
        let (own, product) = if real { (own.as_str(), self.product.as_str()) } else { (NOBODY, NOBODY) };
        let path = pattern.replace("{id}", own).replace("{product_id}", product).replace("{file:.*}", "index.html");
        path.replace("{name}", if real { "operator" } else { "nobody" })
    }

    /// A body that the route would take.
    fn body(&self, method: &str, pattern: &str) -> String {
        let body = match (method, pattern.strip_prefix("/api/v1").unwrap_or_default()) {
            ("GET" | "DELETE", _) => return String::new(),
            (_, "/stores") => json!({"name": "evil", "location": "evil"}),
            (_, "/stores/{id}" | "/products/{id}" | "/tokens") => json!({"name": "evil"}),
            (_, "/stores/{id}/products") => json!({"name": "evil", "price": eur(1), "stock": 1}),
            (_, "/products/archive") => json!({"ids": [self.product]}),
            (_, "/orders/archive") => json!({"ids": [self.order]}),
            (_, "/customers") => json!({"name": "evil", "phone": "1"}),
            (_, "/payments") => json!({"customer_id": self.customer, "amount": eur(1)}),
            (_, "/orders") => json!({"customer_id": self.customer, "payment_id": self.payment,
                                     "items": [{"product_id": self.product, "quantity": 1}]}),
            (_, "/baskets/{id}/customer") => json!({"customer_id": self.customer}),
            (_, "/baskets/{id}/checkout") => json!({"customer_id": self.customer, "payment_id": self.payment}),
            (_, "/baskets/{id}/items/{product_id}") => json!({"quantity": 1}),
            _ => json!({}),
        };
        body.to_string()
    }
}

/// Spellings of a path that are not the one there is. None of them may lead anywhere.
fn spellings(path: &str) -> Vec<String> {
    let mut all = Vec::new();
    let letters = path.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic());
    for (at, byte) in letters.take(28) {
        // Of an id the digits a to f may be capitals; it is the same id.
        let other_case = if byte.is_ascii_hexdigit() { '~' } else { char::from(byte ^ 0x20) }.to_string();
        for encoded in [format!("%{byte:02x}"), format!("%25{byte:02X}"), other_case] {
            all.push(format!("{}{encoded}{}", &path[..at], &path[at + 1..]));
        }
    }
    let encoded: String = path.bytes().map(|b| if b == b'/' { "/".to_owned() } else { format!("%{b:02X}") }).collect();
    all.push(encoded.clone());
    all.push(encoded.replace('%', "%25"));
    all.push(
        path.replacen('a', "%2561", 1).replacen('m', "%256d", 1).replacen('o', "%256f", 1).replacen('w', "%2577", 1),
    );
    for (at, _) in path.match_indices('/').skip(1) {
        for slash in ["%2f", "%2F", "//", "/./", "/x/../", "/%2e/", "/%2e%2e/x/", "\\", "%5c", ";x/"] {
            all.push(format!("{}{slash}{}", &path[..at], &path[at + 1..]));
        }
    }
    for before in ["/", "/.", "/x/..", "/%2e", "/api/..", "/swagger/..", "/swagger/..%2f"] {
        all.push(format!("{before}{path}"));
    }
    for after in
        ["/", "//", "/.", "/..", "/../x/..", ";x", ";x=/", "%20", "%00", "%0d%0a", "%3f", "%23", "%", "%zz", "."]
    {
        all.push(format!("{path}{after}"));
    }
    all.push(path.to_uppercase());
    all.retain(|other| other != path && !(path.starts_with("/swagger") && other.starts_with("/swagger/")));
    all
}

async fn callers(app: &TestApp) -> (Treasure, Vec<Caller>) {
    let register = async || {
        let made = app.post("/customers", &json!({"name": "Ada", "phone": "1"})).await.expect(201);
        (id(&made), text(&made["access_token"]))
    };
    let ((ada, adas), (_, bobs)) = (register().await, register().await);
    let token = async |name: &str, role: &str| {
        text(&app.post("/tokens", &json!({"name": name, "role": role})).await.expect(201)["token"])
    };
    let (operator, reader) = (token("operator", "admin").await, token("scraper", "reader").await);
    let revoked = token("former", "admin").await;
    app.delete("/tokens/former").await.expect(204);
    let store = app.store(None).await;
    let product = app.product(&store, 100, 100).await;
    let payment = app.payment(&ada, 10_000).await;
    let order = id(&app.order(&ada, &payment, &[(&product, 1)]).await);
    let basket = id(&app.post("/baskets", &json!({})).await.expect(201));
    app.put(&format!("/baskets/{basket}/items/{product}"), &json!({"quantity": 1})).await.expect(200);
    app.put(&format!("/baskets/{basket}/customer"), &json!({"customer_id": ada})).await.expect(200);
    let stranger = |access, _: &str| access == Access::Public;
    let customer = |access, _: &str| matches!(access, Access::Public | Access::Customer);
    let callers = vec![
        Caller { who: "nobody", token: None, may: stranger },
        Caller { who: "a wrong token", token: Some("plz_adm_0000".to_owned()), may: stranger },
        Caller { who: "a revoked token", token: Some(revoked), may: stranger },
        Caller { who: "a customer", token: Some(adas), may: customer },
        Caller { who: "another customer", token: Some(bobs), may: customer },
        Caller {
            who: "a reader",
            token: Some(reader),
            may: |access, method| match access {
                Access::Public | Access::Reader => true,
                Access::Customer => method == "GET",
                Access::Admin => false,
            },
        },
        Caller { who: "an administrator", token: Some(operator), may: |_, _| true },
        Caller { who: "the settings' administrator", token: Some(SECRET.to_owned()), may: |_, _| true },
    ];
    (Treasure { store, product, customer: ada, basket, payment, order }, callers)
}

/// Whether an answer lets nobody through.
fn is_closed(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405 | 421)
}

#[tokio::test]
async fn no_spelling_of_any_path_goes_round_its_role() {
    let mut app = TestApp::with(&["--admin-token", SECRET, "--payment-delay", "10ms", "--store-delay", "20ms"]).await;
    app.authenticate(SECRET);
    let (treasure, callers) = callers(&app).await;
    app.until(&treasure.order, "accepted").await;
    let before = everything(&app, &treasure).await;
    let url = app.url().to_owned();
    let walk = tokio::task::spawn_blocking(move || {
        let mut wire = Wire::to(&url);
        let (mut walked, mut least) = (0, usize::MAX);
        for route in ROUTES.iter().filter(|route| route.path != "/api/v1/events/stream") {
            for caller in &callers {
                let (asked, spelled) = walk(&mut wire, &treasure, caller, route.method, route.path, route.access);
                walked += asked;
                // Below /swagger/ every path is a file's, there or not.
                least = if route.path.starts_with("/swagger") { least } else { least.min(spelled) };
            }
        }
        (treasure, walked, least)
    });
    let (treasure, walked, least) = walk.await.unwrap();
    assert!(least >= 40, "a path was spelled in {least} ways only");
    println!("{walked} requests, at least {least} spellings a path");
    assert_eq!(everything(&app, &treasure).await, before, "somebody got through and changed something");
    app.may_leave_orders();
}

/// Asks one operation as one caller, plainly and in every spelling. Answers how often, and in how many spellings.
fn walk(
    wire: &mut Wire,
    treasure: &Treasure,
    caller: &Caller,
    method: &str,
    pattern: &str,
    access: Access,
) -> (usize, usize) {
    let bearer = caller.token.as_ref().map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    let body = treasure.body(method, pattern);
    let may = (caller.may)(access, method);
    let said = |path: &str, status: u16| format!("{method} {path} as {}: {status}", caller.who);
    let mut path = treasure.path(pattern, !may);
    if path == "/api/v1/events" {
        // A customer's own stream: of the whole journal it sees nothing.
        path = format!("{path}?stream_id={}", treasure.order);
    }
    // Each way of asking that is the same request; what is asked for is there only when it must not be reached.
    let absolute = format!("http://{}{path}", wire.host());
    let mut plain = vec![(method, path.as_str(), ""), (method, &absolute, "")];
    if method == "GET" {
        plain.push(("HEAD", &path, ""));
        plain.push((method, &path, "X-HTTP-Method-Override: DELETE\r\nX-Method-Override: PUT\r\n"));
    }
    for (method, target, headers) in plain {
        let public_change = access == Access::Public && method == "POST";
        let body = if may && !public_change && method != "GET" && method != "HEAD" { "{\"no\": 1}" } else { &body };
        let status = wire.ask(method, target, &format!("{bearer}{headers}"), body).status;
        match (may, caller.token.is_some() && !caller.who.contains("wrong") && !caller.who.contains("revoked")) {
            // Another customer's stream is not there.
            (true, _) => assert!(![401, 403, 405, 421].contains(&status), "{}", said(target, status)),
            (false, true) => assert_eq!(status, 403, "{}", said(target, status)),
            (false, false) => assert_eq!(status, 401, "{}", said(target, status)),
        }
    }
    let real = treasure.path(pattern, true);
    let status = wire.ask("OPTIONS", &real, &bearer, "").status;
    assert!(is_closed(status), "{}", said(&real, status));
    let spellings = spellings(&real);
    for other in &spellings {
        let status = wire.ask(method, other, &bearer, &body).status;
        assert!(is_closed(status), "{}", said(other, status));
    }
    (spellings.len() + 5, spellings.len())
}

/// What must not have changed.
async fn everything(app: &TestApp, treasure: &Treasure) -> Value {
    let Treasure { store, product, customer, basket, payment, order } = treasure;
    let mut all = Vec::new();
    for path in [
        format!("/stores/{store}"),
        format!("/products/{product}"),
        format!("/customers/{customer}"),
        format!("/baskets/{basket}"),
        format!("/payments/{payment}"),
        format!("/orders/{order}"),
        "/tokens".to_owned(),
        "/stores".to_owned(),
        "/orders".to_owned(),
        "/payments".to_owned(),
    ] {
        all.push(app.get(&path).await.expect(200));
    }
    all.into()
}

#[tokio::test]
async fn an_unknown_path_is_never_found() {
    let app = TestApp::start().await;
    let url = app.url().to_owned();
    let ask = move || {
        let mut wire = Wire::to(&url);
        for path in [
            "/status",
            "/audit",
            "/health",
            "/api",
            "/api/v1",
            "/api/v1/",
            "/api/v2/stores",
            "/metrics/",
            "/x/y",
            "/static",
        ] {
            for accept in ["", "Accept: */*\r\n", "Accept: application/json\r\n"] {
                let answer = wire.ask("GET", path, accept, "");
                assert_eq!(
                    (answer.status, answer.header("content-type")),
                    (404, Some("application/problem+json")),
                    "{path}"
                );
            }
        }
        // A person sees the interface, which says that there is no such page; the status says so too.
        let navigation = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nSec-Fetch-Mode: navigate\r\n";
        let answer = wire.ask("GET", "/no/such/page", navigation, "");
        assert_eq!(answer.status, 404);
        assert!(answer.body.contains("<title>Plaza</title>"), "{}", answer.body);
        assert_eq!(
            wire.ask("GET", "/api/v1/nothing", navigation, "").header("content-type"),
            Some("application/problem+json")
        );
        for page in ["/", "/orders", "/orders/1", "/admin/stores/1/products"] {
            assert_eq!(wire.ask("GET", page, navigation, "").status, 200, "{page}");
            assert_eq!(wire.ask("GET", page, "", "").status, 200, "{page}");
            assert_eq!(wire.ask("POST", page, "", "").status, 405, "{page}");
        }
        for probe in ["/livez", "/healthz", "/readyz"] {
            assert_eq!(wire.ask("GET", probe, "", "").status, 200, "{probe}");
        }
        let refused = wire.ask("PATCH", "/api/v1/stores", "", "{}");
        assert_eq!((refused.status, refused.header("allow")), (405, Some("POST, GET, HEAD")));
    };
    tokio::task::spawn_blocking(ask).await.unwrap();
}
