//! What becomes of one answer: drawn, never diced, so that asking again after a crash says the same.

use super::behaviour::{OutageMode, Personality, share};
use super::decimal::Decimal;
use crate::domain::ids::OrderId;
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use uuid::Uuid;

/// What an order's fates are drawn from: the hash of the idempotency key of its submission, so that the same shopper has
/// the same luck whoever else shops; the order's id where there was no key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Draw([u8; 16]);

impl Draw {
    /// Of an idempotency key.
    #[must_use]
    pub fn of_key(key: &str) -> Self {
        Self(blake3::hash(key.as_bytes()).as_bytes().first_chunk().copied().unwrap_or_default())
    }

    /// Of an order that was submitted without a key.
    #[must_use]
    pub const fn of_order(id: OrderId) -> Self {
        Self(*id.0.as_bytes())
    }
}

impl fmt::Debug for Draw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Uuid::from_bytes(self.0).simple())
    }
}

impl Serialize for Draw {
    /// 32 hexadecimal digits.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Uuid::from_bytes(self.0).simple())
    }
}

impl<'de> Deserialize<'de> for Draw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = Uuid::try_parse(&text).map_err(|_| D::Error::custom("must be 32 hexadecimal digits"))?;
        Ok(Self(bytes.into_bytes()))
    }
}

impl JsonSchema for Draw {
    fn schema_name() -> Cow<'static, str> {
        "Draw".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })
    }
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is given.
    Answer,
    /// It is given then, and not before.
    Hold(Timestamp),
    /// It never comes.
    Never,
    /// The participant refuses, and does nothing.
    Refuse,
}

impl Fate {
    /// Whether the participant says something now.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Answer | Self::Refuse)
    }
}

/// How an answer that is given arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// It is lost once, and the participant asked again.
    pub lost: bool,
    /// It comes twice.
    pub repeated: bool,
}

/// 2^52.
const PARTS: f64 = 4_503_599_627_370_496.0;

/// What is drawn; each is independent of the others.
#[derive(Clone, Copy)]
enum Drawn {
    Delay,
    Fate,
    Lost,
    Repeated,
}

impl Personality {
    /// How long the answer takes, milliseconds from the submission; `None` when that is the participant's nominal delay.
    #[must_use]
    pub fn delay_ms(&self, draw: Draw, participant: Participant) -> Option<u64> {
        let delay = self.delay.as_ref()?;
        let [first, second] = self.even(draw, participant, Drawn::Delay);
        Some(delay.of(first, second))
    }

    /// What becomes of the answer that was due at `due`, as it stands at `now`.
    ///
    /// Depends on when it was due and not on when somebody got round to asking, so a crash changes no fate: what was due
    /// while the participant was out was met by the outage.
    #[must_use]
    pub fn fate(&self, draw: Draw, participant: Participant, due: Timestamp, now: Timestamp) -> Fate {
        let given = self.given_at(due);
        match self.out_at(given) {
            _ if given > now => return Fate::Hold(given),
            Some(OutageMode::Refuse) => return Fate::Refuse,
            Some(OutageMode::Silent) => return Fate::Never,
            Some(OutageMode::Hold) | None => {}
        }
        let [refuse, silent] = self.ends().map(Decimal::number);
        let [drawn, _] = self.even(draw, participant, Drawn::Fate);
        if drawn < refuse {
            Fate::Refuse
        } else if drawn < refuse + silent {
            Fate::Never
        } else {
            Fate::Answer
        }
    }

    /// When an answer that was due at `due` is given, or would be: after the outages that hold it.
    #[must_use]
    pub fn given_at(&self, due: Timestamp) -> Timestamp {
        let mut given = due;
        // Each pass leaves one outage behind.
        while let Some(outage) = self.outages.iter().find(|outage| outage.covers(given)) {
            match outage.mode {
                OutageMode::Hold => given = outage.until,
                OutageMode::Refuse | OutageMode::Silent => break,
            }
        }
        given
    }

    /// What the participant does with answers that are due at `at`, when it is out then.
    fn out_at(&self, at: Timestamp) -> Option<OutageMode> {
        self.outages.iter().find(|outage| outage.covers(at)).map(|outage| outage.mode)
    }

    /// How the answer arrives.
    #[must_use]
    pub fn manner(&self, draw: Draw, participant: Participant) -> Manner {
        let happens = |what, often| self.even(draw, participant, what)[0] < share(often).number();
        Manner { lost: happens(Drawn::Lost, self.lose_answer), repeated: happens(Drawn::Repeated, self.repeat_answer) }
    }

    /// Two numbers evenly between 0 and 1, both exclusive.
    fn even(&self, draw: Draw, participant: Participant, what: Drawn) -> [f64; 2] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.seed.to_le_bytes()).update(&draw.0).update(&[what as u8]);
        if let Participant::Store(store_id) = participant {
            hasher.update(store_id.0.as_bytes());
        }
        let hash = hasher.finalize();
        let (first, rest) = hash.as_bytes().split_at(8);
        [first, &rest[..8]].map(|half| {
            let bits = half.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            // The middle of one of 2^52 equal parts, so neither 0 nor 1.
            #[expect(clippy::cast_precision_loss, reason = "52 bits are exact")]
            let part = (bits >> 12) as f64;
            (part + 0.5) / PARTS
        })
    }
}
