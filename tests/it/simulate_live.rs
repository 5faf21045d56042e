//! `plaza simulate SCENARIO --own-mall` and `--target`, through the real command line, REST and the live stream.

use crate::app::{TestApp, plaza};
use crate::wait::eventually;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

const EXCERPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/cdnow_excerpt.csv");

/// A busy small mall, in which everything happens soon.
const SHOP: &str = r#"
name = "shop"
duration = "6s"
[mall]
stores = 2
products_per_store = 4
stock = "unlimited"
store_delay = "300ms"
payment_delay = "100ms"
pay_deadline = "2m"
[arrivals]
rate = 15.0
process = "constant"
[shopper]
profile = "once"
think = "50ms"
too_little_money = 0.1
retries = 0.2
pays = { share = 0.8, after = "200ms" }
cancels = 0.0
[thresholds]
always = ["lost == 0", "duplicated == 0", "violations == 0", "dropped == 0", "started == 91"]
measured = ["submit.count >= 91", "pay.count > 0", "commit_to_event.count > 0"]
"#;

/// An experiment of two runs.
const VARIED: &str = "experiment={vary={\"mall.stock\"=[1, \"unlimited\"]}, replications=1, measure=[\"served.share\", \"submit.p50\"], answer=\"smallest mall.stock with served.share >= 0.5\"}";

fn scenario(dir: &TempDir, text: &str) -> PathBuf {
    let path = dir.path().join("shop.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn simulate(scenario: &Path, args: &[&str]) -> Command {
    let mut command = plaza();
    command
        .arg("simulate")
        .arg(scenario)
        .args(["--json", "-"])
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn found(output: &Output) -> (Value, i32) {
    let found = serde_json::from_slice(&output.stdout);
    let said = || String::from_utf8_lossy(&output.stderr).into_owned();
    (found.unwrap_or_else(|_| panic!("{}", said())), output.status.code().unwrap())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What of a run does not hang on the time in which it was made.
fn outcome(report: &Value) -> Value {
    let totals = &report["totals"];
    let of = |name: &str| totals[name].clone();
    json!({
        "submitted": of("submitted"), "accepted": of("accepted"), "rejected": of("rejected"), "expired": of("expired"),
        "delivered": of("delivered"), "pending": of("pending"), "money": report["money"], "stock": report["stock"],
    })
}

#[tokio::test]
async fn a_run_with_a_mall_of_its_own_ends_as_the_same_run_in_virtual_time() {
    let dir = tempfile::tempdir().unwrap();
    let shop = scenario(&dir, SHOP);
    let temp = dir.path().join("tmp");
    std::fs::create_dir(&temp).unwrap();
    let mut command = simulate(&shop, &["--own-mall"]);
    let output = run({
        command.env("TMPDIR", &temp).env("PLAZA_DATA_DIR", "/nowhere");
        command
    })
    .await;
    let (live, code) = found(&output);
    assert_eq!((code, &live["mode"], &live["verdict"]), (0, &json!("rest"), &json!("passed")), "{live:#}");
    let (virtual_run, code) = found(&run(simulate(&shop, &["--virtual"])).await);
    assert_eq!(code, 0, "{virtual_run:#}");
    assert_eq!(outcome(&live), outcome(&virtual_run));
    assert!(live["totals"]["expired"].as_u64().unwrap() > 0, "its clock was advanced");
    assert!(live["latency_ms"]["generator.lag"]["count"].as_u64().unwrap() > 90);
    assert!(live["journal"]["head"].is_string());
    assert_eq!(std::fs::read_dir(&temp).unwrap().count(), 0, "nothing is left");
}

#[tokio::test]
async fn a_closed_mall_is_driven_as_its_customers_and_used_as_it_is() {
    let token = "0123456789abcdef-of-the-administrator";
    let settings = ["--admin-token", token, "--store-delay", "100ms", "--payment-delay", "100ms"];
    let mut app = TestApp::embedded(&settings).await;
    app.may_leave_orders();
    app.authenticate(token);
    let dir = tempfile::tempdir().unwrap();
    let shop = scenario(&dir, SHOP);
    let url = app.url().to_owned();
    let target = ["--target", url.as_str(), "--set", "duration=2s", "--set", "thresholds={always=[\"lost == 0\"]}"];
    let refused = run(simulate(&shop, &target)).await;
    assert_eq!(refused.status.code(), Some(10), "{}", said(&refused));
    assert!(said(&refused).contains("unauthorized"), "{}", said(&refused));
    for round in 0..2 {
        let mut command = simulate(&shop, &target);
        command.env("PLAZA_ADMIN_TOKEN", token);
        let (report, code) = found(&run(command).await);
        assert_eq!((code, &report["target"]), (0, &json!(url)), "{report:#}");
        assert_eq!(report["totals"]["submitted"], 31, "{report:#}");
        let used = report["notes"].to_string().contains("used as it is");
        assert_eq!(used, round == 1, "{}", report["notes"]);
    }
    assert_eq!(app.all("/orders").await.len(), 62);
    let mut exact = simulate(&shop, &["--target", &url, "--exact-mall", "--set", "mall.stores=3"]);
    let exact = run({
        exact.env("PLAZA_ADMIN_TOKEN", token);
        exact
    })
    .await;
    assert_eq!(exact.status.code(), Some(10));
    assert!(said(&exact).contains("the scenario has 3 stores"), "{}", said(&exact));
}

#[tokio::test]
async fn a_trace_ends_with_its_totals_over_rest() {
    let mut command = plaza();
    command.args(["simulate", "--trace", EXCERPT, "--own-mall", "--json", "-"]);
    command.args(["--set", "mall.store_delay=200ms", "--set", "mall.payment_delay=100ms"]);
    let (report, code) = found(&run(command).await);
    assert_eq!(code, 0, "{report:#}");
    let totals = report["trace"].as_array().unwrap();
    assert!(totals.len() > 10 && totals.iter().all(|total| total["trace"] == total["mall"]), "{totals:#?}");

    // In a mall that others use as well.
    let mut app = TestApp::embedded(&["--store-delay", "200ms", "--payment-delay", "100ms"]).await;
    app.may_leave_orders();
    app.store(Some(100)).await;
    let mut command = plaza();
    command.args(["simulate", "--trace", EXCERPT, "--limit", "30", "--target", app.url(), "--json", "-"]);
    command.args(["--set", "mall.store_delay=200ms"]);
    let (report, code) = found(&run(command).await);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(report["totals"]["delivered"], 30);

    // A name that is as long as a store's may be, before which the run's own stands.
    let dir = tempfile::tempdir().unwrap();
    let long = dir.path().join("long.csv");
    let row = format!("1,2026-01-01T00:00:00Z,ann,{},tea,1,250\n", "n".repeat(120));
    std::fs::write(&long, format!("order,at,customer,store,sku,quantity,unit_price_minor\n{row}")).unwrap();
    let mut command = plaza();
    command.arg("simulate").arg("--trace").arg(&long).args(["--target", app.url(), "--json", "-"]);
    let (report, code) = found(&run(command).await);
    assert_eq!((code, &report["totals"]["delivered"]), (0, &json!(1)), "{report:#}");
}

#[tokio::test]
async fn a_mall_of_its_own_that_is_killed_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let faults = "[faults]\nmall = { at = \"2s\", crash = \"500ms\" }\n\
                  bank = { at = \"1s\", for = \"2s\", outage = \"hold\" }\n";
    let shop = scenario(&dir, &SHOP.replace("[thresholds]", &format!("{faults}[thresholds]")));
    let output = run(simulate(&shop, &["--own-mall"])).await;
    let (report, _) = found(&output);
    let totals = &report["totals"];
    assert_eq!((&totals["lost"], &totals["duplicated"], &totals["violations"]), (&json!(0), &json!(0), &json!(0)));
    assert_eq!(
        (&totals["started"], &totals["submitted"]),
        (&json!(91), &json!(91)),
        "everybody asked again: {report:#}"
    );
    assert!(totals["errors"].as_u64().unwrap() > 0, "{report:#}");
    let refused = run(simulate(&shop, &["--target", "http://127.0.0.1:9"])).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("shop.toml:") && said(&refused).contains("--own-mall"), "{}", said(&refused));
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success());
}

#[tokio::test]
async fn a_mall_that_stands_still_shows_in_what_was_intended_and_a_late_generator_accuses_itself() {
    let dir = tempfile::tempdir().unwrap();
    // More steps than there are connections are due while it stands still.
    let shop = scenario(&dir, SHOP);
    let sets = ["duration=10s", "arrivals.rate=60", "thresholds={}", "shopper.think=1s"];
    let sets = sets.iter().flat_map(|set| ["--set", set]).chain(["--connections", "16"]);
    let sets: Vec<&str> = sets.collect();
    let mut app = TestApp::embedded(&["--store-delay", "100ms", "--payment-delay", "100ms"]).await;
    app.may_leave_orders();
    let args: Vec<&str> = ["--target", app.url()].into_iter().chain(sets.iter().copied()).collect();
    let running = simulate(&shop, &args).spawn().unwrap();
    eventually("orders are placed", async || (app.all("/orders").await.len() > 30).then_some(())).await;
    signal(app.child(), "STOP");
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    signal(app.child(), "CONT");
    let output = tokio::task::spawn_blocking(move || running.wait_with_output().unwrap()).await.unwrap();
    let (report, _) = found(&output);
    let (submit, service) = (&report["latency_ms"]["submit"], &report["latency_ms"]["service"]);
    let ms = |of: &Value, name: &str| of[name].as_f64().unwrap();
    assert!(ms(submit, "p95") > 1_000.0, "{report:#}");
    assert!(ms(service, "p95") < ms(submit, "p95") / 2.0, "{report:#}");

    let args: Vec<&str> = args.iter().copied().chain(["--set", "thresholds.always=[\"submit.p99 <= 1h\"]"]).collect();
    let running = simulate(&shop, &args).spawn().unwrap();
    let before = app.all("/orders").await.len();
    eventually("orders are placed", async || (app.all("/orders").await.len() > before + 30).then_some(())).await;
    signal(&running, "STOP");
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    signal(&running, "CONT");
    let output = tokio::task::spawn_blocking(move || running.wait_with_output().unwrap()).await.unwrap();
    let (report, code) = found(&output);
    assert_eq!(code, 1, "{report:#}");
    assert!(report["distrust"][0].as_str().unwrap().starts_with("These are figures of the generator"), "{report:#}");
    assert_eq!(report["thresholds"][0]["why"], "the generator was late");
}

#[tokio::test]
async fn whoever_stops_a_run_sends_everybody_home() {
    let dir = tempfile::tempdir().unwrap();
    let shop = scenario(&dir, SHOP);
    let mut app = TestApp::embedded(&["--store-delay", "100ms", "--payment-delay", "100ms"]).await;
    app.may_leave_orders();
    let pays = "shopper.pays={share=1.0, after=\"1h\"}";
    let sets = ["duration=2s", "shopper.too_little_money=0.0", pays, "thresholds={}"];
    let sets = sets.iter().flat_map(|set| ["--set", set]);
    let args: Vec<&str> = ["--target", app.url()].into_iter().chain(sets).collect();
    let running = simulate(&shop, &args).spawn().unwrap();
    eventually("all have come", async || {
        let orders = app.all("/orders").await;
        (orders.len() > 5 && orders.iter().all(|order| order["status"] == "accepted")).then_some(())
    })
    .await;
    signal(&running, "INT");
    let output = tokio::task::spawn_blocking(move || running.wait_with_output().unwrap()).await.unwrap();
    let (report, code) = found(&output);
    assert_eq!((code, &report["verdict"]), (1, &json!("stopped")), "{report:#}");
    assert!(report["distrust"][0].as_str().unwrap().starts_with("It was stopped"), "{report:#}");
}

#[tokio::test]
async fn what_an_outage_withholds_from_who_ordered_before_it_is_not_late() {
    let dir = tempfile::tempdir().unwrap();
    let shop = scenario(&dir, SHOP);
    let outage = "faults.bank={at=\"1s\", for=\"4s\", outage=\"hold\"}";
    let sets = ["duration=2s", "mall.payment_delay=2s", outage, "thresholds={}"];
    let sets = sets.iter().flat_map(|set| ["--set", set]);
    let args: Vec<&str> = ["--own-mall"].into_iter().chain(sets).collect();
    let (report, _) = found(&run(simulate(&shop, &args)).await);
    assert!(report["totals"]["accepted"].as_u64().unwrap() > 5, "{report:#}");
    assert_eq!(report["latency_ms"]["lateness"]["count"], 0, "every one was due in it: {report:#}");
}

#[tokio::test]
async fn of_a_mall_that_dies_nothing_is_said_to_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let thresholds = r#"thresholds={always=["lost == 0", "violations == 0", "dropped == 0"]}"#;
    let shop = scenario(&dir, SHOP);
    let mut app = TestApp::embedded(&["--store-delay", "100ms", "--payment-delay", "100ms"]).await;
    let page = dir.path().join("page.html");
    let args = ["--target", app.url(), "--set", "duration=10s", "--set", thresholds, "--html", page.to_str().unwrap()];
    let running = simulate(&shop, &args).spawn().unwrap();
    eventually("orders are placed", async || (app.all("/orders").await.len() > 5).then_some(())).await;
    app.kill9();
    let output = tokio::task::spawn_blocking(move || running.wait_with_output().unwrap()).await.unwrap();
    let (report, code) = found(&output);
    assert_eq!((code, &report["checked"], &report["verdict"]), (10, &json!(false), &json!("failed")), "{report:#}");
    let judged: Vec<_> = report["thresholds"].as_array().unwrap().iter().map(|one| one["holds"].clone()).collect();
    assert_eq!(judged, [Value::Null, Value::Null, json!(true)], "what was not checked is not judged: {report:#}");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("nobody knows whether an order is missing") && !page.contains("No acknowledged order"));
}

#[tokio::test]
async fn who_behaved_otherwise_for_a_run_behaves_as_before_afterwards() {
    let mut app = TestApp::embedded(&["--store-delay", "100ms", "--payment-delay", "100ms"]).await;
    app.may_leave_orders();
    let slow = json!({"delay": {"distribution": "fixed", "ms": 150}});
    app.put("/bank/personality", &slow).await.expect(200);
    let dir = tempfile::tempdir().unwrap();
    let text = SHOP.replace("[thresholds]", "[faults]\nbank = { at = \"500ms\", refuse = 1.0 }\n[thresholds]");
    let shop = scenario(&dir, &text);
    let (report, _) = found(&run(simulate(&shop, &["--target", app.url(), "--set", "duration=3s"])).await);
    assert!(report["totals"]["rejected"]["SERVICE_FAILED"].as_u64().unwrap() > 5, "{report:#}");
    assert_eq!(app.get("/bank/personality").await.expect(200)["delay"], slow["delay"]);
}

#[tokio::test]
async fn what_is_no_mall_is_told_apart_from_what_was_said_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let shop = scenario(&dir, SHOP);
    let nowhere = format!("http://127.0.0.1:{}", crate::engines::free_port());
    let (page, kept) = (dir.path().join("page.html"), dir.path().join("kept.html"));
    std::fs::write(&kept, "").unwrap();
    let (page, kept) = (page.to_str().unwrap(), kept.to_str().unwrap());
    for (args, code, says) in [
        (vec!["--target", &nowhere, "--html", page], 10, "does not answer"),
        (vec!["--target", &nowhere, "--html", kept], 10, "does not answer"),
        (vec!["--target", "https://127.0.0.1:1"], 2, "plain HTTP only"),
        (vec!["--target", "http://127.0.0.1:1/mall"], 2, "plain HTTP only"),
        (vec!["--target", "http://"], 2, "plain HTTP only"),
        (vec!["--target", "http://127.0.0.1:99999"], 2, "not an address"),
        (vec!["--target", "http://127.0.0.1:"], 2, "not an address"),
        (vec!["--target", "http://127.0.0.1:0"], 2, "not an address"),
        (vec!["--target", "http://me:secret@127.0.0.1:1"], 2, "not an address"),
        (vec!["--target", "http://127.0.0.1:1#there"], 2, "not an address"),
        (vec!["--target", &nowhere, "--html", "-"], 2, "a page needs a file of its own"),
        (vec!["--own-mall", "--html", "/nowhere/page.html"], 2, "cannot be written"),
        (vec![], 2, "--virtual"),
        (vec!["--own-mall", "--virtual"], 2, "cannot be used with"),
        (vec!["--own-mall", "--speed", "2"], 2, "--speed is for a trace"),
        (vec!["--virtual", "--speed", "0"], 2, "neither max nor a number"),
        (vec!["--target", "http://127.0.0.1:1", "--set", VARIED], 2, "does not count with --target"),
        (vec!["--own-mall", "--trace", EXCERPT, "--replications", "2"], 2, "a trace is the same every time"),
        (vec!["--exact-mall", "--own-mall"], 2, "--target"),
    ] {
        let output = run(simulate(&shop, &args)).await;
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(says), "{args:?}: {}", said(&output));
        assert!(!said(&output).contains("me:secret"), "{}", said(&output));
    }
    let is_there = |path: &str| std::path::Path::new(path).exists();
    assert_eq!((is_there(page), is_there(kept)), (false, true), "nothing is left of what was never found");
}

#[tokio::test]
async fn an_experiment_over_rest_answers_as_in_virtual_time_and_measures_what_that_cannot() {
    let dir = tempfile::tempdir().unwrap();
    let shop = scenario(&dir, SHOP);
    let sets = ["--set", "duration=3s", "--set", "thresholds={}", "--set", VARIED];
    let (live, code) = found(&run(simulate(&shop, &[&["--own-mall"][..], &sets].concat())).await);
    assert_eq!((code, &live["mode"]), (0, &json!("rest")), "{live:#}");
    let served = |report: &Value| -> Vec<f64> {
        let variants = report["variants"].as_array().unwrap().iter();
        variants.map(|variant| variant["replications"][0]["values"]["served.share"].as_f64().unwrap()).collect()
    };
    assert!(live["variants"][1]["measures"]["submit.p50"]["mean"].as_f64().unwrap() > 0.0, "{live:#}");
    let without = VARIED.replace(", \"submit.p50\"", "");
    let sets = ["--virtual", "--set", "duration=3s", "--set", "thresholds={}", "--set", &without];
    let (in_virtual_time, _) = found(&run(simulate(&shop, &sets)).await);
    assert_eq!(served(&live), served(&in_virtual_time), "the same shoppers, and every mall its own");
    assert!(served(&live)[0] < 0.5 && served(&live)[1] > 0.5, "{:?}", served(&live));
    assert_eq!(live["answers"][0]["value"], in_virtual_time["answers"][0]["value"]);
}

#[tokio::test]
async fn runs_of_an_experiment_go_on_in_one_mall_without_being_taken_for_each_other() {
    let mut app = TestApp::embedded(&["--store-delay", "100ms", "--payment-delay", "100ms"]).await;
    app.may_leave_orders();
    let dir = tempfile::tempdir().unwrap();
    let shop = scenario(&dir, SHOP);
    let args = [
        "--target",
        app.url(),
        "--replications",
        "2",
        "--set",
        "duration=1s",
        "--set",
        "thresholds={always=[\"started == 16\", \"lost == 0\"]}",
    ];
    for rounds in 1..=2 {
        let (report, code) = found(&run(simulate(&shop, &args)).await);
        assert_eq!((code, &report["target"]), (0, &json!(app.url())), "{report:#}");
        assert_eq!(app.all("/orders").await.len(), rounds * 32);
    }
}
