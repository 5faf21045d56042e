//! What a scenario says. Whatever is left out has the default that is written here, and makes a plausible shop.

use super::value::{
    Count, Number, Popularity, Price, Process, Settle, Several, Share, Span, Stock, Time, WarmUp, Width,
};
use crate::domain::order::OrderPolicy;
use crate::domain::participant::Fulfilment;
use crate::domain::personality::OutageMode;
use crate::sim::sample::arrivals;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use toml::Spanned;

/// The version of the format.
pub const SCHEMA: u32 = 1;

/// A scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scenario {
    /// The version of its format.
    pub schema: Spanned<u32>,
    /// Its name.
    pub name: String,
    /// What it asks, in a sentence.
    pub title: String,
    /// Shoppers arrive for so long.
    pub duration: Span,
    /// What at the beginning is not measured.
    pub warm_up: WarmUp,
    /// How long is waited for what is open after the last arrival.
    pub settle: Settle,
    /// What the mall is filled with.
    pub mall: MallPlan,
    /// When shoppers come.
    pub arrivals: ArrivalPlan,
    /// What they do.
    pub shopper: ShopperPlan,
    /// Other rates, from a time on.
    pub phases: Vec<Phase>,
    /// What goes wrong: with the bank, with stores by number, with the mall.
    pub faults: BTreeMap<Spanned<String>, Several<Fault>>,
    /// What is to hold, by when: `always`, `measured`, a time like `40m..45m`, the name of a phase, or `abort`.
    pub thresholds: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// What is varied.
    pub experiment: Option<Spanned<Experiment>>,
    /// Orders of a file in place of drawn shoppers.
    pub trace: Option<Spanned<TracePlan>>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            schema: Spanned::new(0..0, SCHEMA),
            name: String::new(),
            title: String::new(),
            duration: Span::of_secs(600),
            warm_up: WarmUp::For(Span::default()),
            settle: Settle::UntilSettled,
            mall: MallPlan::default(),
            arrivals: ArrivalPlan::default(),
            shopper: ShopperPlan::default(),
            phases: Vec::new(),
            faults: BTreeMap::new(),
            thresholds: BTreeMap::new(),
            experiment: None,
            trace: None,
        }
    }
}

/// What a mall is filled with, and its delays and deadlines, which are those of the settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MallPlan {
    /// Stores, 1 to 1 000.
    pub stores: Spanned<u32>,
    /// Products of each, 1 to 10 000.
    pub products_per_store: Spanned<u32>,
    /// Pieces of each product.
    pub stock: Stock,
    /// What each costs.
    pub price: Price,
    /// From the submit to a store's verdict.
    pub store_delay: Span,
    /// From the submit to the bank's verdict.
    pub payment_delay: Span,
    /// How long after the longest delay a missing verdict becomes `CONFIRMATION_TIMEOUT`.
    pub grace: Span,
    /// From acceptance to expiry.
    pub pay_deadline: Span,
    /// From payment to shipping.
    pub shipping_delay: Span,
    /// Divides every delay and deadline, 1 to 1 000.
    pub speed: Spanned<u32>,
}

impl Default for MallPlan {
    fn default() -> Self {
        Self {
            stores: Spanned::new(0..0, 8),
            products_per_store: Spanned::new(0..0, 25),
            stock: Stock::Pieces(400),
            price: Price::Lognormal(2_490, 0.7),
            store_delay: Span::of_secs(15),
            payment_delay: Span::of_secs(5),
            grace: Span::of_secs(30),
            pay_deadline: Span::of_secs(1_800),
            shipping_delay: Span::default(),
            speed: Spanned::new(0..0, 1),
        }
    }
}

impl MallPlan {
    /// Delays and deadlines, as a mall takes them.
    #[must_use]
    pub fn policy(&self) -> OrderPolicy {
        OrderPolicy {
            payment_delay_ms: self.payment_delay.ms(),
            grace_ms: self.grace.ms(),
            pay_deadline_ms: self.pay_deadline.ms(),
            shipping_delay_ms: self.shipping_delay.ms(),
            speed: *self.speed.get_ref(),
            payment_provider: Fulfilment::Internal,
        }
    }
}

/// When shoppers come.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArrivalPlan {
    /// Shoppers a second.
    pub rate: Number,
    /// How they scatter around that.
    pub process: Process,
    /// How hours and days differ.
    pub profile: HourProfile,
    /// Factors of 24 hours, in place of a profile.
    pub hours: Option<Spanned<Vec<Number>>>,
    /// The first such instant at or after 2026-01-05T00:00:00Z, a Monday.
    pub starts_at: Option<Spanned<String>>,
    /// Shoppers under way; those beyond are dropped.
    pub max_in_flight: usize,
    /// Flash sales.
    pub flash: Vec<FlashPlan>,
}

impl Default for ArrivalPlan {
    fn default() -> Self {
        Self {
            rate: Number(1.0),
            process: Process(arrivals::Process::Poisson),
            profile: HourProfile::Flat,
            hours: None,
            starts_at: None,
            max_in_flight: 5_000,
            flash: Vec::new(),
        }
    }
}

/// How hours and days differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HourProfile {
    /// Not at all.
    Flat,
    /// As at a grocer's.
    Grocery,
}

/// More shoppers than usual, from a time on, and fewer and fewer.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlashPlan {
    /// From when on.
    pub at: Span,
    /// How many times as many as at that moment.
    pub peak: Number,
    /// After which half of what it adds is left.
    pub half_life: Span,
}

/// Another rate, from a time on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name, for thresholds.
    pub name: Spanned<String>,
    /// From when on.
    pub at: Spanned<Span>,
    /// Shoppers a second.
    pub rate: Number,
    /// How long it takes to get there.
    #[serde(default)]
    pub ramp: Span,
}

impl Scenario {
    /// From then on so many shoppers a second come, whatever phases and flash crowds were to be.
    pub fn turn(&mut self, at: Duration, rate: f64) {
        self.phases.retain(|phase| phase.at.get_ref().0 < at);
        self.arrivals.flash.clear();
        self.phases.push(Phase {
            name: Spanned::new(0..0, "steered".to_owned()),
            at: Spanned::new(0..0, Span(at)),
            rate: Number(rate),
            ramp: Span::default(),
        });
    }
}

/// What shoppers do.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShopperPlan {
    /// Whether and when they come back.
    pub profile: ShopperProfile,
    /// How long each looks and thinks before every step up to its order.
    pub think: Time,
    /// Lines of an order, beyond the first.
    pub lines: Count,
    /// Pieces of a line.
    pub quantity: Count,
    /// How products are chosen.
    pub popularity: Popularity,
    /// The share of those who bring a cent too little.
    pub too_little_money: Share,
    /// The share of those who take what there is when a store is short.
    pub accept_available: Share,
    /// Who pays, and when.
    pub pays: PaysPlan,
    /// The share of those who call their order off, after the time in which they would have paid.
    pub cancels: Share,
    /// The share of those who send their order once more, under the same key.
    pub retries: Share,
    /// The share of those who send their order twice at the same time, under the same key.
    pub doubles: Share,
}

impl Default for ShopperPlan {
    fn default() -> Self {
        Self {
            profile: ShopperProfile::Cdnow,
            think: Time::Lognormal(Span::of_secs(8), Width::Sigma(0.9)),
            // Online: pieces of the orders of CDNOW.
            lines: Count::NegativeBinomial(0.75, 1.38),
            quantity: Count::Fixed(1),
            popularity: Popularity::Zipf(0.7),
            too_little_money: Share(0.03),
            accept_available: Share(0.25),
            pays: PaysPlan::default(),
            cancels: Share(0.04),
            retries: Share(0.02),
            doubles: Share(0.0),
        }
    }
}

/// Whether customers come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShopperProfile {
    /// As those of the music shop CDNOW: few, within weeks.
    Cdnow,
    /// Never.
    Once,
}

/// Who pays, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaysPlan {
    /// The share; the others let their order expire.
    pub share: Share,
    /// How long after they hear that it was accepted.
    pub after: Time,
}

impl Default for PaysPlan {
    fn default() -> Self {
        Self { share: Share(0.92), after: Time::Lognormal(Span::of_secs(40), Width::Sigma(1.0)) }
    }
}

/// What goes wrong.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// From when on.
    pub at: Span,
    /// For how long; to the last arrival when left out.
    #[serde(rename = "for")]
    pub lasts: Option<Span>,
    /// The participant is out: what becomes of the answers it owes.
    pub outage: Option<OutageMode>,
    /// It takes so long, in place of its own delay.
    pub delay: Option<Time>,
    /// The share of answers that are refusals.
    pub refuse: Option<Share>,
    /// The share of answers that never come.
    pub silent: Option<Share>,
    /// The share of answers that are lost once.
    pub lose_answer: Option<Share>,
    /// The share of answers that come twice.
    pub repeat_answer: Option<Share>,
    /// The mall is killed, and starts again so much later.
    pub crash: Option<Span>,
}

impl Fault {
    /// What it is, in a word.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match (self.outage, self.crash) {
            (_, Some(_)) => "closed by a crash",
            (Some(OutageMode::Hold), _) => "out, answers wait",
            (Some(OutageMode::Refuse), _) => "out, refuses",
            (Some(OutageMode::Silent), _) => "out, silent",
            (None, None) => "behaves otherwise",
        }
    }

    /// Whether it counts so long after the first shopper could come.
    #[must_use]
    pub fn counts_at(&self, at: Duration) -> bool {
        at.checked_sub(self.at.0).is_some_and(|since| self.lasts.is_none_or(|lasts| since < lasts.0))
    }
}

/// An experiment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Experiment {
    /// What is varied, and the values.
    #[serde(default)]
    pub vary: BTreeMap<String, Vec<toml::Value>>,
    /// How often each is run.
    pub replications: Option<Replications>,
    /// What is measured.
    #[serde(default)]
    pub measure: Vec<String>,
    /// What is to be answered.
    pub answer: Option<String>,
}

/// How often something is run.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Replications {
    /// So often.
    Times(u32),
    /// Until it is known well enough.
    Until {
        /// The relative half width of the interval.
        until: String,
        /// But no more often.
        at_most: u32,
    },
}

/// Orders of a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TracePlan {
    /// The file.
    pub file: String,
    /// How fast: `"max"`, or times real time.
    pub speed: Option<toml::Value>,
    /// The first orders only.
    pub limit: Option<u64>,
}
