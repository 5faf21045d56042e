//! Simulations that are asked of a running mall over REST.

use crate::app::{Answer, TestApp, eventually, id, order, plaza, text};
use diesel::connection::SimpleConnection;
use plaza::db::place::Place;
use plaza::db::pool::open_writer;
use serde_json::{Value, json};

/// Shoppers who hurry: nobody thinks, and everybody pays at once.
const HURRY: &str = r#"
schema = 1
name = "hurry"
title = "Do <b>they</b> hurry?"
duration = "1h"
[mall]
stores = 2
products_per_store = 3
stock = "unlimited"
[arrivals]
rate = 20.0
process = "constant"
[shopper]
profile = "once"
think = "10ms"
lines = 0
too_little_money = 0.0
cancels = 0.0
retries = 0.0
pays = { share = 1.0, after = "10ms" }
[faults]
bank = { at = "0s", delay = "20ms" }
[thresholds]
always = ["lost == 0", "duplicated == 0", "violations == 0", "dropped == 0"]
"#;

const QUICK: [&str; 6] = ["--payment-delay", "50ms", "--store-delay", "100ms", "--shipping-delay", "0s"];

async fn start(app: &TestApp, body: &Value) -> String {
    id(&app.post("/simulations", body).await.expect(202))
}

async fn look(app: &TestApp, simulation: &str) -> Value {
    app.get(&format!("/simulations/{simulation}")).await.expect(200)
}

/// The simulation once it has ended.
async fn ended(app: &TestApp, simulation: &str) -> Value {
    eventually("the simulation ends", async || {
        let simulation = look(app, simulation).await;
        (!simulation["ended_at"].is_null()).then_some(simulation)
    })
    .await
}

/// A simulation of five seconds, in the first three of which the bank behaves otherwise, once it does.
async fn with_another_bank(app: &TestApp) -> String {
    let plain = app.get("/bank/personality").await.expect(200);
    let faults = json!({"bank": {"at": "0s", "for": "3s", "delay": "20ms"}});
    let set = json!({"duration": "5s", "faults": faults});
    let simulation = start(app, &json!({"toml": HURRY, "mode": "live", "set": set})).await;
    eventually("the bank behaves otherwise", async || {
        (app.get("/bank/personality").await.expect(200) != plain).then_some(())
    })
    .await;
    simulation
}

/// The stream of a simulation that is over, or ends while it is followed.
async fn streamed(app: &TestApp, simulation: &str) -> String {
    let path = format!("/api/v1/simulations/{simulation}/stream");
    app.client().get(format!("{}{path}", app.url())).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_live_simulation_is_watched_steered_stopped_and_reported() {
    let app = TestApp::with(&QUICK).await;
    let before = app.get("/bank/personality").await.expect(200);
    let simulation = start(&app, &json!({"toml": HURRY, "mode": "live", "seed": 3})).await;
    let path = format!("/simulations/{simulation}");
    app.post("/simulations", &json!({"scenario": "smoke", "mode": "virtual"})).await.refused(409, "simulation_running");
    eventually("orders are delivered", async || {
        let delivered = look(&app, &simulation).await["totals"]["delivered"].as_u64();
        delivered.is_some_and(|delivered| delivered >= 10).then_some(())
    })
    .await;
    assert_ne!(app.get("/bank/personality").await.expect(200), before, "the bank behaves as the scenario says");
    // People are served beside them.
    let (store, customer) = (app.store(Some(100)).await, app.customer().await);
    let (product, payment) = (app.product(&store, 100, 5).await, app.payment(&customer, 1_000).await);
    let ours = id(&app.post("/orders", &order(&customer, &payment, &[(&product, 1)])).await.expect(201));
    app.until(&ours, "accepted").await;
    app.cancel(&ours).await.expect(200);
    // Steered: nobody comes, and then twice as many, with too little money.
    let steered = app.patch(&path, &json!({"arrivals_paused": true})).await.expect(200);
    assert_eq!(steered["steered"][0]["arrivals_paused"], true);
    let mut seen = Vec::new();
    let standing = eventually("nobody comes for three points", async || {
        let now = look(&app, &simulation).await;
        let at = (now["progress"].as_f64().unwrap(), now["totals"]["offered"].as_u64().unwrap());
        if seen.last() != Some(&at) {
            seen.push(at);
        }
        let last = &seen[seen.len().saturating_sub(3)..];
        (last.len() == 3 && last.iter().all(|(_, offered)| *offered == at.1)).then_some(at.1)
    })
    .await;
    app.patch(&path, &json!({"rate": 201.0})).await.refused(422, "validation_failed");
    let both = json!({"arrivals_paused": false, "rate": 40.0, "too_little_money": 1.0});
    app.patch(&path, &both).await.expect(200);
    let poor = eventually("those who come have too little money", async || {
        let now = look(&app, &simulation).await;
        now["totals"]["rejected"]["NOT_ENOUGH_MONEY"].as_u64().filter(|poor| *poor >= 20).map(|_| now)
    })
    .await;
    assert!(poor["totals"]["offered"].as_u64() > Some(standing), "{poor}");
    app.get(&format!("{path}/report")).await.refused(409, "report_not_ready");
    // Stopped: what is open is settled, and everything held.
    assert_eq!(app.delete(&path).await.expect(200)["status"], "settling");
    app.patch(&path, &json!({"rate": 5.0})).await.refused(409, "simulation_over");
    let stream = streamed(&app, &simulation).await;
    let done = ended(&app, &simulation).await;
    assert_eq!((&done["status"], &done["progress"]), (&json!("stopped"), &json!(1.0)), "{done}");
    assert_eq!(done["totals"]["pending"], 0, "{done}");
    assert!(done["thresholds"].as_array().unwrap().iter().all(|threshold| threshold["holds"] == true), "{done}");
    assert_eq!(app.delete(&path).await.expect(200)["status"], "stopped", "once more changes nothing");
    assert_eq!(app.get("/bank/personality").await.expect(200), before, "and the bank behaves as before");
    // The newest picture: what is promised is kept, and what the bank and the stores did is as the scenario has it.
    assert!(stream.starts_with("event: change\n"), "how it is comes first: {stream}");
    let pictures = stream.split("\n\n").filter_map(|event| event.strip_prefix("event: picture\ndata: "));
    let picture: Value = serde_json::from_str(pictures.last().unwrap()).unwrap();
    let promises = picture["promises"].as_array().unwrap();
    assert_eq!(promises.len(), 5, "{picture}");
    for promise in promises {
        assert!(promise["checked"].as_u64() > Some(10) && promise["broken"] == 0, "{promise}");
    }
    let participants = picture["participants"].as_array().unwrap();
    let kinds: Vec<String> = participants.iter().map(|one| text(&one["participant"]["kind"])).collect();
    assert_eq!(kinds, ["bank", "store", "store"], "{picture}");
    assert!(participants[0]["refused"]["NOT_ENOUGH_MONEY"].as_u64() >= Some(20), "{picture}");
    let median = participants[0]["p50_ms"].as_f64().unwrap();
    assert!((15.0..2_000.0).contains(&median), "the bank answers after 20 ms, or when this machine has time: {median}");
    assert!(text(&participants[1]["name"]).starts_with("Store "), "{picture}");
    assert_eq!(picture["scarcest"].as_array().map(Vec::len), Some(6), "{picture}");
    assert!(!picture["latest"][0]["events"].as_array().unwrap().is_empty(), "{picture}");
    // It can be asked again as it was written.
    assert_eq!((&done["has_report"], app.get(&format!("{path}/scenario")).await.text.as_str()), (&json!(true), HURRY));
    // The points add up to the totals.
    assert!(stream.contains("event: end\n"), "{stream}");
    let points: Vec<Value> = stream
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok())
        .filter(|point: &Value| !point["so_far"].is_null())
        .collect();
    let sum: u64 = points.iter().filter_map(|point| point["totals"]["submitted"].as_u64()).sum();
    assert_eq!(Some(sum), points.last().unwrap()["so_far"]["submitted"].as_u64());
    assert!(points.iter().any(|point| point["during"] == json!(["bank: behaves otherwise"])), "{points:?}");
    // The reports.
    let report = app.get(&format!("{path}/report.json")).await.expect(200);
    assert_eq!((&report["mode"], &report["checked"]), (&json!("live"), &json!(true)));
    assert_eq!(report["totals"]["delivered"], done["totals"]["delivered"]);
    assert!(report["latency_ms"]["submit"]["count"].as_u64() > Some(10), "its times are measured");
    let bands: Vec<&str> =
        report["bands"].as_array().unwrap().iter().filter_map(|band| band["name"].as_str()).collect();
    assert!(bands.contains(&"nobody comes") && bands.contains(&"40 shoppers a second"), "{bands:?}");
    let lasts =
        report["bands"].as_array().unwrap().iter().all(|band| band["from_ms"].as_u64() < band["until_ms"].as_u64());
    assert!(lasts, "each lasts until the same is changed again: {}", report["bands"]);
    let page = app.get(&format!("{path}/report")).await;
    assert!(page.header("content-security-policy").starts_with("sandbox"));
    let page = page.text;
    assert!(
        page.contains("Do &lt;b&gt;they&lt;/b&gt; hurry?") && !page.contains("<b>they"),
        "what callers chose is escaped"
    );
    // Whoever looks later sees the end.
    assert!(streamed(&app, &simulation).await.starts_with("event: end\n"));
    let listed = app.get("/simulations").await.expect(200);
    assert_eq!(id(&listed["items"][0]), simulation);
}

#[tokio::test]
async fn shoppers_live_in_the_malls_time() {
    let app = TestApp::with(&QUICK).await;
    app.patch("/clock", &json!({"speed": 0})).await.expect(200);
    let ten_minutes = json!({"toml": HURRY, "mode": "live", "set": {"duration": "10m", "arrivals.rate": 1}});
    let simulation = start(&app, &ten_minutes).await;
    eventually("it is looked at twice", async || {
        // It is filled at the time it is; nobody comes as long as that stands still.
        let stores = app.get("/stores").await.expect(200)["items"].as_array().map(Vec::len);
        (stores == Some(2)).then_some(())
    })
    .await;
    // What is asked after that is answered after shoppers could have come.
    app.store(Some(100)).await;
    let standing = look(&app, &simulation).await;
    assert_eq!((&standing["status"], &standing["totals"]["submitted"]), (&json!("running"), &json!(0)));
    app.patch("/clock", &json!({"speed": 200})).await.expect(200);
    let done = ended(&app, &simulation).await;
    assert_eq!((&done["status"], &done["totals"]["offered"]), (&json!("passed"), &json!(600)), "{done}");
    assert_eq!(done["totals"]["delivered"], 600, "{done}");
}

#[tokio::test]
async fn a_virtual_simulation_is_that_of_the_command_line() {
    let app = TestApp::with(&QUICK).await;
    let simulation =
        start(&app, &json!({"scenario": "smoke", "mode": "virtual", "seed": 5, "set": {"arrivals.rate": 1.5}})).await;
    let done = ended(&app, &simulation).await;
    let output = plaza().args(["simulate", "smoke", "--virtual", "--seed", "5", "--set", "arrivals.rate=1.5"]).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    let head = said.trim_end().rsplit(' ').next().unwrap();
    assert_eq!((&done["status"], &done["hash"]), (&json!("passed"), &json!(head)), "{done}");
    assert_eq!(app.get("/stores").await.expect(200)["items"], json!([]), "this mall knows nothing of it");
    // From this mall: with what it has, which stays as it is.
    let store = app.store(Some(100)).await;
    let product = app.product(&store, 100, 7).await;
    let from_here = json!({"scenario": "smoke", "mode": "virtual", "from_this_mall": true});
    let done = ended(&app, &start(&app, &from_here).await).await;
    assert_eq!(done["status"], "failed", "seven pieces are not enough: {done}");
    let report = app.get(&format!("/simulations/{}/report.json", id(&done))).await.expect(200);
    let stock = ["shipped", "left"].map(|part| report["stock"][part].as_i64().unwrap());
    assert_eq!((stock.iter().sum::<i64>(), &report["checked"]), (7, &json!(true)), "{stock:?}");
    assert_eq!(app.get(&format!("/products/{product}")).await.expect(200)["stock"], 7);
    assert_eq!(report["scarcest"][0]["left"], report["stock"]["left"], "there is one product: {report}");
    // Two runs side by side; what is no run is none beside one.
    let beside = format!("/simulations/{}/comparison?with={simulation}", id(&done));
    let both = app.get(&beside).await.expect(200);
    let accepted =
        both["figures"].as_array().unwrap().iter().find(|figure| figure["name"] == "accepted.share").unwrap();
    assert!(accepted["was"].as_f64() > accepted["is"].as_f64() && accepted["more_than_noise"].is_null(), "{both}");
    let run = id(&done);
    // What is out is named by the points of that time, and only by them.
    let out = json!({"bank": {"at": "20s", "for": "10s", "outage": "hold"}});
    let outage = start(&app, &json!({"scenario": "smoke", "mode": "virtual", "set": {"faults": out}})).await;
    let told = streamed(&app, &outage).await;
    let (during, without) = (told.matches("bank: out").count(), told.matches(r#""during":[]"#).count());
    assert!(during > 0 && without > 0, "{told}");
    // An experiment answers.
    let answers = json!({
        "scenario": "flash-sale", "mode": "virtual", "replications": 2,
        "set": {"duration": "30s", "experiment.vary": {"mall.stock": [10, 4000]}}
    });
    let done = ended(&app, &start(&app, &answers).await).await;
    assert!(text(&done["answers"][0]).contains("4000"), "{done}");
    let other = app.get(&format!("/simulations/{}/comparison?with={run}", id(&done))).await;
    assert_eq!(other.refused(422, "validation_failed")["errors"][0]["pointer"], "?with");
    app.get(&format!("/simulations/{run}/comparison")).await.refused(422, "validation_failed");
    // One that is stopped before a run has ended is no error.
    let many = json!({"scenario": "day", "mode": "virtual", "replications": 3});
    let simulation = start(&app, &many).await;
    app.delete(&format!("/simulations/{simulation}")).await.expect(200);
    let done = ended(&app, &simulation).await;
    assert_eq!(done["status"], "stopped", "{done}");
    app.get(&format!("/simulations/{simulation}/report.json")).await.refused(404, "unknown_simulation");
    assert_eq!(done["has_report"], false, "{done}");
    app.get(&format!("/simulations/{simulation}/comparison?with={run}")).await.refused(404, "unknown_simulation");
    // Ended at once, one has no report.
    let long = json!({"scenario": "day", "mode": "virtual"});
    let simulation = start(&app, &long).await;
    let path = format!("/simulations/{simulation}");
    eventually("it runs", async || (look(&app, &simulation).await["totals"]["offered"] != 0).then_some(())).await;
    app.patch(&path, &json!({"rate": 5.0})).await.refused(409, "simulation_virtual");
    app.delete(&path).await.expect(200);
    app.delete(&path).await.expect(200);
    let done = ended(&app, &simulation).await;
    assert_eq!(done["status"], "stopped", "{done}");
}

#[tokio::test]
async fn what_nobody_may_ask_of_a_mall_is_refused_by_its_place() {
    let app = TestApp::with(&QUICK).await;
    let refused = async |body: Value, code: &str, pointer: &str, part: &str| {
        let problem = Answer::refused(app.post("/simulations", &body).await, 422, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}: {problem}");
        assert!(text(&problem["detail"]).contains(part), "{body}: {problem}");
    };
    let invalid = "validation_failed";
    refused(json!({"scenario": "nothing", "mode": "live"}), invalid, "/scenario", "bank-outage").await;
    refused(json!({"mode": "live"}), invalid, "", "exactly one").await;
    refused(json!({"toml": "schema = 1\nratee = 3", "mode": "live"}), invalid, "/toml", "scenario.toml:2:1").await;
    refused(json!({"toml": "#".repeat(65_537), "mode": "live"}), invalid, "/toml", "64 KiB").await;
    refused(
        json!({"scenario": "smoke", "mode": "live", "set": {"arrivals.ratee": 1}}),
        invalid,
        "/set/arrivals.ratee",
        "rate",
    )
    .await;
    refused(
        json!({"scenario": "smoke", "mode": "live", "set": {"mall.stock": null}}),
        invalid,
        "/set/mall.stock",
        "null",
    )
    .await;
    refused(json!({"scenario": "flash-sale", "mode": "live"}), invalid, "/mode", "virtual time").await;
    refused(
        json!({"scenario": "smoke", "mode": "live", "from_this_mall": true}),
        invalid,
        "/from_this_mall",
        "virtual",
    )
    .await;
    refused(json!({"scenario": "smoke", "mode": "virtual", "allow": {"rate": 5}}), invalid, "/allow", "this mall")
        .await;
    let key = json!({"scenario": "smoke", "mode": "live", "set": {"name=x": 1}});
    refused(key, invalid, "/set/name=x", "no key").await;
    let fast = json!({"scenario": "smoke", "mode": "live", "set": {"arrivals.rate": 201}});
    refused(fast, invalid, "/allow/rate", "at least 201").await;
    let many = json!({"scenario": "smoke", "mode": "live", "set": {"duration": "1d"}});
    refused(many, invalid, "/allow/orders", "100000").await;
    let allowed = json!({"scenario": "smoke", "mode": "live", "set": {"arrivals.rate": 201}, "allow": {"rate": 200}});
    refused(allowed, invalid, "/allow/rate", "at least 201").await;
    let not_here = "scenario_not_allowed_here";
    let full =
        json!({"scenario": "smoke", "mode": "live", "set": {"mall.stores": 11, "mall.products_per_store": 1000}});
    refused(full, not_here, "/scenario", "11000 products").await;
    refused(
        json!({"toml": "[trace]\nfile = \"/etc/passwd\"", "mode": "virtual"}),
        not_here,
        "/toml",
        "scenario.toml:1:1",
    )
    .await;
    // What is varied is looked at before anything is begun.
    for (experiment, code, part) in [
        ("vary = { \"trace.file\" = [\"/etc/passwd\"] }", not_here, "names no file"),
        ("vary = { \"mall.stok\" = [1] }", invalid, "experiment.vary: mall.stok=1"),
        ("vary = { \"mall.stock\" = [1, \"two\"] }", invalid, "experiment.vary: mall.stock="),
        ("measure = [\"nonsense\"]", invalid, "scenario.toml:2:1"),
        ("answer = \"smallest nonsense with x >= 1\"", invalid, "scenario.toml:2:1"),
        ("replications = 0", invalid, "1 to 10000"),
    ] {
        let toml = format!("duration = \"5s\"\n[experiment]\n{experiment}");
        refused(json!({"toml": toml, "mode": "virtual"}), code, "/toml", part).await;
    }
    let crash = "[faults]\nmall = { at = \"1s\", crash = \"3s\" }";
    refused(json!({"toml": crash, "mode": "live"}), not_here, "/toml", "scenario.toml:2:1").await;
    refused(json!({"scenario": "restart", "mode": "live"}), not_here, "/scenario", "virtual time").await;
    assert_eq!(app.get("/simulations").await.expect(200)["items"], json!([]));
    app.get("/simulations/019ab3c0-5c1e-7d40-9a52-3f6f0b1d2a10").await.refused(404, "unknown_simulation");
    app.get("/simulations/019ab3c0-5c1e-7d40-9a52-3f6f0b1d2a10/report").await.refused(404, "unknown_simulation");
    let scenarios = app.get("/simulations/scenarios").await.expect(200);
    assert_eq!(scenarios["items"].as_array().map(Vec::len), Some(12));
}

#[tokio::test]
async fn a_simulation_that_its_mall_did_not_outlive_says_so() {
    let mut app = TestApp::embedded(&QUICK).await;
    app.may_leave_orders();
    app.put("/bank/personality", &json!({"delay": {"distribution": "fixed", "ms": 77}})).await.expect(200);
    let before = app.get("/bank/personality").await.expect(200);
    let simulation = start(&app, &json!({"toml": HURRY, "mode": "live", "set": {"shopper.pays.share": 0.0}})).await;
    eventually("it runs", async || (look(&app, &simulation).await["totals"]["accepted"] != 0).then_some(())).await;
    app.kill9();
    app.restart().await;
    let after = look(&app, &simulation).await;
    assert_eq!(after["status"], "error", "{after}");
    assert!(text(&after["said"][0]).contains("mall ended"), "{after}");
    assert_eq!(app.get("/bank/personality").await.expect(200), before, "before anybody is served");
    // Nor does one leave anything behind whose mall is stopped in order.
    let next = start(&app, &json!({"toml": HURRY, "mode": "live"})).await;
    eventually("the bank behaves otherwise", async || {
        (app.get("/bank/personality").await.expect(200) != before).then_some(())
    })
    .await;
    assert!(app.stop().success());
    app.restart().await;
    assert_eq!(app.get("/bank/personality").await.expect(200), before);
    assert_eq!(look(&app, &next).await["status"], "error");
}

#[tokio::test]
async fn whoever_a_killed_simulation_left_otherwise_behaves_as_before_on_every_database() {
    let mut app = TestApp::with(&QUICK).await;
    app.may_leave_orders();
    let store = app.store(Some(100)).await;
    app.product(&store, 100, 1_000_000).await;
    let of_store = format!("/stores/{store}/personality");
    app.put("/bank/personality", &json!({"delay": {"distribution": "fixed", "ms": 77}})).await.expect(200);
    let before = app.get("/bank/personality").await.expect(200);
    let faults = json!({"faults": {"bank": {"at": "0s", "delay": "20ms"}, "store:1": {"at": "0s", "delay": "30ms"}}});
    start(&app, &json!({"toml": HURRY, "mode": "live", "set": faults})).await;
    let plain = app.get(&of_store).await.expect(200);
    eventually("both behave otherwise", async || {
        let now = [app.get("/bank/personality").await.expect(200), app.get(&of_store).await.expect(200)];
        (now[0] != before && now[1] != plain).then_some(())
    })
    .await;
    // What somebody else says of the store meanwhile stays.
    let said = app.put(&of_store, &json!({"silent": {"share": 0.5}})).await.expect(200);
    app.kill9();
    app.restart().await;
    assert_eq!(app.get("/bank/personality").await.expect(200), before);
    assert_eq!(app.get(&of_store).await.expect(200), said);
    app.delete("/personalities").await.expect(204);
}

#[tokio::test]
async fn a_simulation_that_is_ended_while_it_tells_somebody_how_to_behave_leaves_the_mall_able_to() {
    let mut app = TestApp::embedded(&QUICK).await;
    let faults = json!({"bank": {"at": "2s", "for": "50s", "outage": "hold"}});
    let simulation = start(&app, &json!({"toml": HURRY, "mode": "live", "set": {"faults": faults}})).await;
    let path = format!("/simulations/{simulation}");
    eventually("shoppers come", async || (look(&app, &simulation).await["totals"]["offered"] != 0).then_some(())).await;
    // What it writes of the bank then has to wait.
    let mut other = open_writer(&Place::File(app.data_dir().join("plaza.db"))).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    eventually("the bank is to be out", async || {
        (look(&app, &simulation).await["progress"].as_f64() > Some(2.5 / 3_600.0)).then_some(())
    })
    .await;
    app.delete(&path).await.expect(200);
    app.delete(&path).await.expect(200);
    other.batch_execute("ROLLBACK").unwrap();
    drop(other);
    let done = ended(&app, &simulation).await;
    let bank = app.get("/bank/personality").await.expect(200);
    assert_eq!(bank["outages"].as_array().map_or(0, Vec::len), 0, "as before: {bank} {done}");
    // The mall knows what its own stream says.
    app.put("/bank/personality", &json!({"silent": {"share": 0.5}})).await.expect(200);
    app.patch("/clock", &json!({"speed": 2})).await.expect(200);
    app.patch("/clock", &json!({"speed": 1})).await.expect(200);
    app.delete("/personalities").await.expect(204);
    app.may_leave_orders();
}

#[tokio::test]
async fn who_takes_a_word_of_the_simulation_back_is_not_contradicted_by_its_next() {
    let app = TestApp::with(&QUICK).await;
    let plain = app.get("/bank/personality").await.expect(200);
    let windows = json!({"bank": [
        {"at": "0s", "for": "200ms", "silent": 0.0}, {"at": "500ms", "for": "30s", "delay": "20ms"},
        {"at": "4s", "for": "30s", "refuse": 0.9}
    ]});
    let set = json!({"duration": "6s", "faults": windows});
    let simulation = start(&app, &json!({"toml": HURRY, "mode": "live", "set": set})).await;
    let of_bank = async || app.get("/bank/personality").await.expect(200);
    eventually("its second word counts", async || of_bank().await["delay"].is_object().then_some(())).await;
    app.delete("/bank/personality").await.expect(204);
    let done = ended(&app, &simulation).await;
    assert_eq!(done["totals"]["refused"], 0, "its third word does not count: {done}");
    let said: Vec<String> = done["said"].as_array().unwrap().iter().map(text).collect();
    assert!(said.iter().any(|said| said.contains("told otherwise by somebody else")), "{done}");
    let left = of_bank().await;
    assert_eq!((&left["delay"], &left["refuse"]), (&plain["delay"], &plain["refuse"]), "{left}");
}

#[tokio::test]
async fn what_people_do_meanwhile_is_on_the_charts_and_in_the_report() {
    let app = TestApp::with(&QUICK).await;
    let set = json!({"duration": "5s", "faults": {}});
    let simulation = start(&app, &json!({"toml": HURRY, "mode": "live", "set": set})).await;
    eventually("somebody has come", async || (look(&app, &simulation).await["totals"]["offered"] != 0).then_some(()))
        .await;
    let watched = streamed(&app, &simulation);
    let acts = async {
        app.post("/outages", &json!({"participant": {"kind": "bank"}, "for": "1s", "mode": "hold"})).await.expect(201);
        app.patch("/clock", &json!({"speed": 2})).await.expect(200);
    };
    let (watched, ()) = futures_util::future::join(watched, acts).await;
    let (out, fast) = ("The bank is out, answers wait", "The clock at 2 times");
    assert!(watched.contains(out) && watched.contains(fast), "{watched}");
    let report = app.get(&format!("/simulations/{simulation}/report.json")).await.expect(200);
    let bands = report["bands"].as_array().unwrap();
    let lasted = |name: &str| {
        let band = bands.iter().find(|band| band["name"] == name).unwrap_or_else(|| panic!("{name}: {bands:?}"));
        band["until_ms"].as_u64().unwrap() - band["from_ms"].as_u64().unwrap()
    };
    assert!((900..=1_000).contains(&lasted(out)) && lasted(fast) > 500, "{bands:?}");
    let notes = report["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| text(note).contains(out)), "{notes:?}");
    app.patch("/clock", &json!({"speed": 1})).await.expect(200);
    app.delete("/bank/personality").await.expect(204);
}

#[tokio::test]
async fn an_outage_that_somebody_adds_to_what_a_simulation_said_stays_and_the_rest_goes() {
    let app = TestApp::with(&QUICK).await;
    let simulation = with_another_bank(&app).await;
    let outage = json!({"participant": {"kind": "bank"}, "for": "1s", "mode": "hold"});
    let added = app.post("/outages", &outage).await.expect(201)["personality"].clone();
    assert!(added["delay"].is_object(), "{added}");
    let done = ended(&app, &simulation).await;
    let after = app.get("/bank/personality").await.expect(200);
    assert_eq!((&after["outages"], after["delay"].is_null()), (&added["outages"], true), "{after} {done}");
    app.delete("/bank/personality").await.expect(204);
}

#[tokio::test]
async fn what_somebody_else_says_of_the_bank_meanwhile_stays() {
    let app = TestApp::with(&QUICK).await;
    let simulation = with_another_bank(&app).await;
    let said = json!({"delay": {"distribution": "fixed", "ms": 77}});
    app.put("/bank/personality", &said).await.expect(200);
    let ours = app.get("/bank/personality").await.expect(200);
    let done = ended(&app, &simulation).await;
    assert_eq!(app.get("/bank/personality").await.expect(200), ours, "{done}");
    assert!(done["said"].to_string().contains("The bank was told otherwise by somebody else"), "{done}");
    app.delete("/bank/personality").await.expect(204);
}

#[tokio::test]
async fn a_run_lasts_as_long_as_its_scenario_and_the_next_begins_with_its_end() {
    let app = TestApp::with(&QUICK).await;
    let seldom = json!({"toml": HURRY, "mode": "live", "set": {"duration": "2s", "arrivals.rate": 0.001}});
    let simulation = start(&app, &seldom).await;
    let stream = streamed(&app, &simulation).await;
    assert!(stream.matches("data: ").count() >= 2, "it is told of for two seconds: {stream}");
    // Who begins the next one with the end of this finds the lab free.
    for _ in 0..5 {
        let next = start(&app, &json!({"toml": HURRY, "mode": "live", "set": {"duration": "10ms"}})).await;
        streamed(&app, &next).await;
    }
}
