//! What a mall that asks nobody who they are answers: loopback names, and no other site's pages.

use super::raw::Wire;
use super::spelling::SECRET;
use crate::app::TestApp;

/// What a browser says of a request that a page sent, and whether an open mall lets it change something.
fn pages(host: &str) -> Vec<(String, bool)> {
    let own = format!("Origin: http://{host}\r\n");
    vec![
        (String::new(), true),
        (own.clone(), true),
        (format!("{own}Sec-Fetch-Site: same-origin\r\n"), true),
        ("Sec-Fetch-Site: none\r\n".to_owned(), true),
        ("Origin: https://evil.example\r\n".to_owned(), false),
        ("Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n".to_owned(), false),
        ("Origin: https://evil.example\r\nSec-Fetch-Site: same-origin\r\n".to_owned(), false),
        ("Origin: http://localhost:1\r\nSec-Fetch-Site: same-site\r\n".to_owned(), false),
        ("Origin: null\r\n".to_owned(), false),
        ("Origin: \r\n".to_owned(), false),
        ("Sec-Fetch-Site: cross-site\r\n".to_owned(), false),
        (format!("Origin: http://{host}.evil.example\r\n"), false),
        (format!("Origin: evil://{host}\r\n"), false),
        // No browser says anything twice.
        (format!("{own}Origin: https://evil.example\r\n"), false),
        (format!("{own}Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n"), false),
    ]
}

#[tokio::test]
async fn a_page_of_another_site_can_neither_read_nor_change_an_open_mall() {
    let app = TestApp::start().await;
    let url = app.url().to_owned();
    let ask = move || {
        let mut wire = Wire::to(&url);
        let host = wire.host().to_owned();
        for (headers, passes) in pages(&host) {
            for (method, path, body) in [
                ("POST", "/api/v1/baskets", ""),
                ("POST", "/api/v1/stores", "{\"name\":\"a\",\"location\":\"b\"}"),
                ("POST", "/api/v1/demo", "{\"no\":1}"),
                ("DELETE", "/api/v1/stores/01a00000-0000-7000-8000-000000000000", ""),
                ("PUT", "/api/v1/stores/01a00000-0000-7000-8000-000000000000/participation", ""),
            ] {
                let answer = wire.ask(method, path, &headers, body);
                let said = format!("{method} {path} with {headers:?}: {} {}", answer.status, answer.body);
                assert_eq!(answer.status == 403, !passes, "{said}");
                assert!(passes || answer.body.contains("cross_site"), "{said}");
            }
            // A read passes, but no page of another site is let see it: nothing allows it by CORS.
            let read = wire.ask("GET", "/api/v1/customers", &headers, "");
            assert_eq!((read.status, read.header("access-control-allow-origin")), (200, None));
            if !passes {
                assert_eq!(wire.ask("GET", "/api/v1/events/stream", &headers, "").status, 403, "{headers}");
            }
        }
        let port = host.rsplit_once(':').unwrap().1.to_owned();
        for (name, status) in [
            ("localhost", 200),
            ("LOCALHOST", 200),
            ("127.0.0.1", 200),
            ("[::1]", 200),
            ("127.1.2.3", 200),
            ("evil.example", 421),
            ("localhost.evil.example", 421),
            ("127.0.0.1.nip.example", 421),
            ("192.168.1.2", 421),
        ] {
            for host in [name.to_owned(), format!("{name}:{port}")] {
                for (method, path) in [("GET", "/api/v1/customers"), ("GET", "/"), ("POST", "/api/v1/baskets")] {
                    let answer = wire.ask_as_is(method, path, &format!("Host: {host}\r\n"), "");
                    let expected = if status == 200 && method == "POST" { 201 } else { status };
                    assert_eq!(answer.status, expected, "{method} {path} of {host}");
                }
            }
            // The target's own host is what counts (RFC 9112, 3.2.2).
            let answer = wire.ask("GET", &format!("http://{name}:{port}/api/v1/customers"), "", "");
            assert_eq!(answer.status, status, "{name} in the target");
        }
        for hosts in ["", "Host: localhost\r\nHost: evil.example\r\n"] {
            let answer = Wire::to(&url).ask_as_is("GET", "/livez", hosts, "");
            assert_eq!(answer.status, 400, "HTTP/1.1 has one host: {hosts:?}");
        }
    };
    tokio::task::spawn_blocking(ask).await.unwrap();
}

#[tokio::test]
async fn a_closed_mall_goes_by_any_name_and_still_refuses_foreign_pages() {
    let mut app = TestApp::with(&["--admin-token", SECRET, "--cors-origins", "https://shop.example"]).await;
    app.authenticate(SECRET);
    let url = app.url().to_owned();
    let ask = move || {
        let mut wire = Wire::to(&url);
        let mut post = |headers: &str| wire.ask_as_is("POST", "/api/v1/baskets", headers, "").status;
        assert_eq!(post("Host: mall.example\r\n"), 201);
        assert_eq!(post("Host: mall.example\r\nOrigin: https://mall.example\r\n"), 201);
        // Behind a proxy that gives it another name.
        assert_eq!(post("Host: backend:8080\r\nOrigin: https://mall.example\r\nSec-Fetch-Site: same-origin\r\n"), 201);
        assert_eq!(post("Host: mall.example\r\nOrigin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n"), 403);
        assert_eq!(post("Host: mall.example\r\nOrigin: https://evil.example\r\n"), 403);
        assert_eq!(post("Host: mall.example\r\nOrigin: https://shop.example\r\nSec-Fetch-Site: cross-site\r\n"), 201);
    };
    tokio::task::spawn_blocking(ask).await.unwrap();
}
