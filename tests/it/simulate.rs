//! `plaza simulate SCENARIO --virtual`, through the real command line.

use crate::app::{TestApp, id, plaza};
use crate::wait::eventually_blocking;
use diesel::Connection;
use diesel::connection::SimpleConnection;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const EXCERPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/cdnow_excerpt.csv");

/// Three small scenarios that touch every sampler. Their heads change when a sampler, an event or a decision does: on
/// purpose, so that nobody changes one without knowing. Then look at what changed, and write the new ones down.
const GOLDEN: &[(&str, &[&str], &str)] = &[
    ("smoke", &["duration=20s"], "c97e2f886a87d4d459e88b69421d49a4926271475778abd32c12df77772ea413"),
    (
        "bank-outage",
        &["duration=60s", "faults.bank={at=\"20s\", for=\"20s\", outage=\"hold\"}"],
        "d42cf51dc10a08ab19d6d4ade9fcfd9ae168b1c7ead7c0d130fb13d2616dd801",
    ),
    (
        "slow-stores",
        &[
            "duration=40s",
            "arrivals.process={gamma={cv=2.0}}",
            "mall.stock={poisson=3}",
            "shopper.lines={geometric={mean=1.0}}",
            "faults={\"store:2\"={at=\"5s\", refuse=0.3, delay={lognormal={median=\"20s\", p99=\"90s\"}}}}",
        ],
        "11fa33abbc8b9e63f90d485fe736f295f35a2c5d540ef173e2914a07af2c21f1",
    ),
];

fn simulate(args: &[&str]) -> Output {
    plaza().arg("simulate").args(args).output().unwrap()
}

fn with_sets(scenario: &str, sets: &[&str], more: &[&str]) -> Output {
    let mut args = vec![scenario, "--virtual"];
    for set in sets {
        args.extend(["--set", set]);
    }
    args.extend(more);
    simulate(&args)
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", text(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn last_line(output: &Output) -> String {
    said(output).trim_end().lines().last().unwrap().to_owned()
}

/// What a run found, as JSON, and its exit code.
fn json(output: &Output) -> (Value, i32) {
    let found = serde_json::from_slice(&output.stdout);
    (found.unwrap_or_else(|_| panic!("{}", text(output))), output.status.code().unwrap())
}

fn file(dir: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn one_seed_is_one_run_and_another_seed_another() {
    let run = |seed: &str| last_line(&with_sets("smoke", &["duration=20s"], &["--seed", seed]));
    let first = run("1");
    assert!(first.starts_with("journal ") && first.contains(" head "), "{first}");
    assert_eq!(first, run("1"));
    assert_ne!(first, run("2"));
}

#[test]
fn the_heads_of_three_scenarios_are_what_they_were() {
    for (scenario, sets, head) in GOLDEN {
        // Their thresholds are of longer runs.
        let mut sets = sets.to_vec();
        sets.extend(["thresholds.measured=[]", "warm_up=0s"]);
        let (report, _) = json(&with_sets(scenario, &sets, &["--json", "-"]));
        assert_ne!(report["verdict"], "violated", "{report:#}");
        assert_eq!(report["journal"]["head"], *head, "{scenario}: {report:#}");
    }
}

#[test]
fn without_a_scenario_the_shipped_ones_are_listed_and_a_check_runs_nothing() {
    let listed = said(&simulate(&[]));
    for name in ["smoke", "day", "weekday-shop", "flash-sale", "bank-outage", "slow-stores"] {
        assert!(listed.contains(name), "{listed}");
        let checked = said(&simulate(&[name, "--check"]));
        assert!(checked.contains("arrivals  |") && checked.contains("shoppers"), "{checked}");
        assert!(!checked.contains("journal"), "{checked}");
    }
    let day = said(&simulate(&["day", "--check"]));
    assert!(day.contains("86 400"), "{day}");
}

#[test]
fn wrong_usage_is_refused_with_what_would_be_right() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = file(&dir, "wrong.toml", "[arrivals]\nrate = 1.0\nproces = \"poisson\"\n");
    let wrong = wrong.to_str().unwrap();
    let (noise, other) = (dir.path().join("noise"), dir.path().join("other"));
    for place in [&noise, &other] {
        std::fs::create_dir(place).unwrap();
    }
    std::fs::write(noise.join("plaza.db"), vec![7; 20_000]).unwrap();
    let mut foreign = diesel::SqliteConnection::establish(other.join("plaza.db").to_str().unwrap()).unwrap();
    foreign.batch_execute("CREATE TABLE somebody_elses (x)").unwrap();
    let (noise, other) = (noise.to_str().unwrap(), other.to_str().unwrap());
    let experiment = file(&dir, "experiment.toml", "[experiment]\nvary = { \"mall.stok\" = [1, 2] }\n");
    let question = file(&dir, "question.toml", "name = \"x\"\n[experiment]\nvary = {}\nanswer = \"how many\"\n");
    for (args, meant) in [
        (vec![wrong, "--virtual"], "wrong.toml:3:1: unknown key `proces`, did you mean `process`?"),
        (vec![experiment.to_str().unwrap(), "--virtual"], "did you mean `stock`?"),
        (vec![question.to_str().unwrap(), "--virtual"], "question.toml:2:1: `how many` is no question"),
        (vec![question.to_str().unwrap(), "--check"], "question.toml:2:1: `how many` is no question"),
        (vec!["smoke", "--virtual", "--replications", "0"], "--replications"),
        (vec!["smoke", "--virtual", "--replications", "2", "--on-disk", "nowhere"], "keeps the journal of one run"),
        (vec!["smok", "--virtual"], "did you mean smoke?"),
        (vec!["smoke"], "--virtual"),
        (vec!["smoke", "--virtual", "--set", "mall.stok=2"], "`stock`"),
        (vec!["smoke", "--virtual", "--limit", "2"], "--trace"),
        (vec!["--virtual"], "name a scenario"),
        (vec!["smoke", "--virtual", "--start-from", "/nowhere"], "--start-from /nowhere"),
        (
            vec!["smoke", "--virtual", "--set", "arrivals.process={gamma={cv=1e6}}"],
            "cv must be more than 0 and at most 100",
        ),
        (
            vec!["smoke", "--virtual", "--set", "shopper.think={uniform={min=\"5s\",max=\"1s\"}}"],
            "min must not be more",
        ),
        (vec!["smoke", "--virtual", "--set", "faults={\"store:01\"={refuse=0.1}}"], "a store by its number"),
        (vec!["smoke", "--virtual", "--set", "warm_up=1m"], "`warm_up` must be less than `duration`"),
        (vec!["smoke", "--virtual", "--set", "faults.bank={delay=\"2d\"}"], "a delay must be at most 24h"),
        (
            vec!["smoke", "--virtual", "--set", "faults.bank=[{refuse=1.0},{at=\"30s\",silent=1.0}]"],
            "refuse and silent must be at most 1 together",
        ),
        (
            vec![
                "smoke",
                "--virtual",
                "--set",
                "phases=[{name=\"a\",at=\"0s\",rate=1.0},{name=\"a\",at=\"5s\",rate=2.0}]",
            ],
            "`a` cannot be the name of a phase",
        ),
        (vec!["--seeds", "2", "smoke"], "cannot be used with"),
        (vec!["--seeds", "2", "--target", "http://127.0.0.1:1"], "cannot be used with"),
        (vec!["--seeds", "2", "--virtual"], "cannot be used with"),
        (vec!["--seeds", "2", "--seed", "3"], "cannot be used with"),
        (vec!["--seeds", "2", "--check"], "cannot be used with"),
        (vec!["--seeds", "2", "--json", "x.json"], "cannot be used with"),
        (vec!["--plan", "x.json", "--set", "mall.stock=3"], "cannot be used with"),
        (vec!["--plan", "x.json", "--shrink", "x.json"], "cannot be used with"),
        (vec!["smoke", "--virtual", "--first-seed", "3"], "cannot be used with"),
        (vec!["--first-seed", "3"], "--seeds"),
        (vec!["smoke", "--virtual", "--plans", "there"], "cannot be used with"),
        (vec!["--seeds", "0"], "--seeds"),
        (vec!["--seeds", "1", "--minutes", "18446744073709551615"], "--minutes"),
        (vec!["--seeds", "1", "--jobs", "100000"], "--jobs"),
        (vec!["smoke", "--virtual", "--on-disk", dir.path().to_str().unwrap()], "is not empty"),
        (vec!["smoke", "--virtual", "--on-disk", wrong], "is a file; name a directory"),
        (vec!["smoke", "--virtual", "--start-from", wrong], "wrong.toml: this is not an export"),
        (vec!["smoke", "--virtual", "--start-from", noise], "noise: this is no mall that can be read"),
        (vec!["smoke", "--virtual", "--start-from", other], "other: this is the database of something else"),
        (vec!["smoke", "--virtual", "--set", "shopper.quantity=10001"], "`shopper.quantity` must be 1 to 10000"),
        (vec!["smoke", "--virtual", "--set", "shopper.quantity=0"], "`shopper.quantity` must be 1 to 10000"),
        (vec!["smoke", "--virtual", "--set", "shopper.lines=100"], "`shopper.lines` must be 0 to 99"),
        (vec!["smoke", "--virtual", "--set", "name=\u{1b}[31mred"], "must not have control characters"),
    ] {
        let output = simulate(&args);
        let said = text(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(meant), "{args:?}: {said}");
    }
}

/// How many pieces a small rush asks for.
const RUSH: &str = r#"
name = "rush"
title = "How many pieces does a rush ask for?"
duration = "40s"
[mall]
stores = 1
products_per_store = 1
[arrivals]
rate = 2.0
[shopper]
lines = 0
think = "0s"
[experiment]
vary = { "mall.stock" = [10, 60, 1000] }
replications = 4
measure = ["money.captured"]
answer = "smallest mall.stock with rejected.OUT_OF_STOCK.share <= 0.5"
"#;

#[test]
fn an_experiment_varies_values_over_the_same_shoppers_and_answers_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let rush = file(&dir, "rush.toml", RUSH);
    let run = |more: &[&str]| {
        let args = [&[rush.to_str().unwrap(), "--virtual", "--json", "-"], more].concat();
        json(&simulate(&args))
    };
    let (report, code) = run(&[]);
    assert_eq!((code, report["verdict"].as_str(), report["mode"].as_str()), (0, Some("passed"), Some("virtual")));
    let variants = report["variants"].as_array().unwrap();
    assert_eq!(variants.iter().map(|variant| &variant["runs"]).collect::<Vec<_>>(), [4, 4, 4]);
    let short = |at: usize| variants[at]["measures"]["rejected.OUT_OF_STOCK.share"]["mean"].as_f64().unwrap();
    assert!(short(0) > 0.6 && short(2) == 0.0 && short(1) < short(0), "{report:#}");
    // Both had pieces for everybody who comes: over the same shoppers nothing differs in any run.
    let same = dir.path().join("same.toml");
    std::fs::write(&same, RUSH.replace("[10, 60, 1000]", "[1000, 2000]")).unwrap();
    let (more, _) = json(&simulate(&[same.to_str().unwrap(), "--virtual", "--json", "-"]));
    let difference = &more["differences"][0]["measures"]["money.captured"];
    assert_eq!((&difference["mean"], &difference["half_width"]), (&0.0.into(), &0.0.into()), "{more:#}");
    let answer = &report["answers"][0];
    assert_eq!(answer["value"], "60", "{report:#}");
    let sentence = answer["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("The smallest mall.stock with rejected.OUT_OF_STOCK.share <= 0.5 is 60: "),
        "{sentence}"
    );

    let timeless = |mut report: Value| {
        report["started_at"] = Value::Null;
        report
    };
    assert_eq!(timeless(run(&["--jobs", "1"]).0), timeless(report.clone()), "on one thread as on several");
    let (other, _) = run(&["--seed", "100"]);
    assert_eq!(other["answers"][0]["value"], "60", "another seed answers the same");
    assert_ne!(other["variants"], report["variants"]);
    let (fewer, _) = run(&["--replications", "2"]);
    assert_eq!(fewer["variants"][0]["runs"], 2);

    let printed = said(&simulate(&[rush.to_str().unwrap(), "--virtual", "--replications", "2"]));
    assert!(printed.contains("mall.stock = 60 in place of mall.stock = 10") && printed.contains(" ± "), "{printed}");
}

/// What a page loads or runs: nothing, and what callers chose stands in it as text.
fn is_a_page(path: &Path, says: &[&str]) {
    let page = std::fs::read_to_string(path).unwrap();
    for what in says {
        assert!(page.contains(what), "{what}: {}", &page[..page.len().min(4_000)]);
    }
    let begins =
        page.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("img") || tag.starts_with("link"));
    assert_eq!(begins.collect::<Vec<_>>().len(), 1, "the figures as JSON, and nothing else");
    assert!(!page.contains("<b>bold") && !page.contains("http://") && page.len() < 1_500_000);
    let json = page.split("id=\"report\">").nth(1).unwrap().split("</script>").next().unwrap();
    assert_eq!(serde_json::from_str::<Value>(json).unwrap()["schema"], 1);
}

#[test]
fn a_run_and_an_experiment_leave_a_page_that_needs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (run, experiment) = (dir.path().join("run.html"), dir.path().join("experiment.html"));
    let sets = [
        "duration=10s",
        "thresholds.measured=[]",
        "title=<b>bold</b> & \"so\"",
        "faults.bank={outage=\"hold\",for=\"5s\"}",
    ];
    let output = with_sets("smoke", &sets, &["--html", run.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    is_a_page(
        &run,
        &["&lt;b&gt;bold", "<svg", "bank: out, answers wait", "Where orders went", "prefers-color-scheme: dark"],
    );
    let rush = file(&dir, "rush.toml", RUSH);
    let args = [rush.to_str().unwrap(), "--virtual", "--replications", "2", "--html", experiment.to_str().unwrap()];
    said(&simulate(&args));
    is_a_page(&experiment, &["class=\"answer\"", "class=\"limit\"", "mall.stock = 60", "no difference seen"]);
    let nowhere = dir.path().join("nowhere/run.html");
    let output = with_sets("smoke", &["duration=5s"], &["--html", nowhere.to_str().unwrap()]);
    assert!(text(&output).contains("cannot be written"), "{}", text(&output));
}

#[test]
fn a_scenario_is_run_several_times_and_its_means_are_told() {
    let sets = ["duration=10s", "thresholds.measured=[]"];
    let (report, code) = json(&with_sets("smoke", &sets, &["--replications", "3", "--json", "-"]));
    assert_eq!((code, report["variants"].as_array().unwrap().len()), (0, 1), "{report:#}");
    let delivered = &report["variants"][0]["measures"]["delivered.share"];
    assert!(delivered["runs"] == 3 && delivered["half_width"].as_f64().is_some(), "{report:#}");
    let failing = ["duration=10s", "thresholds.measured=[\"delivered == 0\"]"];
    let (report, code) = json(&with_sets("smoke", &failing, &["--replications", "2", "--json", "-"]));
    assert_eq!((code, report["verdict"].as_str()), (1, Some("failed")));
    assert_eq!(report["variants"][0]["thresholds"][0], "delivered == 0");
}

#[test]
fn a_threshold_that_fails_ends_with_1_and_what_cannot_be_measured_does_not() {
    let sets = ["duration=20s", "thresholds.always=[\"delivered == 0\", \"submit.p99 <= 1ms\", \"lost == 0\"]"];
    let (report, code) = json(&with_sets("smoke", &sets, &["--json", "-"]));
    assert_eq!((code, report["verdict"].as_str(), report["mode"].as_str()), (1, Some("failed"), Some("virtual")));
    let judged = report["thresholds"].as_array().unwrap();
    let of = |expression: &str| judged.iter().find(|one| one["expression"] == expression).unwrap();
    assert_eq!(of("delivered == 0")["holds"], false);
    assert_eq!(of("submit.p99 <= 1ms")["holds"], Value::Null);
    assert_eq!(of("lost == 0")["holds"], true);
    let totals = &report["totals"];
    let count = |name: &str| totals[name].as_u64().unwrap();
    assert_eq!(count("offered"), count("started") + count("dropped"));
    assert_eq!(count("pending"), 0);
    assert!(count("delivered") > 0 && report["money"]["captured"].as_i64().unwrap() > 0, "{report:#}");
    assert_eq!(report["latency_ms"]["settle"]["count"], totals["submitted"]);
}

#[test]
fn those_beyond_the_most_are_dropped_and_counted() {
    let sets = ["duration=20s", "arrivals.max_in_flight=3", "thresholds.measured=[]"];
    let (report, code) = json(&with_sets("smoke", &sets, &["--json", "-"]));
    let count = |name: &str| report["totals"][name].as_u64().unwrap();
    assert!(count("dropped") > 0 && count("started") >= 3, "{report:#}");
    assert_eq!((code, count("offered")), (1, count("started") + count("dropped")));
}

#[test]
fn a_crash_of_the_mall_loses_nothing_that_was_acknowledged() {
    let sets =
        ["duration=30s", "thresholds.measured=[]", "faults.mall=[{at=\"9s\",crash=\"3s\"},{at=\"20s\",crash=\"1s\"}]"];
    let output = with_sets("smoke", &sets, &["--json", "-"]);
    let (report, code) = json(&output);
    assert_eq!((code, report["verdict"].as_str()), (0, Some("passed")), "{report:#}");
    assert!(report["totals"]["errors"].as_u64().unwrap() > 0, "somebody asked a dead mall");
    assert_eq!(report["journal"], json(&with_sets("smoke", &sets, &["--json", "-"])).0["journal"]);
}

#[test]
fn a_bank_that_is_out_costs_orders_while_it_is_out() {
    let sets = [
        "duration=3m",
        "arrivals.rate=1",
        "faults.bank={at=\"1m\", for=\"1m\", outage=\"hold\"}",
        "thresholds={\"0s..50s\"=[\"rejected.CONFIRMATION_TIMEOUT.count == 0\"],\"1m..70s\"=[\"rejected.CONFIRMATION_TIMEOUT.share > 0.5\"]}",
    ];
    let (report, code) = json(&with_sets("smoke", &sets, &["--json", "-"]));
    assert_eq!(code, 0, "{report:#}");
    assert!(report["money"]["refused_sales"].as_i64().unwrap() > 0);
}

#[test]
fn a_trace_ends_with_its_totals() {
    let output = simulate(&["--trace", EXCERPT, "--virtual"]);
    let table = said(&output);
    for total in
        [["orders delivered", "60"], ["orders with total 0", "2"], ["customers", "42"], ["units shipped", "97"]]
    {
        let line = table.lines().find(|line| line.starts_with(total[0])).unwrap();
        assert_eq!(line.trim_start_matches(total[0]).split_whitespace().collect::<Vec<_>>(), [total[1], total[1]]);
    }
    assert!(table.contains("Everything agrees with the trace."), "{table}");
    let (report, code) = json(&simulate(&["--trace", EXCERPT, "--virtual", "--limit", "7", "--json", "-"]));
    assert_eq!((code, report["totals"]["delivered"].as_u64()), (0, Some(7)));
    assert!(report["mall_time"]["from"].as_str().unwrap().starts_with("1997-01-01T00:40:00"), "{report:#}");
}

#[test]
fn a_trace_whose_orders_are_not_all_delivered_differs_and_ends_with_1() {
    // The bank refuses everything until the last order comes, however long that is.
    let sets = ["faults.bank={at=\"0s\", refuse=1.0}", "name=refused"];
    let mut args = vec!["--trace", EXCERPT, "--virtual"];
    for set in sets {
        args.extend(["--set", set]);
    }
    let output = simulate(&args);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let said = text(&output);
    assert!(said.contains("differs from the trace"), "{said}");
    let delivered = said.lines().find(|line| line.starts_with("orders delivered")).unwrap();
    assert_eq!(delivered.split_whitespace().collect::<Vec<_>>(), ["orders", "delivered", "60", "1", "!"]);
}

#[test]
fn a_wrong_row_is_named_by_line_and_column() {
    let dir = tempfile::tempdir().unwrap();
    let text_of = std::fs::read_to_string(EXCERPT).unwrap();
    let path = file(&dir, "bad.csv", &text_of.replacen(",Store 12,CD-2112,1,", ",Store 12,CD-2112,one,", 1));
    let output = simulate(&["--trace", path.to_str().unwrap(), "--virtual"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("bad.csv:5:47: `one` is no quantity"), "{}", text(&output));
    let head = text_of.lines().next().unwrap();
    for time in ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let path = file(&dir, "old.csv", &format!("{head}\n1,{time},a,N,x,1,5\n"));
        let output = simulate(&["--trace", path.to_str().unwrap(), "--virtual"]);
        assert_eq!(output.status.code(), Some(2), "{time}");
        assert!(text(&output).contains("old.csv:2:3: ") && text(&output).contains(time), "{}", text(&output));
    }
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[test]
fn a_run_that_is_interrupted_settles_and_reports_and_ends_at_once_when_it_is_again() {
    let dir = tempfile::tempdir().unwrap();
    let mall = dir.path().join("mall");
    let mut run = plaza();
    run.args(["simulate", "day", "--virtual", "--json", "-", "--on-disk"]).arg(&mall);
    let child = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let wal = mall.join("plaza.db-wal");
    eventually_blocking("orders are written", || wal.metadata().ok().filter(|wal| wal.len() > 1_000_000));
    interrupt(&child);
    let (report, code) = json(&child.wait_with_output().unwrap());
    let count = |name: &str| report["totals"][name].as_u64().unwrap();
    assert!((1..86_400).contains(&count("started")) && count("pending") == 0, "{report:#}");
    assert!(report["verdict"] == "stopped" || report["verdict"] == "failed", "{report:#}");
    assert_eq!((code, count("violations") + count("lost")), (1, 0));
    let distrust = report["distrust"].as_array().unwrap();
    assert!(distrust.iter().any(|said| said.as_str().unwrap().starts_with("It was stopped")), "{report:#}");

    // Too long for the memory: it is among the temporary files, and not after the end.
    let scratch = dir.path().join("tmp");
    std::fs::create_dir(&scratch).unwrap();
    let run = plaza().env("TMPDIR", &scratch).args(["simulate", "day", "--virtual", "--set", "duration=30d"]).spawn();
    let mut child = run.unwrap();
    let made = || std::fs::read_dir(&scratch).unwrap().flatten().any(|made| made.path().join("plaza.db").exists());
    eventually_blocking("the journal is made", || made().then_some(()));
    // One that comes before the first was heard is the same one.
    let ended = eventually_blocking("it ends at once", || {
        interrupt(&child);
        child.try_wait().unwrap()
    });
    assert_eq!(ended.code(), Some(130));
    assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn an_output_that_cannot_be_written_is_no_panic() {
    let run = |to: &str| {
        let plaza = plaza().get_program().to_str().unwrap().to_owned();
        let line = format!("{plaza} simulate smoke --virtual --set duration=2s --set thresholds.measured=[] {to}");
        Command::new("sh").args(["-c", &line]).output().unwrap()
    };
    let (closed, full) = (run("| true"), run("> /dev/full"));
    assert!(!text(&closed).contains("panicked"), "{}", text(&closed));
    assert_eq!(full.status.code(), Some(2), "{}", text(&full));
    assert!(text(&full).contains("the output cannot be written"), "{}", text(&full));
}

#[tokio::test]
async fn a_mall_kept_on_disk_verifies_and_is_served() {
    let mut app = TestApp::embedded(&[]).await;
    assert!(app.stop().success());
    std::fs::remove_dir_all(app.data_dir()).unwrap();
    let (report, _) = json(&with_sets(
        "smoke",
        &["duration=10s", "thresholds.measured=[]"],
        &["--on-disk", app.data_dir().to_str().unwrap(), "--json", "-"],
    ));
    let verified = plaza().args(["verify", "--data-dir"]).arg(app.data_dir()).output().unwrap();
    assert!(verified.status.success(), "{}", text(&verified));
    let position = report["journal"]["position"].as_u64().unwrap();
    assert!(text(&verified).contains(&format!("head at position {position}")), "{}", text(&verified));
    app.restart().await;
    let orders = app.all("/orders").await;
    assert_eq!(orders.len() as u64, report["totals"]["submitted"].as_u64().unwrap());
}

/// What a directory holds.
fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn a_run_that_starts_from_a_mall_leaves_it_as_it_was_and_settles_its_open_orders() {
    let dir = tempfile::tempdir().unwrap();
    let first = dir.path().join("first");
    let sets = ["duration=10s", "settle=1s", "thresholds.measured=[]"];
    let (before, _) = json(&with_sets("smoke", &sets, &["--on-disk", first.to_str().unwrap(), "--json", "-"]));
    let open = before["totals"]["pending"].as_u64().unwrap();
    assert!(open > 0, "some wait for their customer to pay");
    let bytes = contents(&first);
    let sets = ["duration=10s", "thresholds.measured=[]"];
    let from = |place: &Path, more: &[&str]| {
        let args = [&["--start-from", place.to_str().unwrap(), "--json", "-"], more].concat();
        json(&with_sets("smoke", &sets, &args)).0
    };
    let second = dir.path().join("second");
    let after = from(&first, &["--on-disk", second.to_str().unwrap()]);
    assert!(contents(&first) == bytes, "not even its lock is touched");
    let note = after["notes"][0].as_str().unwrap();
    assert!(note.contains(&format!("{open} open orders")), "{note}");
    assert_eq!(after["verdict"], "passed", "{after:#}");
    assert_eq!(after["totals"]["errors"], 0);
    assert!(
        after["mall_time"]["from"].as_str() > before["mall_time"]["from"].as_str(),
        "it goes on at its newest event"
    );
    // In memory it is the same run, and so it is from an export.
    assert_eq!(after["journal"], from(&first, &[])["journal"]);
    let export = dir.path().join("export.jsonl");
    let exported = plaza().args(["export", "--data-dir"]).arg(&first).arg("--output").arg(&export).output().unwrap();
    assert!(exported.status.success(), "{}", text(&exported));
    assert_eq!(after["journal"], from(&export, &[])["journal"]);
    let verified = plaza().args(["verify", "--data-dir"]).arg(&second).output().unwrap();
    assert!(verified.status.success(), "{}", text(&verified));
}

#[tokio::test]
async fn a_running_mall_may_be_started_from() {
    let app = TestApp::embedded(&[]).await;
    let store = app.store(Some(50)).await;
    let product = app.product(&store, 250, 1_000).await;
    let customer = app.customer().await;
    let payment = app.payment(&customer, 100_000).await;
    let order = id(&app.order(&customer, &payment, &[(&product, 1)]).await);
    app.until(&order, "accepted").await;
    let sets = ["duration=10s", "thresholds.measured=[]"];
    let directory = app.data_dir();
    let args = ["--start-from", directory.to_str().unwrap(), "--json", "-"].map(str::to_owned);
    let found = tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        json(&with_sets("smoke", &sets, &args)).0
    });
    let report = found.await.unwrap();
    assert!(report["notes"][0].as_str().unwrap().contains("1 open orders"), "{report:#}");
    assert_eq!(report["verdict"], "passed", "{report:#}");
    assert!(report["totals"]["delivered"].as_u64().unwrap() > 0, "{report:#}");
    // The mall itself has heard of nothing.
    assert_eq!(app.all("/orders").await.len(), 1);
    app.pay(&order).await.expect(200);
}

/// Orders that live for about ten seconds: after so long as many end as are placed.
const STEADY: [&str; 8] = [
    "duration=5m",
    "warm_up=auto",
    "arrivals={rate=4.0, process=\"constant\"}",
    "mall.store_delay=10s",
    "mall.stock=unlimited",
    "shopper={profile=\"once\", think=\"100ms\", lines=0, pays={share=1.0, after=\"1s\"}, cancels=0.0}",
    "faults={}",
    "thresholds={measured=[\"offered < 1200\", \"pending.p50 >= 30\"], always=[\"offered == 1200\"]}",
];

#[test]
fn a_warm_up_is_found_and_is_not_in_what_is_measured() {
    let (report, code) = json(&with_sets("smoke", &STEADY, &["--json", "-"]));
    assert_eq!(code, 0, "{report:#}");
    let cut = report["warm_up_ms"].as_u64().unwrap();
    assert!((7_500..=75_000).contains(&cut) && cut.is_multiple_of(7_500), "{cut} ms, in means of 7.5 s");
    let judged = report["thresholds"].as_array().unwrap().iter();
    let measured = judged
        .filter(|judged| judged["expression"] == "offered < 1200")
        .map(|judged| judged["value"].as_f64().unwrap());
    let measured: f64 = measured.sum();
    let wanted = 1_200.0 - Duration::from_millis(cut).as_secs_f64() * 4.0;
    assert!((measured - wanted).abs() < 1.5, "four a second after it: {measured}, {wanted}");
    assert!(report["notes"].to_string().contains("MSER-5"), "{report:#}");
    // Every order stays open for longer than shoppers come: nothing settles.
    let climbing = [&STEADY[..7], &["thresholds={measured=[\"offered >= 1200\"]}", "mall.shipping_delay=1h"]].concat();
    let (report, code) = json(&with_sets("smoke", &climbing, &["--json", "-"]));
    assert_eq!((code, &report["warm_up_ms"]), (0, &0.into()), "{report:#}");
    assert!(report["distrust"].to_string().contains("nothing was cut"), "{report:#}");
    let several = with_sets("smoke", &climbing, &["--set", "duration=1m", "--replications", "2", "--json", "-"]);
    let (report, _) = json(&several);
    assert!(report["distrust"].to_string().contains("In 2 of 2 runs: Of the warm-up nothing was cut"), "{report:#}");
}

#[test]
fn a_report_is_compared_with_an_earlier_one() {
    let dir = tempfile::tempdir().unwrap();
    let (run, page) = (dir.path().join("run.json"), dir.path().join("page.html"));
    let (run, page) = (run.to_str().unwrap(), page.to_str().unwrap());
    let sets = ["duration=1m", "thresholds={}"];
    said(&with_sets("smoke", &sets, &["--json", run]));
    let (same, _) = json(&with_sets("smoke", &sets, &["--baseline", run, "--json", "-"]));
    let deltas = same["baseline"]["deltas"].as_array().unwrap();
    assert!(deltas.len() > 15 && deltas.iter().all(|delta| delta["was"] == delta["is"]), "{same:#}");
    let poorer = [&sets[..], &["shopper.too_little_money=0.9"]].concat();
    let printed = said(&with_sets("smoke", &poorer, &["--baseline", run, "--html", page]));
    let refused =
        printed.lines().find(|line| line.starts_with("rejected.share")).unwrap_or_else(|| panic!("{printed}"));
    assert!(refused.contains(" -> ") && printed.contains("single runs do not tell"), "{printed}");
    is_a_page(Path::new(page), &["Against an earlier report", "rejected.share"]);
    let output = with_sets("smoke", &sets, &["--baseline", run, "--replications", "2"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("is the report of a run, and this is an experiment"), "{}", text(&output));
    for damaged in [
        "",
        "{}",
        "[1]",
        r#"{"schema":1,"scenario":"x","totals":null}"#,
        r#"{"schema":1,"variants":"x"}"#,
        "\u{feff}{}",
    ] {
        let none = file(&dir, "none.json", damaged);
        let output = with_sets("smoke", &sets, &["--baseline", none.to_str().unwrap()]);
        assert!(output.status.code() == Some(2) && text(&output).contains("is not a report"), "{}", text(&output));
    }

    let means = dir.path().join("means.json");
    let means = means.to_str().unwrap();
    said(&with_sets("smoke", &sets, &["--replications", "4", "--json", means]));
    let (more, _) = json(&with_sets("smoke", &poorer, &["--replications", "4", "--baseline", means, "--json", "-"]));
    let delta = |name: &str| {
        more["baseline"]["deltas"].as_array().unwrap().iter().find(|delta| delta["name"] == name).unwrap().clone()
    };
    assert_eq!(delta("delivered.share")["more_than_noise"], true, "{more:#}");
    let printed = said(&with_sets("smoke", &poorer, &["--replications", "4", "--baseline", means, "--html", page]));
    let refused = printed.lines().find(|line| line.starts_with("delivered.share") && line.contains(" -> "));
    assert!(refused.is_some_and(|line| line.ends_with("more than noise")), "{printed}");
    is_a_page(Path::new(page), &["Against an earlier report", "more than noise"]);
    let (again, _) = json(&with_sets("smoke", &sets, &["--replications", "4", "--baseline", means, "--json", "-"]));
    let deltas = again["baseline"]["deltas"].as_array().unwrap();
    assert!(!deltas.is_empty() && deltas.iter().all(|delta| delta["more_than_noise"] == false), "{again:#}");
}

#[test]
fn the_orders_that_are_worth_a_look_are_told_with_their_events() {
    let sets = ["duration=2m", "thresholds={}", "mall.stock=3"];
    let (report, _) = json(&with_sets("smoke", &sets, &["--json", "-"]));
    let told = report["remarkable"].as_array().unwrap();
    assert!(told.len() >= 10, "{told:#?}");
    for order in told {
        let events = order["events"].as_array().unwrap();
        assert_eq!((&events[0]["name"], &events[0]["after_ms"]), (&"submitted".into(), &0.into()), "{order:#}");
        assert!(events.is_sorted_by_key(|event| event["after_ms"].as_u64()) && events.len() >= 3, "{order:#}");
    }
    // Nobody orders after two minutes, and nobody waits for a verdict a minute later, when some still wait to be paid.
    let steps = report["course"]["steps"].as_array().unwrap();
    let late = steps.last().unwrap();
    assert_eq!(late["pending"], 0, "{late:#}");
    assert!((121..=181).contains(&steps.len()), "they end a minute after the last shopper: {}", steps.len());
    let (after, totals) = (&report["course"]["after"], &report["totals"]);
    for what in ["delivered", "expired"] {
        let count = |step: &Value| step[what].as_u64().unwrap_or_default();
        assert_eq!(steps.iter().map(count).sum::<u64>() + count(after), count(totals), "{what}: {after:#}");
        assert!(count(after) > 0, "{what}: {after:#}");
    }
    assert!(steps.iter().any(|step| step["pending"].as_u64().unwrap() > 5));
    let refused = &report["money"]["refused"];
    let sum: i64 = refused.as_object().unwrap().values().map(|sum| sum.as_i64().unwrap()).sum();
    assert!(sum > 0 && report["money"]["refused_sales"] == sum, "{:#}", report["money"]);
}
