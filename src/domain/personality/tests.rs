use super::*;
use crate::domain::ids::{OrderId, StoreId};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use serde_json::json;
use uuid::Uuid;

const STORE: Participant = Participant::Store(StoreId(Uuid::from_u128(7)));

fn personality(json: serde_json::Value) -> Personality {
    let personality: Personality = serde_json::from_value(json).unwrap();
    personality.check().unwrap();
    personality
}

/// The draw of the n-th shopper.
fn draw(n: u32) -> Draw {
    Draw::of_key(&format!("run-1 shopper-{n} order-1"))
}

/// So many that even the 99th percentile of the widest distribution is no matter of luck.
const DRAWS: u32 = 100_000;

fn delays(delay: &serde_json::Value) -> Vec<u64> {
    let personality = personality(json!({ "delay": delay, "seed": 7 }));
    let mut delays: Vec<u64> =
        (0..DRAWS).map(|n| personality.delay_ms(draw(n), STORE).expect("it has a delay")).collect();
    delays.sort_unstable();
    delays
}

/// Draws have the quantiles of their distribution, within 3 %.
#[test]
#[expect(clippy::cast_precision_loss, reason = "delays of a day")]
fn delays_are_distributed_as_they_say() {
    for (delay, quantiles) in [
        (json!({ "distribution": "fixed", "ms": 1234 }), [1_234.0; 4]),
        (json!({ "distribution": "uniform", "min_ms": 1000, "max_ms": 3000 }), [1_500.0, 2_000.0, 2_500.0, 2_980.0]),
        // -mean ln(1 - q)
        (json!({ "distribution": "exponential", "mean_ms": 4000 }), [1_150.7, 2_772.6, 5_545.2, 18_420.7]),
        // median exp(sigma z)
        (
            json!({ "distribution": "lognormal", "median_ms": 4000, "p99_ms": 20000, "min_ms": 200, "max_ms": 120_000 }),
            [2_508.4, 4_000.0, 6_378.6, 20_000.0],
        ),
        (
            json!({ "distribution": "lognormal", "median_ms": 4000, "sigma": 0.5 }),
            [2_854.9, 4_000.0, 5_604.4, 12_801.8],
        ),
        // min (1 - q)^(-1 / alpha)
        (json!({ "distribution": "pareto", "min_ms": 1000, "alpha": 2.5 }), [1_122.0, 1_319.5, 1_741.1, 6_309.6]),
        (
            json!({ "distribution": "quantiles", "points": [[0.5, 4000], [0.99, 20000]], "max_ms": 60000 }),
            [2_000.0, 4_000.0, 12_163.3, 20_000.0],
        ),
    ] {
        let delays = delays(&delay);
        for (share, expected) in [0.25, 0.5, 0.75, 0.99].into_iter().zip(quantiles) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
            let drawn = delays[(share * f64::from(DRAWS)) as usize] as f64;
            assert!((drawn / expected - 1.0_f64).abs() < 0.03, "{delay} at {share}: {drawn} for {expected}");
        }
    }
}

#[test]
fn delays_stay_within_their_bounds() {
    for delay in [
        json!({ "distribution": "exponential", "mean_ms": 4000 }),
        json!({ "distribution": "lognormal", "median_ms": 4000, "sigma": 4 }),
        json!({ "distribution": "pareto", "min_ms": 500, "alpha": 0.1 }),
        json!({ "distribution": "quantiles", "points": [[0.5, 4000]] }),
    ] {
        let mut bounded = delay.clone();
        (bounded["min_ms"], bounded["max_ms"]) = (json!(1_000), json!(8_000));
        let delays = delays(&bounded);
        assert!(delays[0] >= 1_000 && *delays.last().unwrap() <= 8_000, "{delay}");
        assert!(*self::delays(&delay).last().unwrap() <= DELAY_MS_MAX, "{delay}");
    }
}

fn fates(personality: &Personality) -> [usize; 4] {
    let mut counts = [0; 4];
    for n in 0..10_000 {
        counts[match personality.fate(draw(n), STORE, Timestamp(5), Timestamp(5)) {
            Fate::Answer => 0,
            Fate::Hold(_) => 1,
            Fate::Never => 2,
            Fate::Refuse => 3,
        }] += 1;
    }
    counts
}

#[test]
fn shares_are_what_they_say() {
    let odd = personality(json!({
        "refuse": { "share": 0.2, "reason": "SERVICE_FAILED" }, "silent": { "share": 0.1 },
        "lose_answer": { "share": 0.3 }, "repeat_answer": { "share": 0.4 },
    }));
    let [answer, hold, never, refuse] = fates(&odd);
    assert!(
        answer.abs_diff(7_000) < 150 && never.abs_diff(1_000) < 100 && refuse.abs_diff(2_000) < 130,
        "{never} {refuse}"
    );
    assert_eq!(hold, 0);
    let manners: Vec<Manner> = (0..10_000).map(|n| odd.manner(draw(n), STORE)).collect();
    let lost = manners.iter().filter(|manner| manner.lost).count();
    let repeated = manners.iter().filter(|manner| manner.repeated).count();
    let both = manners.iter().filter(|manner| manner.lost && manner.repeated).count();
    assert!(lost.abs_diff(3_000) < 150 && repeated.abs_diff(4_000) < 150, "{lost} {repeated}");
    assert!(both.abs_diff(1_200) < 100, "drawn apart: {both}");
    assert_eq!(fates(&Personality::default()), [10_000, 0, 0, 0]);
    assert_eq!(fates(&personality(json!({ "refuse": { "share": 1, "reason": "SERVICE_FAILED" } }))), [0, 0, 0, 10_000]);
    assert_eq!(fates(&personality(json!({ "silent": { "share": 1 } }))), [0, 0, 10_000, 0]);
}

/// Seed, shopper and participant each matter, and nothing else does.
#[test]
fn a_fate_is_the_same_whenever_it_is_asked() {
    let kind =
        |seed: u64| personality(json!({ "delay": { "distribution": "exponential", "mean_ms": 4000 }, "seed": seed }));
    let delays = |personality: &Personality, participant| -> Vec<_> {
        (0..100).map(|n| personality.delay_ms(draw(n), participant)).collect()
    };
    assert_eq!(delays(&kind(1), STORE), delays(&kind(1), STORE));
    assert_ne!(delays(&kind(1), STORE), delays(&kind(2), STORE));
    assert_ne!(delays(&kind(1), STORE), delays(&kind(1), Participant::Bank));
    assert_ne!(Draw::of_key("a"), Draw::of_key("b"));
    let order = OrderId(Uuid::from_u128(0xf00));
    assert_eq!(serde_json::to_value(Draw::of_order(order)).unwrap(), json!("00000000000000000000000000000f00"));
    let (written, key) = (serde_json::to_string(&Draw::of_key("a")).unwrap(), Draw::of_key("a"));
    assert_eq!(serde_json::from_str::<Draw>(&written).unwrap(), key);
}

/// What is pinned here is in journals: another sampler would give orders other fates after an update.
#[test]
fn fates_are_those_of_the_first_version() {
    let kind =
        personality(json!({ "delay": { "distribution": "lognormal", "median_ms": 4000, "p99_ms": 20000 }, "seed": 7 }));
    let drawn: Vec<_> = (0..4).map(|n| kind.delay_ms(draw(n), STORE).unwrap()).collect();
    assert_eq!(drawn, [708, 3_711, 1_187, 2_379]);
}

#[test]
fn who_is_out_answers_afterwards_refuses_or_says_nothing() {
    let out = |from: i64, until: i64, mode| Outage { from: Timestamp(from), until: Timestamp(until), mode };
    let outages = vec![
        out(10, 20, OutageMode::Hold),
        out(20, 30, OutageMode::Hold),
        out(40, 50, OutageMode::Refuse),
        out(60, 70, OutageMode::Silent),
        // Held until somebody refuses.
        out(90, 100, OutageMode::Hold),
        out(100, 110, OutageMode::Refuse),
    ];
    let bank = Personality { outages, ..Personality::default() };
    bank.check().unwrap();
    let fate = |due, now| bank.fate(draw(1), Participant::Bank, Timestamp(due), Timestamp(now));
    for (due, now, expected) in [
        (9, 9, Fate::Answer),
        (10, 10, Fate::Hold(Timestamp(30))),
        (19, 29, Fate::Hold(Timestamp(30))),
        (19, 30, Fate::Answer),
        // Asked later than due: what was due before the outage is not met by it.
        (9, 15, Fate::Answer),
        (40, 40, Fate::Refuse),
        (49, 55, Fate::Refuse),
        (50, 50, Fate::Answer),
        (60, 60, Fate::Never),
        (69, 1_000, Fate::Never),
        (70, 70, Fate::Answer),
        (95, 95, Fate::Hold(Timestamp(100))),
        (95, 100, Fate::Refuse),
    ] {
        assert_eq!(fate(due, now), expected, "due at {due}, asked at {now}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_by_its_place() {
    let outage = |from: &str, until: &str| json!({ "from": from, "until": until, "mode": "hold" });
    for (json, pointer) in [
        (json!({ "delay": { "distribution": "fixed", "ms": 86_400_001 } }), "/delay/ms"),
        (json!({ "delay": { "distribution": "uniform", "max_ms": 1 } }), "/delay/min_ms"),
        (json!({ "delay": { "distribution": "uniform", "min_ms": 1 } }), "/delay/max_ms"),
        (json!({ "delay": { "distribution": "uniform", "min_ms": 2, "max_ms": 1 } }), "/delay/max_ms"),
        (json!({ "delay": { "distribution": "exponential", "mean_ms": 86_400_001 } }), "/delay/mean_ms"),
        (json!({ "delay": { "distribution": "lognormal", "median_ms": 0, "sigma": 1 } }), "/delay/median_ms"),
        (json!({ "delay": { "distribution": "lognormal", "median_ms": 9, "sigma": 5 } }), "/delay/sigma"),
        (json!({ "delay": { "distribution": "lognormal", "median_ms": 9, "p99_ms": 8 } }), "/delay/p99_ms"),
        (json!({ "delay": { "distribution": "pareto", "alpha": 1 } }), "/delay/min_ms"),
        (json!({ "delay": { "distribution": "pareto", "min_ms": 1, "alpha": 0.01 } }), "/delay/alpha"),
        (json!({ "delay": { "distribution": "quantiles", "points": [] } }), "/delay/points"),
        (json!({ "delay": { "distribution": "quantiles", "points": [[0.5, 1], [0.5, 2]] } }), "/delay/points/1/0"),
        (json!({ "delay": { "distribution": "quantiles", "points": [[0.5, 2], [0.6, 1]] } }), "/delay/points/1/1"),
        (json!({ "delay": { "distribution": "quantiles", "points": [[1.5, 2]] } }), "/delay/points/0/0"),
        (json!({ "delay": { "distribution": "fixed", "ms": 50, "max_ms": 10 } }), "/delay/ms"),
        (json!({ "delay": { "distribution": "fixed", "ms": 50, "min_ms": 60 } }), "/delay/ms"),
        (
            json!({ "delay": { "distribution": "quantiles", "points": [[0.5, 5], [0.9, 50]], "max_ms": 10 } }),
            "/delay/points/1/1",
        ),
        (json!({ "delay": { "distribution": "quantiles", "points": [[0.5, 5]], "min_ms": 7 } }), "/delay/points/0/1"),
        (json!({ "silent": { "share": 1.1 } }), "/silent/share"),
        (json!({ "lose_answer": { "share": 2 } }), "/lose_answer/share"),
        (
            json!({ "refuse": { "share": 0.6, "reason": "SERVICE_FAILED" }, "silent": { "share": 0.5 } }),
            "/silent/share",
        ),
        (json!({ "outages": [outage("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")] }), "/outages/0/until"),
        (json!({ "outages": vec![outage("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z"); 101] }), "/outages"),
    ] {
        let personality: Personality = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(personality.check().expect_err(&json.to_string()).pointer, pointer, "{json}");
    }
}

#[test]
fn what_is_read_back_is_what_was_written() {
    let written = json!({
        "delay": { "distribution": "lognormal", "median_ms": 4000, "p99_ms": 20000, "min_ms": 200, "max_ms": 120_000 },
        "refuse": { "share": 0.02, "reason": "SERVICE_FAILED" }, "silent": { "share": 0.005 },
        "lose_answer": { "share": 0.01 }, "repeat_answer": { "share": 1 },
        "outages": [{ "from": "2026-11-22T10:00:00.000000Z", "until": "2026-11-22T10:10:00.000000Z", "mode": "hold" }],
        "seed": 7,
    });
    let read = personality(written.clone());
    assert_eq!(serde_json::to_value(&read).unwrap(), written);
    assert_eq!(serde_json::from_str::<Personality>(&serde_json::to_string(&read).unwrap()).unwrap(), read);
    assert!(!read.is_plain() && Personality::default().is_plain());
}

#[test]
fn outages_of_long_ago_are_forgotten_when_one_is_added() {
    let day = 86_400_000_000;
    let out = |from: i64| Outage { from: Timestamp(from), until: Timestamp(from + 1), mode: OutageMode::Hold };
    let mut bank = Personality::default();
    for n in 0..OUTAGES_MAX {
        bank = bank.with_outage(out(i64::try_from(n).unwrap()), Timestamp(0)).unwrap();
    }
    assert_eq!(bank.clone().with_outage(out(day), Timestamp(0)).unwrap_err().pointer, "/outages");
    let kept = bank.with_outage(out(day), Timestamp(99)).unwrap().outages;
    assert_eq!(kept, [out(99), out(day)], "the one that ends after 99, and the new one");
}
