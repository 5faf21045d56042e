//! Lists of events.

use crate::ports::journal::RecordedEvent;
use uuid::Uuid;

/// The most bytes of payloads that are read at once; a single event may be larger. Every reader that is behind holds
/// such a page: more takes memory when many are, less asks the database more often for the same events.
pub const PAGE_BYTES: usize = 1_024 * 1_024;

/// Part of a list of events: as many as were asked for, or as fit into [`PAGE_BYTES`]; at least one where there is any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPage {
    /// The events.
    pub events: Vec<RecordedEvent>,
    /// Whether there are more behind them.
    pub more: bool,
}

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// After this position (or before it when descending).
    pub after: Option<u64>,
    /// Of one stream.
    pub stream_id: Option<Uuid>,
    /// That one request or one order led to, whatever the stream.
    pub correlation_id: Option<Uuid>,
    /// Up to this position.
    pub up_to: Option<u64>,
    /// Of one of these names, for example `order.submitted`; of any when empty.
    pub names: Vec<String>,
    /// Newest first.
    pub descending: bool,
}
