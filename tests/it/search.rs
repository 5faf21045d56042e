//! The search for defects: the same seed is the same world wherever it runs, kept plans hold, and what is broken is found,
//! by a referee who is shown forged journals.

use plaza::sim::search::campaign::{Seeds, search};
use plaza::sim::search::draw;
use plaza::sim::search::plan::Plan;
use plaza::sim::search::run::{Tells, run};
use plaza::sim::world::trace::first_difference;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const TRACED: Tells = Tells { story: false, trace: true, until: None };

/// A seed whose plan dies often and is short.
const SEED: u64 = 7;

#[test]
fn a_plan_run_twice_is_the_same_to_the_last_line_of_its_trace() {
    for seed in [SEED, SEED + 1] {
        let plan = draw::plan_or_comparison(seed);
        let (one, other) = (run(&plan, TRACED), run(&plan, TRACED));
        assert_eq!(first_difference(&one.lines, &other.lines), None, "seed {seed}");
        assert_eq!((one.head, one.trace, one.events), (other.head, other.trace, other.events), "seed {seed}");
        assert!(one.lives > 1 && one.lines.len() > 1_000, "{} lives, {} lines", one.lives, one.lines.len());
    }
}

#[test]
fn a_plan_is_the_same_in_another_process() {
    let plan = draw::plan_or_comparison(SEED);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("plan.json");
    std::fs::write(&file, plan.write()).unwrap();
    let here = run(&plan, Tells::default());
    let child = simulate(&["--plan", file.to_str().unwrap()]);
    assert_eq!(child.status.code(), Some(0), "{}", String::from_utf8_lossy(&child.stdout));
    let said = String::from_utf8(child.stdout).unwrap();
    let hex = |bytes: [u8; 32]| blake3::Hash::from_bytes(bytes).to_hex().to_string();
    assert!(said.contains(&format!("journal {} head {}", here.events, hex(here.head))), "{said}");
    assert!(said.contains(&format!("trace {}", hex(here.trace))), "{said}");
}

#[test]
fn twenty_seeds_hold_alone_and_beside_each_other() {
    let (together, failed) = search(Seeds { first: 1, many: 20, jobs: 4 }, |_| (), |_, _, _| true);
    let found: Vec<_> = failed.iter().map(|(plan, findings)| (plan.seed, findings)).collect();
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(together.seeds, 20);
    assert!(together.strikes() > 1_000 && together.lives > 100, "{together:?}");
    let (alone, _) = search(Seeds { first: 1, many: 4, jobs: 1 }, |_| (), |_, _, _| true);
    let (beside, _) = search(Seeds { first: 1, many: 4, jobs: 4 }, |_| (), |_, _, _| true);
    assert_eq!(alone.hash, beside.hash, "the same seeds on one thread and on four");
}

#[test]
fn kept_plans_hold() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/plans");
    let mut plans = 0;
    for file in std::fs::read_dir(kept).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let plan = Plan::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let outcome = run(&plan, Tells::default());
        assert!(outcome.findings.is_empty(), "{}: {:#?}", file.display(), outcome.findings);
        plans += 1;
    }
    assert!(plans > 0, "no plan is kept");
}

#[test]
fn a_plan_that_is_none_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("plan.json");
    for (text, said) in [
        ("{}", "missing field `schema`"),
        ("{\"schema\":99,\"written_by\":\"9.9.9\"}", "written by Plaza 9.9.9"),
        ("no JSON", "this is no plan"),
    ] {
        std::fs::write(&file, text).unwrap();
        let child = simulate(&["--plan", file.to_str().unwrap()]);
        let error = String::from_utf8(child.stderr).unwrap();
        assert_eq!(child.status.code(), Some(2), "{error}");
        assert!(error.contains(said) && error.contains("plan.json"), "{error}");
    }
}

#[test]
fn a_plan_of_a_mall_that_cannot_be_is_refused_with_what_is_wrong() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/plans/reservation-of-a-dead-store.json");
    let sound: Value = serde_json::from_str(&std::fs::read_to_string(kept).unwrap()).unwrap();
    let changed = |at: &str, value: Value| {
        let mut plan = sound.clone();
        *plan.pointer_mut(at).unwrap_or_else(|| panic!("no {at}")) = value;
        Plan::read(&plan.to_string())
    };
    assert!(changed("/mall/admission", 1.into()).is_ok());
    for (at, value, said) in [
        ("/mall/admission", 0.into(), "mall.admission must be 1 to"),
        ("/mall/grace_ms", (1_u64 << 63).into(), "mall.grace_ms must be at most"),
        ("/mall/pay_deadline_ms", 10_000_000_000_000_u64.into(), "mall.pay_deadline_ms must be at most"),
        ("/mall/commit_within_ms", 10_001.into(), "mall.commit_within_ms must be at most 10000"),
        ("/mall/yields", 10_000_000_u64.into(), "mall.yields must be at most"),
        ("/mall/stores", json!([]), "mall.stores must be 1 to"),
        ("/faults/0/fault", json!({ "wall_clock": { "by_ms": i64::MAX } }), "by_ms must be at most"),
        ("/faults/0/fault", json!({ "stall": { "for_ms": u64::MAX } }), "how long it lasts"),
        (
            "/faults/0/fault",
            json!({ "late_answers": { "for_ms": 1, "per_mille": 1_001 } }),
            "per_mille must be at most",
        ),
        ("/faults/0/fault", json!({ "close_store": { "store": 99 } }), "store 99"),
        ("/faults/0/fault", json!({ "outage": { "for_ms": 1, "mode": "hold", "store": 99 } }), "store 99"),
        ("/faults/0/fault", json!({ "speed": { "thousandths": 1_000_001 } }), "thousandths must be at most"),
        ("/mall/stores/0/delay_ms", u64::MAX.into(), "mall.stores[0].delay_ms must be at most"),
        ("/mall/stores/0/products/0/price", (-5).into(), "no product has a price of -5"),
        ("/mall/stores/0/products/0/stock", i64::MAX.into(), "mall.stores[0]: no product has"),
        ("/shoppers/0/at_ms", u64::MAX.into(), "at_ms must be at most"),
        ("/shoppers/0/lines", json!([]), "lines must be 1 to 100"),
        ("/shoppers/0/lines/0/quantity", 0.into(), "quantity must be 1 to 10000"),
        ("/shoppers/0/lines/0/store", 99.into(), "of store 99, which is not there"),
        ("/faults/0/at_ms", u64::MAX.into(), "at_ms must be at most"),
    ] {
        let refused = changed(at, value).expect_err(at);
        assert!(refused.contains(said), "{at}: {refused}");
    }
    let mut twice = sound.clone();
    let first = twice["shoppers"][0].clone();
    twice["shoppers"].as_array_mut().unwrap().insert(0, first);
    assert!(Plan::read(&twice.to_string()).unwrap_err().contains("is there twice"));
}

fn simulate(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_plaza")).arg("simulate").args(arguments).output().unwrap()
}
