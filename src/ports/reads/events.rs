//! Lists of events.

use uuid::Uuid;

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// After this position (or before it when descending).
    pub after: Option<u64>,
    /// Of one stream.
    pub stream_id: Option<Uuid>,
    /// Up to this position.
    pub up_to: Option<u64>,
    /// Of one of these names, for example `order.submitted`; of any when empty.
    pub names: Vec<String>,
    /// Newest first.
    pub descending: bool,
}
