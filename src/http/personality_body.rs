//! How stores and the bank behave, as the API says it.

use super::door::fields::{Object, Whole};
use super::door::json::RequestBody;
use super::door::problem::ApiError;
use super::door::values::Time;
use super::door::words::{OutageMode, Refusal};
use crate::actors::mall::personalities::Behaves;
use crate::domain::ids::StoreId;
use crate::domain::participant::Participant;
use crate::domain::personality::{self, DELAY_MS_MAX, Decimal, Distribution, Known, Spread};
use crate::domain::time::Timestamp;
use serde::de::{Error as _, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

type Millis = Whole<0, { DELAY_MS_MAX.cast_signed() }>;
/// Exact in every reader of JSON.
type Seed = Whole<0, 9_007_199_254_740_991>;

/// How a store or the bank behaves. What is left out or null is as Plaza itself behaves: it answers when it is due.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Personality {
    /// How long it takes to answer, in place of its nominal delay. Drawn when an order is submitted: its `due_at` says
    /// it. The time-out of the order still follows the nominal delay.
    #[schema(value_type = Option<Delay>)]
    delay: Option<Object<Delay>>,
    /// How often it refuses, and the order is rejected or loses the store's lines.
    #[schema(value_type = Option<Refuse>)]
    refuse: Option<Object<Refuse>>,
    /// How often it never answers. With the share of `refuse` at most 1.
    #[schema(value_type = Option<Share>)]
    silent: Option<Object<Share>>,
    /// How often its answer is lost on the way, and it is asked again: what it did is not done twice.
    #[schema(value_type = Option<Share>)]
    lose_answer: Option<Object<Share>>,
    /// How often its answer comes twice.
    #[schema(value_type = Option<Share>)]
    repeat_answer: Option<Object<Share>>,
    /// When it is out, at most 100 times.
    #[serde(default)]
    #[schema(value_type = Vec<Outage>, max_items = 100)]
    outages: Vec<Object<Outage>>,
    /// What chance is drawn from: with the same seed and `Idempotency-Key` an order meets the same fate again. 0 when left
    /// out.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    seed: Option<Seed>,
}

impl RequestBody for Personality {}

/// How long answers take. Beside the bounds, each distribution has its own members and no others: `fixed` has `ms`,
/// `uniform` both bounds, `exponential` `mean_ms`, `lognormal` `median_ms` and one of `sigma` and `p99_ms`, `pareto`
/// `min_ms` and `alpha`, `quantiles` `points`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// How they are distributed.
    distribution: Shape,
    /// Of `fixed`: the delay, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 86_400_000)]
    ms: Option<Millis>,
    /// Of `exponential`: the mean, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 86_400_000)]
    mean_ms: Option<Millis>,
    /// Of `lognormal`: half are shorter, milliseconds, at least 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 86_400_000)]
    median_ms: Option<Millis>,
    /// Of `lognormal`: the standard deviation of the logarithm, 0 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = 0, maximum = 4)]
    sigma: Option<Decimal>,
    /// Of `lognormal`: one in a hundred is longer, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 86_400_000)]
    p99_ms: Option<Millis>,
    /// Of `pareto`: 0.1 to 100; the smaller, the longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>, minimum = 0.1, maximum = 100)]
    alpha: Option<Decimal>,
    /// Of `quantiles`: `[[0.5, 4000], [0.99, 20000]]`, shares and the milliseconds within which that share is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Vec<f64>>>, min_items = 1, max_items = 100)]
    points: Option<Vec<Point>>,
    /// Shorter ones are this long, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 86_400_000)]
    min_ms: Option<Millis>,
    /// Longer ones are this long, milliseconds; a day when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 86_400_000)]
    max_ms: Option<Millis>,
}

/// A share, and the milliseconds within which that share is.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Point(Decimal, Millis);

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = Vec::<f64>::deserialize(deserializer)?;
        let read = |numbers: &[f64]| {
            let [share, ms] = numbers else { return None };
            let ms = Millis::deserialize(IntoDeserializer::<D::Error>::into_deserializer(*ms));
            Some(Self(Decimal::new(*share)?, ms.ok()?))
        };
        read(&numbers).ok_or_else(|| D::Error::custom("must be a share and milliseconds, like [0.5, 4000]"))
    }
}

/// How delays are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Always the same.
    Fixed,
    /// Every one between the bounds is as likely.
    Uniform,
    /// Most are short.
    Exponential,
    /// A few are much longer than the median, as of most services.
    Lognormal,
    /// Very long ones are not rare.
    Pareto,
    /// A curve through what was measured.
    Quantiles,
}

/// How often it refuses, and why.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refuse {
    /// The share of all answers, 0 to 1.
    #[serde(deserialize_with = "share")]
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    share: Decimal,
    /// Why; `SERVICE_FAILED` when left out.
    reason: Option<Refusal>,
}

/// How often something happens.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The share of all answers, 0 to 1.
    #[serde(deserialize_with = "share")]
    #[schema(value_type = f64, minimum = 0, maximum = 1)]
    share: Decimal,
}

/// A time during which it is out.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// Since when, in the mall's time.
    #[serde(deserialize_with = "instant")]
    #[schema(inline)]
    from: Time,
    /// Until when; it answers from then on.
    #[serde(deserialize_with = "instant")]
    #[schema(inline)]
    until: Time,
    /// What becomes of the answers that are due meanwhile.
    mode: OutageMode,
}

/// Somebody who confirms orders.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// A store, or the bank.
    kind: Kind,
    /// The store; the bank has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

/// Who confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The bank.
    Bank,
    /// A store.
    Store,
}

/// A store or the bank, and how it behaves.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParticipantPersonality {
    /// Who.
    participant: Who,
    /// How.
    personality: Personality,
    /// Since when, in the mall's time.
    #[schema(inline)]
    set_at: Time,
    /// For `If-Match`: another one with every change.
    version: u64,
}

/// A share of all answers.
fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let read = Decimal::new(f64::deserialize(deserializer)?).filter(|share| *share <= Decimal::ONE);
    read.ok_or_else(|| D::Error::custom("must be 0 to 1, with at most six decimals"))
}

fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    super::door::query::time(deserializer).map(|at| Time(at.unwrap_or(Timestamp::MAX)))
}

const fn millis(ms: u64) -> Millis {
    Whole(ms.cast_signed())
}

impl Delay {
    /// The delay of a request; what the distribution does not have, or has and is missing, is refused.
    fn into_domain(self) -> Result<personality::Delay, ApiError> {
        let Self { distribution, ms, mean_ms, median_ms, sigma, p99_ms, alpha, points, min_ms, max_ms } = self;
        let own: &[&str] = match distribution {
            Shape::Fixed => &["ms"],
            Shape::Uniform => &[],
            Shape::Exponential => &["mean_ms"],
            Shape::Lognormal => &["median_ms", "sigma", "p99_ms"],
            Shape::Pareto => &["alpha"],
            Shape::Quantiles => &["points"],
        };
        let given = [
            ("ms", ms.is_some()),
            ("mean_ms", mean_ms.is_some()),
            ("median_ms", median_ms.is_some()),
            ("sigma", sigma.is_some()),
            ("p99_ms", p99_ms.is_some()),
            ("alpha", alpha.is_some()),
            ("points", points.is_some()),
        ];
        if let Some((foreign, _)) = given.into_iter().find(|(name, given)| *given && !own.contains(name)) {
            return Err(invalid(foreign, "unknown_field", "is not of this distribution"));
        }
        let required = |name: &str| invalid(name, "missing_field", "is required");
        let distribution = match distribution {
            Shape::Fixed => Distribution::Fixed { ms: ms.ok_or_else(|| required("ms"))?.unsigned() },
            Shape::Uniform => Distribution::Uniform,
            Shape::Exponential => {
                Distribution::Exponential { mean_ms: mean_ms.ok_or_else(|| required("mean_ms"))?.unsigned() }
            }
            Shape::Lognormal => Distribution::Lognormal {
                median_ms: median_ms.ok_or_else(|| required("median_ms"))?.unsigned(),
                spread: match (sigma, p99_ms) {
                    (Some(sigma), None) => Spread::Sigma(sigma),
                    (None, Some(p99_ms)) => Spread::P99Ms(p99_ms.unsigned()),
                    (None, None) => return Err(required("p99_ms")),
                    (Some(_), Some(_)) => {
                        return Err(invalid("sigma", "invalid_value", "is given by p99_ms already: one of both"));
                    }
                },
            },
            Shape::Pareto => Distribution::Pareto { alpha: alpha.ok_or_else(|| required("alpha"))? },
            Shape::Quantiles => {
                let points = points.ok_or_else(|| required("points"))?;
                Distribution::Quantiles {
                    points: points.iter().map(|Point(share, ms)| (*share, ms.unsigned())).collect(),
                }
            }
        };
        let [min_ms, max_ms] = [min_ms, max_ms].map(|bound| bound.map(Whole::unsigned));
        Ok(personality::Delay { distribution, min_ms, max_ms })
    }

    fn of(delay: &personality::Delay) -> Self {
        let mut shown = Self {
            distribution: Shape::Uniform,
            ms: None,
            mean_ms: None,
            median_ms: None,
            sigma: None,
            p99_ms: None,
            alpha: None,
            points: None,
            min_ms: delay.min_ms.map(millis),
            max_ms: delay.max_ms.map(millis),
        };
        shown.distribution = match &delay.distribution {
            Distribution::Fixed { ms } => {
                shown.ms = Some(millis(*ms));
                Shape::Fixed
            }
            Distribution::Uniform => Shape::Uniform,
            Distribution::Exponential { mean_ms } => {
                shown.mean_ms = Some(millis(*mean_ms));
                Shape::Exponential
            }
            Distribution::Lognormal { median_ms, spread } => {
                shown.median_ms = Some(millis(*median_ms));
                match spread {
                    Spread::Sigma(sigma) => shown.sigma = Some(*sigma),
                    Spread::P99Ms(p99_ms) => shown.p99_ms = Some(millis(*p99_ms)),
                }
                Shape::Lognormal
            }
            Distribution::Pareto { alpha } => {
                shown.alpha = Some(*alpha);
                Shape::Pareto
            }
            Distribution::Quantiles { points } => {
                shown.points = Some(points.iter().map(|(share, ms)| Point(*share, millis(*ms))).collect());
                Shape::Quantiles
            }
        };
        shown
    }
}

fn invalid(member: &str, code: &'static str, must: &'static str) -> ApiError {
    ApiError::invalid(format!("/delay/{member}"), code, must)
}

impl Personality {
    /// The personality of a request; whether its numbers make sense is for the domain to say.
    ///
    /// # Errors
    /// 422 names a member that the distribution does not have, or that is missing.
    pub fn into_domain(self) -> Result<personality::Personality, ApiError> {
        let share = |share: Option<Object<Share>>| share.map(|Object(Share { share })| personality::Share { share });
        Ok(personality::Personality {
            delay: self.delay.map(|Object(delay)| delay.into_domain()).transpose()?,
            refuse: self.refuse.map(|Object(Refuse { share, reason })| personality::Refuse {
                share,
                reason: reason.map_or(personality::Refusal::ServiceFailed, |reason| reason.0),
            }),
            silent: share(self.silent),
            lose_answer: share(self.lose_answer),
            repeat_answer: share(self.repeat_answer),
            outages: self.outages.iter().map(|Object(outage)| outage.to_domain()).collect(),
            seed: self.seed.map_or(0, Whole::unsigned),
        })
    }

    /// A personality as it is shown.
    #[must_use]
    pub fn of(personality: &personality::Personality) -> Self {
        let share = |share: Option<personality::Share>| share.map(|share| Object(Share { share: share.share }));
        Self {
            delay: personality.delay.as_ref().map(|delay| Object(Delay::of(delay))),
            refuse: personality
                .refuse
                .map(|refuse| Object(Refuse { share: refuse.share, reason: Some(Refusal(refuse.reason)) })),
            silent: share(personality.silent),
            lose_answer: share(personality.lose_answer),
            repeat_answer: share(personality.repeat_answer),
            outages: personality.outages.iter().map(|outage| Object(Outage::of(outage))).collect(),
            seed: Some(Whole(personality.seed.cast_signed())),
        }
    }
}

impl Outage {
    const fn to_domain(&self) -> personality::Outage {
        personality::Outage { from: self.from.0, until: self.until.0, mode: self.mode.0 }
    }

    const fn of(outage: &personality::Outage) -> Self {
        Self { from: Time(outage.from), until: Time(outage.until), mode: OutageMode(outage.mode) }
    }
}

impl Who {
    /// Who is meant.
    ///
    /// # Errors
    /// 422: a store without an id, or a bank with one.
    pub fn into_domain(self) -> Result<Participant, ApiError> {
        match (self.kind, self.id) {
            (Kind::Bank, None) => Ok(Participant::Bank),
            (Kind::Store, Some(id)) => Ok(Participant::Store(StoreId(id))),
            (Kind::Bank, Some(_)) => Err(ApiError::invalid("/participant/id", "unknown_field", "the bank has none")),
            (Kind::Store, None) => Err(ApiError::invalid("/participant/id", "missing_field", "is required")),
        }
    }
}

impl From<Participant> for Who {
    fn from(participant: Participant) -> Self {
        match participant {
            Participant::Bank => Self { kind: Kind::Bank, id: None },
            Participant::Store(id) => Self { kind: Kind::Store, id: Some(id.0) },
        }
    }
}

impl From<&Behaves> for ParticipantPersonality {
    fn from(Behaves { participant, known: Known { personality, set_at, version } }: &Behaves) -> Self {
        Self {
            participant: (*participant).into(),
            personality: Personality::of(personality),
            set_at: Time(*set_at),
            version: *version,
        }
    }
}
