//! Simulations as they are asked for and changed over the API, and the scenarios that can be.

use super::door::fields::{Object, Whole};
use super::door::json::RequestBody;
use super::door::problem::ApiError;
use super::simulation_body::SimulationMode;
use crate::sim::lab::record::{Change, Place};
use crate::sim::scenario::document::{Document, read};
use crate::sim::scenario::shipped::{self, Shipped};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The longest scenario, bytes.
const TOML_MAX: usize = 64 * 1_024;
/// The longest settings, bytes together: they are arguments of a command.
const SET_MAX: usize = 16 * 1_024;
/// The most shoppers a second, and in all, in this mall, unless more is asked for: what they do is in its journal for ever.
const RATE: f64 = 200.0;
const ORDERS: i64 = 100_000;
/// The most that can be asked for.
const RATE_MAX: f64 = 1_000_000.0;
const ORDERS_MAX: i64 = 1_000_000_000;

/// A scenario that is part of the program.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShippedScenario {
    /// Its name.
    name: &'static str,
    /// What it asks.
    title: String,
    /// It as it is written.
    toml: &'static str,
    /// How long shoppers come, seconds.
    duration_s: u64,
    /// Shoppers a second at its beginning.
    rate: f64,
    /// Whether it tries several values: then it is for virtual time.
    experiment: bool,
    /// Whether it kills its mall: then it is for virtual time.
    crashes: bool,
    /// Values that are often changed, by their keys, as they are in it.
    parameters: Vec<Parameter>,
}

/// A value of a scenario that is often changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Parameter {
    /// Its key, for `set`.
    key: &'static str,
    /// What it is in the scenario.
    value: f64,
    /// The least it may be.
    min: f64,
    /// The most it may be.
    max: f64,
}

impl ShippedScenario {
    /// What there is to say of a shipped scenario.
    ///
    /// # Errors
    /// It is not sound, which a test knows.
    pub fn of(shipped: &'static Shipped) -> Result<Self, ApiError> {
        let document = read(shipped.name, shipped.text, &[])
            .map_err(|error| ApiError::invalid("", "scenario", error.to_string()))?;
        let scenario = &document.scenario;
        let share = |key, value| Parameter { key, value, min: 0.0, max: 1.0 };
        Ok(Self {
            name: shipped.name,
            title: scenario.title.clone(),
            toml: shipped.text,
            duration_s: scenario.duration.0.as_secs(),
            rate: scenario.arrivals.rate.0,
            experiment: scenario.experiment.is_some(),
            crashes: document.check_live(false).is_err(),
            parameters: vec![
                Parameter { key: "arrivals.rate", value: scenario.arrivals.rate.0, min: 0.001, max: RATE_MAX },
                share("shopper.too_little_money", scenario.shopper.too_little_money.0),
                share("shopper.accept_available", scenario.shopper.accept_available.0),
                share("shopper.cancels", scenario.shopper.cancels.0),
                share("shopper.retries", scenario.shopper.retries.0),
            ],
        })
    }
}

/// A simulation that is asked for: exactly one of `scenario` and `toml`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSimulation {
    /// A scenario that is part of the program, by its name.
    scenario: Option<String>,
    /// A scenario, as TOML, at most 64 KiB.
    toml: Option<String>,
    /// `live`: in this mall, whose journal keeps for ever what shoppers do; `virtual`: in a mall of its own, in virtual time.
    #[schema(value_type = SimulationMode)]
    mode: SimulationMode,
    /// In virtual time: whether it begins as a copy of this mall.
    #[serde(default)]
    from_this_mall: bool,
    /// What everything is drawn from: the same seed is the same run. 1 when left out.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    seed: Option<Whole<0, 9_007_199_254_740_991>>,
    /// In virtual time: how often it is run, with one seed after the other, for means with their intervals.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    replications: Option<Whole<1, 1_000>>,
    /// Values that count in place of the scenario's, by their keys: `{"arrivals.rate": 50}`.
    #[serde(default)]
    #[schema(value_type = Object)]
    set: BTreeMap<String, Value>,
    /// In this mall: more than 200 shoppers a second, or 100 000 in all.
    #[schema(value_type = Option<Allowed>)]
    allow: Option<Object<Allowed>>,
}

impl RequestBody for NewSimulation {
    /// As JSON a scenario is longer, by its line ends and quotes.
    const MOST: usize = 4 * TOML_MAX;
}

/// How much a simulation may bring into this mall.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// The most shoppers a second of the mall's time; 200 when left out.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000)]
    rate: Option<Whole<1, 1_000_000>>,
    /// The most shoppers in all; 100 000 when left out.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000)]
    orders: Option<Whole<1, ORDERS_MAX>>,
}

/// A request for a simulation that makes sense.
pub struct Wanted {
    /// The scenario.
    pub document: Document,
    /// Its name, where it is part of the program.
    pub shipped: Option<&'static str>,
    /// Values that count in place of its.
    pub set: Vec<String>,
    /// Where it is to be made.
    pub mode: Place,
    /// Whether it begins as a copy of this mall.
    pub from_this_mall: bool,
    /// What everything is drawn from.
    pub seed: u64,
    /// How often it is run.
    pub replications: Option<u32>,
    /// The most shoppers a second in this mall.
    pub rate_most: f64,
    /// The most shoppers in this mall.
    pub orders_most: u64,
}

impl NewSimulation {
    /// Reads the scenario.
    ///
    /// # Errors
    /// 422, with the pointer of what is wrong; of a scenario with line and column.
    pub fn into_wanted(self) -> Result<Wanted, ApiError> {
        let Self { scenario, toml, mode, from_this_mall, seed, replications, set, allow } = self;
        let (pointer, name, text, shipped) = match (&scenario, &toml) {
            (Some(name), None) => {
                let unknown = || {
                    let known: Vec<&str> = shipped::ALL.iter().map(|shipped| shipped.name).collect();
                    ApiError::invalid("/scenario", "unknown_scenario", format!("must be one of {}", known.join(", ")))
                };
                let shipped = shipped::find(name).ok_or_else(unknown)?;
                ("/scenario", shipped.name, shipped.text, Some(shipped.name))
            }
            (None, Some(text)) if text.len() > TOML_MAX => {
                return Err(ApiError::invalid("/toml", "too_long", "must be at most 64 KiB"));
            }
            (None, Some(text)) => ("/toml", "scenario.toml", text.as_str(), None),
            _ => return Err(ApiError::invalid("", "invalid_value", "exactly one of scenario and toml must be given")),
        };
        let set = set.iter().map(|(key, value)| setting(key, value)).collect::<Result<Vec<_>, _>>()?;
        if set.iter().map(String::len).sum::<usize>() > SET_MAX {
            return Err(ApiError::invalid("/set", "too_long", "must be at most 16 KiB in all"));
        }
        let document = read(name, text, &set).map_err(|error| match error.place.strip_prefix("--set ") {
            Some(set) => {
                let key = set.split_once('=').map_or(set, |(key, _)| key);
                ApiError::invalid(member(key), "invalid_value", error.said)
            }
            None => ApiError::invalid(pointer, "invalid_scenario", error.to_string()),
        })?;
        let here = document.scenario.experiment.as_ref().filter(|_| mode == SimulationMode::Live);
        if here.is_some() || (mode == SimulationMode::Live && replications.is_some_and(|often| often.0 > 1)) {
            let detail = "tries several values, or is run several times: that is for virtual time, for this mall would not be \
                          the same the second time";
            return Err(ApiError::invalid("/mode", "invalid_value", detail));
        }
        if from_this_mall && mode == SimulationMode::Live {
            let detail = "is for virtual time; a live simulation is in this mall itself";
            return Err(ApiError::invalid("/from_this_mall", "invalid_value", detail));
        }
        if allow.is_some() && mode == SimulationMode::Virtual {
            return Err(ApiError::invalid(
                "/allow",
                "invalid_value",
                "is for this mall; in virtual time nothing is bounded",
            ));
        }
        let allowed = allow.map(|Object(allow)| allow).unwrap_or_default();
        #[expect(clippy::cast_precision_loss, reason = "at most a million")]
        let rate_most = allowed.rate.map_or(RATE, |rate| rate.0 as f64);
        Ok(Wanted {
            document,
            shipped,
            set,
            mode: match mode {
                SimulationMode::Live => Place::Live,
                SimulationMode::Virtual => Place::Virtual,
            },
            from_this_mall,
            seed: seed.map_or(1, Whole::unsigned),
            replications: replications.and_then(|often| u32::try_from(often.0).ok()),
            rate_most,
            orders_most: allowed.orders.unwrap_or(Whole(ORDERS)).unsigned(),
        })
    }
}

/// `KEY=VALUE`, the value as TOML writes it.
fn setting(key: &str, value: &Value) -> Result<String, ApiError> {
    if key.contains(['=', '\n', '\r', '#']) {
        return Err(ApiError::invalid(member(key), "invalid_value", "is no key of a scenario"));
    }
    match toml_of(value) {
        Some(text) => Ok(format!("{key}={text}")),
        None => Err(ApiError::invalid(member(key), "invalid_value", "must not hold null")),
    }
}

/// The escapes of JSON are escapes of TOML, and so are its numbers and lists; objects and null are not.
fn toml_of(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Object(members) => {
            let members =
                members.iter().map(|(key, value)| Some(format!("{} = {}", Value::from(key.as_str()), toml_of(value)?)));
            format!("{{ {} }}", members.collect::<Option<Vec<_>>>()?.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(toml_of).collect::<Option<Vec<_>>>()?.join(", ")),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    })
}

/// The pointer of a value that was set.
fn member(key: &str) -> String {
    format!("/set/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// What is changed while a simulation runs: at least one of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SteerSimulation {
    /// Shoppers a second from now on, in place of the rate, the phases and the flash crowds of the scenario.
    #[serde(default, deserialize_with = "rate")]
    #[schema(value_type = Option<f64>, exclusive_minimum = 0, maximum = 1_000_000)]
    rate: Option<f64>,
    /// The share of shoppers with too little money, 0 to 1.
    #[serde(default, deserialize_with = "share")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 1)]
    too_little_money: Option<f64>,
    /// Whether nobody comes for the time being; those who are there go on.
    arrivals_paused: Option<bool>,
}

impl RequestBody for SteerSimulation {}

impl SteerSimulation {
    /// What is changed.
    ///
    /// # Errors
    /// 422 when it is nothing.
    pub fn into_change(self) -> Result<Change, ApiError> {
        let Self { rate, too_little_money, arrivals_paused } = self;
        let change = Change { rate, too_little_money, arrivals_paused };
        if change == Change::default() {
            let detail = "at least one of rate, too_little_money and arrivals_paused must be given";
            return Err(ApiError::invalid("", "invalid_value", detail));
        }
        Ok(change)
    }
}

fn rate<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let rate = Option::<f64>::deserialize(deserializer)?;
    let refused = || serde::de::Error::custom("must be more than 0, and at most 1000000");
    if rate.is_none_or(|rate| rate > 0.0 && rate <= RATE_MAX) { Ok(rate) } else { Err(refused()) }
}

fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let share = Option::<f64>::deserialize(deserializer)?;
    let refused = || serde::de::Error::custom("must be 0 to 1");
    if share.is_none_or(|share| (0.0..=1.0).contains(&share)) { Ok(share) } else { Err(refused()) }
}
