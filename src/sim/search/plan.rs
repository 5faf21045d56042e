//! A plan: a mall, shoppers and faults with their times, written out. Running it draws nothing further but from streams
//! that are named after its entries, so that leaving one out leaves the others as they were.

use super::bounds::{SPAN_MS_MAX, at_least_one, at_most};
use super::fault::Strike;
use super::finding::Finding;
use crate::actors::mall::TIMERS_AT_WORK;
use crate::domain::inventory::STOCK_MAX;
use crate::domain::line::{LINES_MAX, QUANTITY_MAX};
use crate::domain::money::AMOUNT_MINOR_MAX;
use crate::domain::order::OrderPolicy;
use crate::domain::participant::Fulfilment;
use crate::domain::store::CONFIRMATION_DELAY_MS_MAX;
use crate::sim::shopping::errand::{Errand, Wanted};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The version of the plans this build writes and runs.
pub const SCHEMA: u32 = 1;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The version of Plaza that wrote it.
    pub written_by: String,
    /// What all its streams are drawn from.
    pub seed: u64,
    /// The mall.
    pub mall: MallPlan,
    /// Who comes, in the order of their times.
    pub shoppers: Vec<Errand>,
    /// What goes wrong, in the order of their times.
    pub faults: Vec<Strike>,
    /// Whether it is run without its faults as well, and has to end alike: they only delay, and nothing is short.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compare: bool,
    /// What it found, when it was saved because it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Finding>,
}

/// A mall of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MallPlan {
    /// Its stores.
    pub stores: Vec<StorePlan>,
    /// How an outside bank answers; none when Plaza confirms for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_bank: Option<Outside>,
    /// How long the bank takes, milliseconds.
    pub payment_delay_ms: u64,
    /// The grace of missing verdicts, milliseconds.
    pub grace_ms: u64,
    /// How long an accepted order can be paid, milliseconds.
    pub pay_deadline_ms: u64,
    /// How long stores take to ship, milliseconds.
    pub shipping_delay_ms: u64,
    /// How many requests may be in the mall at a time.
    pub admission: usize,
    /// How many orders may work off due timers at a time.
    #[serde(default = "many", skip_serializing_if = "is_many")]
    pub timers_at_work: usize,
    /// How long a commit takes at the most, milliseconds.
    pub commit_within_ms: u64,
    /// How often whoever passes a port lets others go first, at the most.
    pub yields: u64,
    /// Whether its database is on disk, where the power can be cut.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_disk: bool,
}

impl MallPlan {
    /// Its delays and deadlines.
    #[must_use]
    pub fn policy(&self) -> OrderPolicy {
        let payment_provider = if self.outside_bank.is_some() { Fulfilment::External } else { Fulfilment::Internal };
        OrderPolicy {
            payment_delay_ms: self.payment_delay_ms,
            grace_ms: self.grace_ms,
            pay_deadline_ms: self.pay_deadline_ms,
            shipping_delay_ms: self.shipping_delay_ms,
            speed: 1,
            payment_provider,
        }
    }

    /// The longest time from a submission to its time-out, milliseconds.
    #[must_use]
    pub fn longest_verdict_ms(&self) -> u64 {
        let delays = self.stores.iter().map(|store| store.delay_ms).chain([self.payment_delay_ms]);
        delays.max().unwrap_or_default().saturating_add(self.grace_ms)
    }
}

const fn many() -> usize {
    TIMERS_AT_WORK
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_many(turns: &usize) -> bool {
    *turns == TIMERS_AT_WORK
}

/// A store of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorePlan {
    /// How long it takes to confirm, milliseconds.
    pub delay_ms: u64,
    /// Its products.
    pub products: Vec<ProductPlan>,
    /// How the outside service answers that confirms for it; none when Plaza does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<Outside>,
}

/// A product of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductPlan {
    /// Its price, minor units.
    pub price: i64,
    /// Pieces.
    pub stock: i64,
}

/// How an outside service answers: the requests it gets in turn, one way after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outside {
    /// So many milliseconds after it was asked.
    pub after_ms: u64,
    /// The ways.
    pub ways: Vec<Way>,
}

/// One way to answer a request to confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It confirms.
    Confirm,
    /// It refuses.
    Refuse,
    /// It confirms twice.
    Twice,
    /// It confirms, and refuses at once after it.
    Contradict,
    /// It confirms so many milliseconds after the time-out; before it when negative.
    AtTimeout(i64),
    /// What it says makes no sense.
    Nonsense,
    /// It says nothing.
    Never,
}

impl Plan {
    /// Reads a plan.
    ///
    /// # Errors
    /// It is none, of a version this build does not run, or of a mall that cannot be.
    pub fn read(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            schema: u32,
            #[serde(default)]
            written_by: String,
        }
        let head: Head = serde_json::from_str(text).map_err(|error| format!("this is no plan: {error}"))?;
        if head.schema != SCHEMA {
            return Err(format!(
                "this plan has schema {}, written by Plaza {}; this one runs schema {SCHEMA}",
                head.schema, head.written_by
            ));
        }
        let plan: Self = serde_json::from_str(text).map_err(|error| format!("this is no plan: {error}"))?;
        plan.check()?;
        Ok(plan)
    }

    /// Whether a mall can be as it says: what it cannot be would look like a defect of the mall.
    fn check(&self) -> Result<(), String> {
        let span = |of: &str, ms: u64| at_most(of, ms, SPAN_MS_MAX);
        let MallPlan { stores, admission, timers_at_work, .. } = &self.mall;
        at_least_one("mall.stores", stores.len() as u64, 1_000)?;
        at_least_one("mall.admission", *admission as u64, 1 << 20)?;
        at_least_one("mall.timers_at_work", *timers_at_work as u64, 1 << 20)?;
        for (of, ms) in [
            ("mall.payment_delay_ms", self.mall.payment_delay_ms),
            ("mall.grace_ms", self.mall.grace_ms),
            ("mall.pay_deadline_ms", self.mall.pay_deadline_ms),
            ("mall.shipping_delay_ms", self.mall.shipping_delay_ms),
        ] {
            span(of, ms)?;
        }
        at_most("mall.commit_within_ms", self.mall.commit_within_ms, 10_000)?;
        at_most("mall.yields", self.mall.yields, 1_000)?;
        for (number, store) in stores.iter().enumerate() {
            let of = format!("mall.stores[{number}]");
            at_most(&format!("{of}.delay_ms"), store.delay_ms, CONFIRMATION_DELAY_MS_MAX)?;
            at_least_one(&format!("{of}.products"), store.products.len() as u64, 10_000)?;
            for ProductPlan { price, stock } in &store.products {
                if !(0..=AMOUNT_MINOR_MAX / 1_000_000).contains(price) || !(0..=STOCK_MAX).contains(stock) {
                    return Err(format!("{of}: no product has a price of {price} and {stock} pieces"));
                }
            }
        }
        let mut numbers = BTreeSet::new();
        for errand in &self.shoppers {
            let of = format!("the shopper with number {}", errand.number);
            if !numbers.insert(errand.number) {
                return Err(format!("{of} is there twice"));
            }
            span(&format!("{of}: at_ms"), errand.at_ms)?;
            span(&format!("{of}: think_ms"), errand.think_ms)?;
            at_least_one(&format!("{of}: lines"), errand.lines.len() as u64, LINES_MAX as u64)?;
            for wanted in &errand.lines {
                at_least_one(&format!("{of}: quantity"), wanted.quantity.into(), QUANTITY_MAX.into())?;
                let store = stores.get(wanted.store as usize).map(|store| store.products.len());
                if store.is_none_or(|products| wanted.product as usize >= products) {
                    let Wanted { store, product, .. } = wanted;
                    return Err(format!("{of} wants product {product} of store {store}, which is not there"));
                }
            }
            for act in &errand.then {
                span(&format!("{of}: ms of what it does"), act.ms.unsigned_abs())?;
            }
        }
        let products: Vec<usize> = stores.iter().map(|store| store.products.len()).collect();
        for fault in &self.faults {
            let of = format!("the fault with number {}", fault.number);
            span(&format!("{of}: at_ms"), fault.at_ms)?;
            fault.fault.check(&products).map_err(|said| format!("{of}: {said}"))?;
        }
        if !self.shoppers.is_sorted_by_key(|errand| errand.at_ms) || !self.faults.is_sorted_by_key(|fault| fault.at_ms)
        {
            return Err("shoppers and faults must be in the order of their times".to_owned());
        }
        Ok(())
    }

    /// Writes it, one shopper and one fault a line.
    #[must_use]
    pub fn write(&self) -> String {
        let line = |value: &serde_json::Value| serde_json::to_string(value).unwrap_or_default();
        let list = |items: Vec<serde_json::Value>| {
            let lines: Vec<_> = items.iter().map(|item| format!("    {}", line(item))).collect();
            if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) }
        };
        let of = |value: serde_json::Result<serde_json::Value>| value.unwrap_or_default();
        let shoppers = self.shoppers.iter().map(|shopper| of(serde_json::to_value(shopper))).collect();
        let faults = self.faults.iter().map(|fault| of(serde_json::to_value(fault))).collect();
        let compare = if self.compare { ",\n  \"compare\": true" } else { "" };
        let found = self
            .found
            .as_ref()
            .map_or(String::new(), |found| format!(",\n  \"found\": {}", line(&of(serde_json::to_value(found)))));
        format!(
            "{{\n  \"schema\": {},\n  \"written_by\": {},\n  \"seed\": {},\n  \"mall\": {},\n  \"shoppers\": {},\n  \"faults\": {}{compare}{found}\n}}\n",
            self.schema,
            line(&self.written_by.clone().into()),
            self.seed,
            line(&of(serde_json::to_value(&self.mall))),
            list(shoppers),
            list(faults),
        )
    }

    /// How many things happen in it.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.shoppers.len() + self.faults.len()
    }
}
