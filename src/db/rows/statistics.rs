//! What was counted of orders, by spans of time.

use super::origin::Origin;
use super::seal;
use crate::db::error::DbError;
use crate::db::schema::StatisticsRow;
use crate::ports::reads::statistics::SpanRecord;
use std::borrow::Cow;

impl From<&SpanRecord> for StatisticsRow<'_> {
    fn from(span: &SpanRecord) -> Self {
        let counts = serde_json::to_string(&span.figures).expect("counts always serialise");
        let counts = Cow::Owned(counts);
        let mut row = Self { step_s: span.step_s, slot: span.slot, at_s: span.at_s, counts, seal: None };
        row.seal = Some(seal::of(&row));
        row
    }
}

impl StatisticsRow<'_> {
    /// What was counted.
    ///
    /// # Errors
    /// The row does not convert.
    pub fn into_domain(self) -> Result<SpanRecord, DbError> {
        let Self { step_s, slot, at_s, counts, .. } = self;
        let name = format!("{step_s}/{slot}");
        let figures =
            serde_json::from_str(&counts).map_err(|error| Origin("statistics", &name).corrupt("counts", error))?;
        Ok(SpanRecord { step_s, slot, at_s, figures })
    }
}
