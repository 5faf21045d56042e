//! What goes wrong in the plan of a seed, or is done to its mall.

use crate::domain::personality::{OutageMode, Personality};
use crate::sim::chance::Chance;
use crate::sim::search::fault::{Fault, Kind, Spell, Strike};
use crate::sim::search::plan::MallPlan;
use serde_json::json;

/// What is drawn for every fault, whatever its kind.
struct Spans {
    /// How long the mall is closed, milliseconds.
    down_ms: u64,
    /// How long it goes on, milliseconds.
    for_ms: u64,
}

type Draw = fn(&mut Chance, &MallPlan, &Spans) -> Fault;

/// A kind of fault that is on or off in a plan.
pub(super) struct Drawn {
    /// Whether it ends a life: the next one has to open its database, and to prepare all it asks of it.
    dies: bool,
    draw: Draw,
}

const fn death(draw: Draw) -> Drawn {
    Drawn { dies: true, draw }
}

const fn fault(draw: Draw) -> Drawn {
    Drawn { dies: false, draw }
}

/// The kinds of faults that are drawn.
pub(super) const KINDS: &[Drawn] = &[
    death(|_, _, spans| Fault::Crash { down_ms: spans.down_ms, again_ms: None }),
    death(|chance, _, spans| Fault::Crash { down_ms: spans.down_ms, again_ms: Some(chance.below(30)) }),
    death(|_, _, spans| Fault::CrashAtCommit { written: false, down_ms: spans.down_ms }),
    death(|_, _, spans| Fault::CrashAtCommit { written: true, down_ms: spans.down_ms }),
    death(|chance, _, spans| Fault::LoseAnswers { for_ms: chance.log_uniform(1, 5_000), down_ms: spans.down_ms }),
    fault(|_, _, spans| Fault::Stall { for_ms: spans.for_ms }),
    fault(|chance, _, _| Fault::Refuse { appends: u32::try_from(chance.log_uniform(1, 8)).unwrap_or(1) }),
    fault(|chance, _, spans| Fault::Reads {
        for_ms: spans.for_ms,
        per_mille: chance.log_uniform(20, 1_000),
        away: chance.happens(300),
    }),
    fault(|_, _, _| Fault::Panic { of: Kind::Store, turns: 1 }),
    fault(|_, _, _| Fault::Panic { of: Kind::Payment, turns: 1 }),
    fault(|_, _, _| Fault::Panic { of: Kind::Basket, turns: 1 }),
    fault(|chance, _, _| Fault::Panic {
        of: Kind::Order,
        turns: 1 + u32::try_from(chance.below(3)).unwrap_or_default(),
    }),
    fault(|_, _, _| Fault::Sleep),
    fault(|chance, _, spans| Fault::LateQuestions(spell(chance, spans))),
    fault(|chance, _, spans| Fault::LateAnswers(spell(chance, spans))),
    fault(|chance, _, spans| Fault::LostQuestions(lost(chance, spans))),
    fault(|chance, _, spans| Fault::LostAnswers(lost(chance, spans))),
    fault(|_, _, _| Fault::WakeUpLost),
    fault(|_, _, _| Fault::WakeUpEarly),
    fault(|_, _, spans| Fault::Gap { for_ms: spans.for_ms }),
    fault(|_, _, _| Fault::CursorLost),
    fault(|chance, mall, _| behave(chance, mall)),
    fault(outage),
    fault(|chance, mall, _| edit(chance, mall)),
    death(|_, _, spans| Fault::PowerCut { down_ms: spans.down_ms }),
    fault(|chance, _, _| {
        let by_ms = chance.log_uniform(1, 7_200_000).cast_signed();
        Fault::WallClock { by_ms: if chance.happens(700) { -by_ms } else { by_ms } }
    }),
    fault(|chance, mall, _| administer(chance, mall)),
];

/// Faults of these kinds, by their place in [`KINDS`], in the order of their times.
pub(super) fn faults(chance: &mut Chance, mall: &MallPlan, kinds: &[usize], span_ms: u64) -> Vec<Strike> {
    // Faults go on a while after the last shopper came: that is when time-outs and deadlines are.
    let span_ms = span_ms + mall.longest_verdict_ms() + 20_000;
    let mut drawn = Vec::new();
    for kind in kinds {
        let most = if KINDS[*kind].dies { 8 } else { 16 };
        for _ in 0..chance.log_uniform(1, most) {
            drawn.push((chance.below(span_ms), *kind));
        }
    }
    drawn.sort_unstable();
    let strikes = drawn.into_iter().zip(0..);
    strikes.map(|((at_ms, kind), number)| Strike { number, at_ms, fault: KINDS[kind].fault(chance, mall) }).collect()
}

impl Drawn {
    /// A fault of this kind.
    pub(super) fn fault(&self, chance: &mut Chance, mall: &MallPlan) -> Fault {
        let spans = Spans { down_ms: chance.log_uniform(1, 60_000), for_ms: chance.log_uniform(1, 60_000) };
        (self.draw)(chance, mall, &spans)
    }
}

fn spell(chance: &mut Chance, spans: &Spans) -> Spell {
    Spell { for_ms: spans.for_ms, per_mille: chance.log_uniform(20, 1_000), ms: chance.log_uniform(1, 20_000) }
}

fn lost(chance: &mut Chance, spans: &Spans) -> Spell {
    Spell { ms: 0, ..spell(chance, spans) }
}

fn a_store(chance: &mut Chance, mall: &MallPlan) -> u32 {
    u32::try_from(chance.below(mall.stores.len() as u64)).unwrap_or_default()
}

fn a_product(chance: &mut Chance, mall: &MallPlan, store: u32) -> u32 {
    let products = mall.stores[store as usize].products.len() as u64;
    u32::try_from(chance.below(products)).unwrap_or_default()
}

fn outage(chance: &mut Chance, mall: &MallPlan, spans: &Spans) -> Fault {
    let modes = [OutageMode::Hold, OutageMode::Refuse, OutageMode::Silent];
    let mode = chance.one_of(&modes).copied().unwrap_or(OutageMode::Hold);
    Fault::Outage { store: chance.happens(700).then(|| a_store(chance, mall)), for_ms: spans.for_ms, mode }
}

fn edit(chance: &mut Chance, mall: &MallPlan) -> Fault {
    let store = a_store(chance, mall);
    let price = chance.happens(500).then(|| chance.log_uniform(1, 10_000).cast_signed());
    let stock = (price.is_none() || chance.happens(500)).then(|| chance.below(40).cast_signed());
    Fault::Edit { store, product: a_product(chance, mall, store), price, stock }
}

/// What is seldom done, one of four.
fn administer(chance: &mut Chance, mall: &MallPlan) -> Fault {
    match chance.below(4) {
        0 => {
            let store = a_store(chance, mall);
            Fault::ArchiveProduct { store, product: a_product(chance, mall, store) }
        }
        1 => Fault::CloseStore { store: a_store(chance, mall) },
        2 => Fault::Speed { thousandths: chance.one_of(&[0, 100, 10_000, 1_000_000]).copied().unwrap_or(1_000) },
        _ => Fault::Advance { by_ms: chance.log_uniform(1_000, 7_200_000) },
    }
}

fn behave(chance: &mut Chance, mall: &MallPlan) -> Fault {
    let share = |chance: &mut Chance| chance.below(30);
    let (refuse, silent, lose, repeat) = (share(chance), share(chance), share(chance), share(chance));
    // Now and then one who does nothing else: that can be told without drawing.
    let (refuse, silent) = match chance.below(10) {
        0 => (100, 0),
        1 => (0, 100),
        _ => (refuse, silent),
    };
    let hundredths = |share: u64| {
        let share = format!("{}.{:02}", share / 100, share % 100);
        json!({ "share": share.parse::<f64>().unwrap_or_default() })
    };
    let median = chance.log_uniform(1, 20_000);
    let personality = json!({
        "delay": { "distribution": "lognormal", "median_ms": median, "p99_ms": median * 4, "max_ms": 86_400_000 },
        "refuse": { "share": hundredths(refuse)["share"], "reason": "SERVICE_FAILED" },
        "silent": hundredths(silent),
        "lose_answer": hundredths(lose),
        "repeat_answer": hundredths(repeat),
        "seed": chance.below(1_000),
    });
    let personality: Personality = serde_json::from_value(personality).expect("a personality is well drawn");
    let store = chance.happens(700).then(|| a_store(chance, mall));
    Fault::Behave { store, personality }
}
