//! One caller and the rest: seats, connections, memory and log lines that nobody may use up.

use super::raw::Wire;
use super::spelling::SECRET;
use crate::app::{TestApp, eventually, eventually_blocking, id, text};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A live stream that was asked for; what came is not read.
struct Stream(TcpStream);

impl Stream {
    fn open(host: &str, query: &str, token: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(host).unwrap();
        let bearer = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
        let request = format!("GET /api/v1/events/stream?{query} HTTP/1.1\r\nHost: {host}\r\n{bearer}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        Self(stream)
    }

    /// The status of the answer.
    fn status(&mut self) -> u16 {
        let mut line = [0; 12];
        self.0.set_read_timeout(Some(crate::app::DEADLINE)).unwrap();
        self.0.read_exact(&mut line).unwrap();
        String::from_utf8_lossy(&line[9..]).parse().unwrap()
    }
}

/// A number of `/metrics`.
async fn metric(app: &TestApp, name: &str) -> u64 {
    let text = app.get("//metrics").await.text;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(str::to_owned);
    line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
}

/// The server's resident memory, KiB.
fn memory(app: &TestApp) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", app.child().id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Files and sockets the server has open.
fn open_files(app: &TestApp) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", app.child().id())).unwrap().count()
}

#[tokio::test]
async fn head_of_a_stream_is_its_head_and_no_more() {
    let app = TestApp::start().await;
    let url = app.url().to_owned();
    let ask = move || {
        let mut wire = Wire::to(&url);
        for path in [
            "/api/v1/events/stream",
            "/api/v1/events/stream?after=0",
            "/api/v1/orders?format=csv",
            "/api/v1/products?format=csv",
        ] {
            for _ in 0..3 {
                let answer = wire.ask("HEAD", path, "", "");
                assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{path}");
                assert_eq!(wire.ask("GET", "/livez", "", "").status, 200, "the next request after HEAD {path}");
            }
        }
    };
    tokio::task::spawn_blocking(ask).await.unwrap();
    assert_eq!(metric(&app, "plaza_sse_clients").await, 0);
}

#[tokio::test]
async fn a_customer_leaves_seats_to_others() {
    let mut app = TestApp::with(&["--admin-token", SECRET]).await;
    app.authenticate(SECRET);
    let register =
        async || text(&app.post("/customers", &json!({"name": "A", "phone": "1"})).await.expect(201)["access_token"]);
    let (ada, bob) = (register().await, register().await);
    let host = app.url().strip_prefix("http://").unwrap().to_owned();
    let seats = tokio::task::spawn_blocking(move || {
        let open = |token: &str| {
            let mut stream = Stream::open(&host, "", Some(token));
            (stream.status(), stream)
        };
        let adas: Vec<_> = (0..12).map(|_| open(&ada)).collect();
        let statuses: Vec<_> = adas.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses[..10], [200; 10]);
        assert_eq!(statuses[10..], [503; 2], "a customer has ten seats");
        assert_eq!((open(&bob).0, open(SECRET).0), (200, 200));
    });
    seats.await.unwrap();
    eventually("every seat is given back", async || (metric(&app, "plaza_sse_clients").await == 0).then_some(())).await;
}

#[tokio::test]
async fn who_does_not_read_a_stream_keeps_the_seat_and_holds_little() {
    const SEATS: usize = 60;
    let app = TestApp::start().await;
    let store = app.store(None).await;
    let host = app.url().strip_prefix("http://").unwrap().to_owned();
    let opened = host.clone();
    let open = move || {
        let mut streams: Vec<_> = (0..SEATS).map(|_| Stream::open(&opened, "", None)).collect();
        assert!(streams.iter_mut().all(|stream| stream.status() == 200));
        streams
    };
    let streams = tokio::task::spawn_blocking(open).await.unwrap();
    let before = memory(&app);
    // Much more than the network buffers, a little at a time, so that a client that reads keeps up with it.
    let large = json!({"name": "A", "description": "\u{1f600}".repeat(2_000), "price": crate::app::eur(1), "stock": 1});
    let path = format!("/stores/{store}/products");
    for _ in 0..200 {
        let made = futures_util::future::join_all((0..5).map(|_| app.post(&path, &large))).await;
        assert!(made.iter().all(|answer| answer.status == 201), "{}", made[0].text);
    }
    assert_eq!(metric(&app, "plaza_sse_clients").await, SEATS as u64, "a seat is given back before its connection");
    let mut most = memory(&app).saturating_sub(before);
    // The same for streams that would have to catch up first.
    let more = tokio::task::spawn_blocking(move || {
        (0..SEATS).map(|_| Stream::open(&host, "after=0", None)).collect::<Vec<_>>()
    });
    let more = more.await.unwrap();
    eventually_for(Duration::from_mins(1), "streams nobody reads are ended", async || {
        most = most.max(memory(&app).saturating_sub(before));
        (metric(&app, "plaza_sse_clients").await == 0).then_some(())
    })
    .await;
    assert!(most < 1_024 * 2 * SEATS as u64, "{} streams nobody reads held {most} KiB", 2 * SEATS);
    drop((streams, more));
}

#[tokio::test]
async fn what_is_said_beside_a_request_is_not_listened_to_for_ever() {
    let app = TestApp::start().await;
    let host = app.url().strip_prefix("http://").unwrap().to_owned();
    let talk = move || {
        let connect = || {
            let socket = TcpStream::connect(&host).unwrap();
            // How long an answer and a close are waited for.
            socket.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
            socket
        };
        // The second head stops in the middle.
        let mut halves: Vec<_> = (0..10).map(|_| connect()).collect();
        for half in &mut halves {
            half.write_all(format!("GET /livez HTTP/1.1\r\nHost: {host}\r\n\r\nGET /livez HT").as_bytes()).unwrap();
        }
        // A body without end goes on after its request was answered.
        for path in ["/nowhere", "/livez", "/api/v1/customers"] {
            let mut socket = connect();
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            );
            socket.write_all(head.as_bytes()).unwrap();
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(65_536));
            let poured = (0..1_000).take_while(|_| socket.write_all(chunk.as_bytes()).is_ok()).count();
            assert!(poured < 1_000, "{path}: 64 MB were read after the answer");
        }
        for mut half in halves {
            let mut said = String::new();
            half.read_to_string(&mut said).unwrap();
            assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        }
    };
    tokio::task::spawn_blocking(talk).await.unwrap();
    assert!(!app.logged().contains(" ERROR "), "{}", app.logged());
}

#[tokio::test]
async fn a_stream_ends_with_its_client_also_while_it_catches_up() {
    let app = TestApp::start().await;
    // More events than a stream looks through in one turn.
    let nothing = json!({});
    for _ in 0..105 {
        let made = futures_util::future::join_all((0..100).map(|_| app.post("/baskets", &nothing))).await;
        assert!(made.iter().all(|answer| answer.status == 201));
    }
    let host = app.url().strip_prefix("http://").unwrap().to_owned();
    let leave = move || {
        // Nothing matches, so nothing is ever written to them.
        let streams: Vec<_> =
            (0..100).map(|_| Stream::open(&host, "after=0&type=store.left,store.archived", None)).collect();
        drop(streams);
    };
    tokio::task::spawn_blocking(leave).await.unwrap();
    eventually("every seat is given back", async || (metric(&app, "plaza_sse_clients").await == 0).then_some(())).await;
}

#[tokio::test]
async fn who_does_not_read_an_answer_is_cut_off_and_holds_little() {
    const READERS: usize = 300;
    let app = TestApp::start().await;
    let host = app.url().strip_prefix("http://").unwrap().to_owned();
    // The document is made once, before memory is measured.
    app.get("//openapi.json").await.expect(200);
    let (before, files) = (memory(&app), open_files(&app));
    let sockets = tokio::task::spawn_blocking(move || {
        let ask = |_| {
            let mut socket = TcpStream::connect(&host).unwrap();
            // More than the network buffers.
            let request = format!("GET /openapi.json HTTP/1.1\r\nHost: {host}\r\n\r\n").repeat(12);
            socket.write_all(request.as_bytes()).unwrap();
            socket
        };
        (0..READERS).map(ask).collect::<Vec<_>>()
    });
    let sockets = sockets.await.unwrap();
    let held = async || memory(&app).saturating_sub(before);
    // What a connection holds: buffers, and never a copy of the answer (600 KB).
    let started = Instant::now();
    let mut most = 0;
    eventually_for(Duration::from_mins(1), "readers that stand still are cut off", async || {
        most = most.max(held().await);
        assert_eq!(app.get("//livez").await.status, 200);
        (open_files(&app) <= files + 10).then_some(())
    })
    .await;
    drop(sockets);
    assert!(started.elapsed() > Duration::from_secs(10), "slow readers have some time");
    assert!(most < 150 * READERS as u64, "{READERS} readers that do not read held {most} KiB");
}

/// As `eventually`, for what takes its time by design.
async fn eventually_for(deadline: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<()>) {
    let started = Instant::now();
    while look().await.is_none() {
        assert!(started.elapsed() < deadline, "not within {deadline:?}: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn slow_senders_take_no_room_in_the_mall() {
    let app = TestApp::with(&["--admission-limit", "4"]).await;
    let host = app.url().strip_prefix("http://").unwrap().to_owned();
    let slow = tokio::task::spawn_blocking(move || {
        let send = |_| {
            let mut socket = TcpStream::connect(&host).unwrap();
            let head = format!(
                "POST /api/v1/customers HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n{{"
            );
            socket.write_all(head.as_bytes()).unwrap();
            socket
        };
        (0..64).map(send).collect::<Vec<_>>()
    });
    let slow = slow.await.unwrap();
    for _ in 0..20 {
        id(&app.post("/baskets", &json!({})).await.expect(201));
    }
    drop(slow);
}

#[tokio::test]
async fn refusals_and_nonsense_do_not_write_a_line_each() {
    let app = TestApp::with(&["--admission-limit", "1", "--payment-delay", "10ms", "--store-delay", "10ms"]).await;
    let host = app.url().strip_prefix("http://").unwrap().to_owned();
    let mut refused = 0;
    let nothing = json!({});
    for _ in 0..20 {
        let answers = futures_util::future::join_all((0..64).map(|_| app.post("/baskets", &nothing))).await;
        refused += answers.iter().filter(|answer| answer.status == 503).count();
    }
    let nonsense = move || {
        for said in [
            "\r\n\r\n",
            "GET\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "\0\0\0",
            "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        ] {
            for _ in 0..50 {
                let mut socket = TcpStream::connect(&host).unwrap();
                socket.write_all(said.as_bytes()).unwrap();
            }
        }
    };
    tokio::task::spawn_blocking(nonsense).await.unwrap();
    let lines = app.logged().lines().filter(|line| !line.contains(" INFO ")).count();
    assert!(
        refused > 100 && lines <= 5,
        "{lines} lines for {refused} refusals and 300 pieces of nonsense: {}",
        app.logged()
    );
    eventually_blocking("the server still answers", || {
        TcpStream::connect(app.url().strip_prefix("http://").unwrap()).ok()
    });
}
