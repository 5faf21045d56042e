//! A real journal in a file, filled with orders' events.

use anyhow::Result;
use plaza::bus::memory::MemoryBus;
use plaza::db::journal::JournalThread;
use plaza::db::journal::writer::{Writer, abort};
use plaza::db::open;
use plaza::db::open::Birth;
use plaza::db::place::Place;
use plaza::db::pool::open_readers;
use plaza::db::reads::SqlReadModel;
use plaza::domain::event::StreamKind;
use plaza::domain::time::Timestamp;
use plaza::metrics::Metrics;
use plaza::ports::feed::{Feed, LiveEvents};
use plaza::ports::journal::{Append, Cause, Commit, Journal, NewEvent};
use plaza::ports::reads::ReadModel;
use plaza::ports::time::{Clock, Entropy};
use plaza::system::{SystemClock, SystemEntropy};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// Events of one append while filling.
const GROUP: u64 = 500;

/// A journal with its read model and its bus.
pub struct Mall {
    journal: JournalThread,
    reads: Arc<dyn ReadModel>,
    bus: MemoryBus,
    log_id: Uuid,
    payload: String,
    appended: u64,
}

impl Mall {
    /// An empty mall below `dir`.
    pub fn open(dir: &Path) -> Result<Self> {
        let birth = Birth { log_id: SystemEntropy.uuid(), currency: "EUR".parse()?, at: Timestamp(1) };
        let place = Place::File(dir.join("plaza.db"));
        let opened = open::open(&place, birth, open::Loss::Refused)?;
        let bus = MemoryBus::default();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::starting_at(opened.mall.newest));
        let writer = Writer::new(
            opened.engine,
            opened.tail,
            Arc::new(bus.clone()),
            Arc::new(Metrics::default()),
            clock,
            Box::new(abort),
        );
        let reads = Arc::new(SqlReadModel::pooled(open_readers(&place, 4)?));
        // About as long as a small payload of a real order.
        let payload = serde_json::json!({"store_id": Uuid::nil(), "note": "x".repeat(160)}).to_string();
        Ok(Self { journal: JournalThread::start(writer)?, reads, bus, log_id: birth.log_id, payload, appended: 0 })
    }

    /// Hands over an append of `count` events, each of an order of its own.
    pub fn append(&mut self, count: u64) -> Commit {
        let cause =
            Cause { correlation_id: Uuid::from_u128(u128::from(self.appended)), causation_id: "req-relay".into() };
        let events = (1..=count).map(|number| NewEvent {
            stream: StreamKind::Order,
            stream_id: Uuid::from_u128(u128::from(self.appended + number)),
            version: 1,
            name: "order.store_confirmed",
            payload: self.payload.clone(),
            occurred_at: Timestamp(1_764_000_000_000_000),
            cause: cause.clone(),
        });
        let append = Append { events: events.collect(), ..Append::default() };
        self.appended += count;
        self.journal.submit(append)
    }

    /// Appends `count` events, in whole groups.
    pub async fn fill(&mut self, count: u64) -> Result<()> {
        for _ in 0..count.div_ceil(GROUP) {
            self.append(GROUP).await??;
        }
        Ok(())
    }

    /// The newest position.
    pub fn head(&self) -> u64 {
        self.journal.head()
    }

    /// What the relay reads.
    pub fn reads(&self) -> Arc<dyn ReadModel> {
        self.reads.clone()
    }

    /// What wakes the relay.
    pub fn live(&self) -> LiveEvents {
        self.bus.subscribe()
    }

    /// Which journal this is.
    pub const fn log_id(&self) -> Uuid {
        self.log_id
    }

    /// The payload of every event.
    pub fn sample(&self) -> &str {
        &self.payload
    }
}
