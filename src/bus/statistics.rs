//! How many orders became what, counted from the journal by a durable consumer: no order waits for it.
//!
//! Spans of a second, a minute and an hour are kept, each as long as it can be asked for. What was counted is saved with the
//! consumer's position, in one append; after a crash it is counted on from there, and nothing twice.

use crate::domain::event::{OrderEvent, StreamKind};
use crate::domain::time::Timestamp;
use crate::domain::upcast::decode;
use crate::ports::changes::Change;
use crate::ports::feed::{Consume, Undelivered};
use crate::ports::journal::RecordedEvent;
use crate::ports::reads::statistics::{OrderFigures, SpanRecord};
use crate::ports::reads::{ReadError, ReadModel};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The consumer's name.
pub const CONSUMER: &str = "statistics";
/// Microseconds of a second.
const SECOND_US: i64 = 1_000_000;
/// The spans that are kept, seconds, and how many of each: of a second for an hour, of a minute for a week, of an hour for
/// three years.
const KEPT: [(i64, i64); 3] = [(1, 3_600), (60, 10_080), (3_600, 26_280)];
/// The step of what was counted since the beginning.
const TOTAL: i64 = 0;

/// What is counted of orders.
#[derive(Debug, Default)]
pub struct Statistics(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// The spans of each length, by when they begin, seconds.
    spans: [BTreeMap<i64, OrderFigures>; KEPT.len()],
    total: OrderFigures,
    /// Which of them are not saved: by their place among the lengths, and when they begin. The total is with them.
    unsaved: BTreeSet<(usize, i64)>,
    /// The newest event that was counted, and when it happened.
    position: u64,
    at: Option<Timestamp>,
}

/// The figures of a span that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// When it begins.
    pub at: Timestamp,
    /// What was counted.
    pub figures: OrderFigures,
}

/// What was counted, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The newest event that is counted.
    pub position: u64,
    /// Up to when everything is counted.
    pub as_of: Timestamp,
    /// The spans, oldest first; those that are kept no longer are left out.
    pub buckets: Vec<Bucket>,
    /// Since the beginning.
    pub total: OrderFigures,
}

impl Statistics {
    /// What was saved.
    ///
    /// # Errors
    /// The read model could not answer.
    pub async fn load(reads: &dyn ReadModel) -> Result<Self, ReadError> {
        let mut counted = Counted { position: reads.cursor(CONSUMER).await?, ..Counted::default() };
        for SpanRecord { step_s, at_s, figures, .. } in reads.statistics().await? {
            match KEPT.iter().position(|(step, _)| *step == step_s) {
                Some(length) => _ = counted.spans[length].insert(at_s, figures),
                None if step_s == TOTAL => {
                    counted.total = figures;
                    counted.at = Some(Timestamp(at_s * SECOND_US));
                }
                // Of a version that keeps others.
                None => {}
            }
        }
        (0..KEPT.len()).for_each(|length| counted.forget(length));
        Ok(Self(Mutex::new(counted)))
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// So many spans of so many whole seconds, the last of which `now` is in; `head` is the newest position of the journal.
    #[must_use]
    pub fn figures(&self, step_s: i64, many: usize, now: Timestamp, head: u64) -> Figures {
        let counted = self.counted();
        // What is not counted yet is not nothing.
        let as_of = if counted.position >= head { now } else { counted.at.unwrap_or(now).min(now) };
        let length = KEPT.iter().rposition(|(step, _)| step_s % step == 0).unwrap_or_default();
        let (step, most) = KEPT[length];
        let spans = &counted.spans[length];
        let oldest = spans.last_key_value().map_or(i64::MIN, |(newest, _)| newest - (most - 1) * step);
        let last = as_of.0.div_euclid(SECOND_US).div_euclid(step_s) * step_s;
        let first = last - (i64::try_from(many).unwrap_or(1) - 1) * step_s;
        let begins = (0..).map(|place| first + place * step_s).take(many).filter(|begin| *begin >= oldest);
        let bucket = |begin: i64| {
            let mut figures = OrderFigures::default();
            spans.range(begin..begin + step_s).for_each(|(_, more)| figures.add(more));
            Bucket { at: Timestamp(begin * SECOND_US), figures }
        };
        Figures {
            position: counted.position,
            as_of,
            buckets: begins.map(bucket).collect(),
            total: counted.total.clone(),
        }
    }
}

impl Counted {
    fn count(&mut self, at: Timestamp, figures: &OrderFigures) {
        self.total.add(figures);
        for (length, (step, most)) in KEPT.into_iter().enumerate() {
            let begin = at.0.div_euclid(SECOND_US).div_euclid(step) * step;
            let newest = self.spans[length].last_key_value().map_or(begin, |(newest, _)| *newest);
            if begin > newest - most * step {
                self.spans[length].entry(begin).or_default().add(figures);
                self.unsaved.insert((length, begin));
                if begin > newest {
                    self.forget(length);
                }
            }
        }
    }

    /// Forgets what is kept no longer.
    fn forget(&mut self, length: usize) {
        let (step, most) = KEPT[length];
        let spans = &mut self.spans[length];
        let Some(oldest) = spans.last_key_value().map(|(newest, _)| newest - (most - 1) * step) else { return };
        *spans = spans.split_off(&oldest);
        self.unsaved.retain(|(of, begin)| *of != length || *begin >= oldest);
    }

    fn unsaved(&self) -> Vec<Change> {
        let of = |(length, begin): &(usize, i64)| {
            let (step_s, most) = KEPT[*length];
            let figures = self.spans[*length].get(begin)?.clone();
            Some(SpanRecord { step_s, slot: begin.div_euclid(step_s).rem_euclid(most), at_s: *begin, figures })
        };
        let spans = self.unsaved.iter().filter_map(of);
        let at_s = self.at.map_or(0, |at| at.0.div_euclid(SECOND_US));
        let total = SpanRecord { step_s: TOTAL, slot: 0, at_s, figures: self.total.clone() };
        let total = (!self.unsaved.is_empty()).then_some(total);
        spans.chain(total).map(Change::Statistics).collect()
    }
}

/// What an event counts, if it does.
fn counts(event: &RecordedEvent) -> Option<OrderFigures> {
    if event.stream != StreamKind::Order {
        return None;
    }
    let mut figures = OrderFigures::default();
    match &*event.name {
        "order.submitted" => figures.submitted = 1,
        "order.accepted" => figures.accepted = 1,
        "order.cancelled" => figures.cancelled = 1,
        "order.expired" => figures.expired = 1,
        "order.delivered" => figures.delivered = 1,
        "order.rejected" => {
            figures.rejected = 1;
            if let Ok(OrderEvent::Rejected(rejected)) = decode(&event.name, &event.payload) {
                figures.rejected_by = rejected.reasons.into_iter().map(|reason| (reason, 1)).collect();
            }
        }
        _ => return None,
    }
    Some(figures)
}

impl Consume for Statistics {
    /// That it was counted is worth no write of its own: a crash counts it again.
    fn consume<'a>(&'a self, events: &'a [RecordedEvent]) -> BoxFuture<'a, Result<bool, Undelivered>> {
        let mut counted = self.counted();
        let new = events.partition_point(|event| event.position <= counted.position);
        for event in &events[new..] {
            if let Some(figures) = counts(event) {
                counted.count(event.occurred_at, &figures);
            }
            counted.position = event.position;
            counted.at = Some(event.occurred_at);
        }
        std::future::ready(Ok(false)).boxed()
    }

    fn saves(&self) -> Vec<Change> {
        self.counted().unsaved()
    }

    fn saved(&self) {
        self.counted().unsaved.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::Reason;
    use std::borrow::Cow;
    use uuid::Uuid;

    fn event(position: u64, name: &'static str, second: i64) -> RecordedEvent {
        RecordedEvent {
            position,
            stream: StreamKind::Order,
            stream_id: Uuid::nil(),
            version: 1,
            name: Cow::Borrowed(name),
            payload: r#"{"reasons":["OUT_OF_STOCK","NOT_ENOUGH_MONEY"]}"#.to_owned(),
            occurred_at: Timestamp(second * SECOND_US + 5),
            correlation_id: Uuid::nil(),
            causation_id: "".into(),
        }
    }

    async fn hear(statistics: &Statistics, events: &[RecordedEvent]) {
        statistics.consume(events).await.unwrap();
    }

    fn submitted(figures: &Figures) -> Vec<(i64, u64)> {
        figures.buckets.iter().map(|bucket| (bucket.at.0 / SECOND_US, bucket.figures.submitted)).collect()
    }

    #[tokio::test]
    async fn orders_are_counted_by_spans_once_each() {
        let statistics = Statistics::default();
        let events = [event(1, "order.submitted", 100), event(2, "order.submitted", 119), event(3, "order.paid", 119)];
        hear(&statistics, &events).await;
        hear(&statistics, &events).await;
        hear(&statistics, &[event(4, "order.rejected", 121)]).await;
        let at = |second: i64| Timestamp(second * SECOND_US);
        let minutes = statistics.figures(60, 3, at(130), 4);
        assert_eq!((minutes.position, minutes.as_of), (4, at(130)));
        assert_eq!(submitted(&minutes), [(0, 0), (60, 2), (120, 0)]);
        let reasons = &minutes.buckets[2].figures.rejected_by;
        assert_eq!(*reasons, BTreeMap::from([(Reason::OutOfStock, 1), (Reason::NotEnoughMoney, 1)]));
        assert_eq!(submitted(&statistics.figures(10, 3, at(120), 4)), [(100, 1), (110, 1), (120, 0)]);
        assert_eq!((minutes.total.submitted, minutes.total.rejected), (2, 1));
        // What is not counted yet is not told as nothing.
        let behind = statistics.figures(1, 1, at(500), 5);
        assert_eq!(submitted(&behind), [(121, 0)]);
    }

    #[tokio::test]
    async fn what_is_kept_no_longer_is_absent_and_gives_its_place_away() {
        let statistics = Statistics::default();
        hear(&statistics, &[event(1, "order.submitted", 10), event(2, "order.submitted", 10 + 3_600)]).await;
        let now = Timestamp((10 + 3_600) * SECOND_US);
        let seconds = statistics.figures(1, 2, now, 2);
        assert_eq!(submitted(&seconds), [(3_609, 0), (3_610, 1)]);
        let hour = statistics.figures(4, 901, now, 2);
        assert_eq!(
            hour.buckets.first().map(|bucket| bucket.at),
            Some(Timestamp(12 * SECOND_US)),
            "the first is absent"
        );
        assert_eq!(submitted(&statistics.figures(3_600, 2, now, 2)), [(0, 1), (3_600, 1)]);
        let slots = |of: i64| {
            let saves = statistics.saves();
            let spans = saves.into_iter().filter_map(|change| match change {
                Change::Statistics(span) if span.step_s == of => Some((span.slot, span.at_s)),
                _ => None,
            });
            spans.collect::<Vec<_>>()
        };
        assert_eq!((slots(1), slots(TOTAL).len()), (vec![(10, 3_610)], 1), "the same place as before");
        statistics.saved();
        assert!(statistics.saves().is_empty());
    }
}
