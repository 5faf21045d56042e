//! The read model over SQL: every query of the port, run either on a pool or in place.

use super::{baskets, customers, events, idempotency, log, orders, payments, products, statistics, stores, tokens};
use crate::db::connection::Connection;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::pool::{BUSY_AFTER, Readers};
use crate::db::{audit, sql};
use crate::domain::basket::BasketState;
use crate::domain::customer::CustomerState;
use crate::domain::ids::{BasketId, CustomerId, OrderId, PaymentId, ProductId, StoreId};
use crate::domain::order::OrderState;
use crate::domain::payment::PaymentState;
use crate::domain::store::StoreState;
use crate::domain::time::Timestamp;
use crate::ports::changes::TokenRecord;
use crate::ports::reads::customers::CustomerSummary;
use crate::ports::reads::events::{EventFilter, EventPage};
use crate::ports::reads::orders::{OrderCounts, OrderFilter};
use crate::ports::reads::products::{ProductFilter, ProductView};
use crate::ports::reads::statistics::SpanRecord;
use crate::ports::reads::stores::{StoreFilter, StoreView};
use crate::ports::reads::{AuditReport, LogIdentity, Page, PageRequest, Read, ReadModel};
use crate::ports::reply::IdempotencyRecord;
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use uuid::Uuid;

/// Answers queries from what is committed.
pub struct SqlReadModel {
    connections: Connections,
}

enum Connections {
    /// Queries run on tokio's blocking threads, at most one a connection; those of a lane at most as many as it has.
    Pooled { readers: Readers, free: Arc<Semaphore>, lane: Option<Arc<Semaphore>> },
    /// Queries run where they are asked, one at a time, once they are let through.
    Inline(Arc<Mutex<Connection>>, Option<Arc<dyn Gate>>),
}

/// What a query has to pass before it runs in place: a world has some of them wait, or fail.
pub trait Gate: Send + Sync {
    /// Returns once a query may run.
    ///
    /// # Errors
    /// The query fails with it.
    fn pass(&self) -> BoxFuture<'_, Result<(), DbError>>;
}

impl SqlReadModel {
    /// A read model that runs queries beside the caller, as many at once as there are connections. Who gets no
    /// connection within [`BUSY_AFTER`] is told that the database is busy.
    #[must_use]
    pub fn pooled(readers: Readers) -> Self {
        let free = Arc::new(Semaphore::new(readers.max_size() as usize));
        Self { connections: Connections::Pooled { readers, free, lane: None } }
    }

    /// The same read model for callers that together take at most `most` of its connections; `None` without a pool.
    ///
    /// Actors that are woken by thousands would leave nothing to whoever only wants to look.
    #[must_use]
    pub fn lane(&self, most: usize) -> Option<Self> {
        let Connections::Pooled { readers, free, .. } = &self.connections else { return None };
        let (readers, free, lane) = (readers.clone(), free.clone(), Some(Arc::new(Semaphore::new(most))));
        Some(Self { connections: Connections::Pooled { readers, free, lane } })
    }

    /// A read model that runs queries on the caller's thread, for runs that have to be the same every time.
    #[must_use]
    pub fn inline(conn: Connection) -> Self {
        Self { connections: Connections::Inline(Arc::new(Mutex::new(conn)), None) }
    }

    /// The same over a connection that others use as well, where every query first passes a gate.
    #[must_use]
    pub fn gated(conn: Arc<Mutex<Connection>>, gate: Arc<dyn Gate>) -> Self {
        Self { connections: Connections::Inline(conn, Some(gate)) }
    }

    /// Runs a query on one state of the database: what it reads in several steps belongs together.
    fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Connection) -> Result<T, DbError> + Send + 'static,
    ) -> Read<'_, T> {
        Box::pin(async move {
            let answer = match &self.connections {
                Connections::Pooled { readers, free, lane } => {
                    let _turn = match lane {
                        Some(lane) => Some(turn(lane.clone()).await?),
                        None => None,
                    };
                    run_pooled(readers.clone(), free.clone(), query).await
                }
                Connections::Inline(conn, gate) => {
                    if let Some(gate) = gate {
                        gate.pass().await?;
                    }
                    // One state by itself: nobody writes meanwhile on this thread.
                    query(&mut conn.lock().unwrap_or_else(PoisonError::into_inner))
                }
            };
            Ok(answer?)
        })
    }
}

/// Waits for a turn, as long as for a connection.
async fn turn(turns: Arc<Semaphore>) -> Result<OwnedSemaphorePermit, DbError> {
    match timeout(BUSY_AFTER, turns.acquire_owned()).await {
        Ok(turn) => turn.map_err(|error| DbError::because(DbErrorKind::Unavailable, "the pool is closed", error)),
        Err(_) => Err(DbError::new(DbErrorKind::Busy, "all connections that read are taken")),
    }
}

/// Waits for a free connection without a thread, then takes one thread for the query.
async fn run_pooled<T: Send + 'static>(
    readers: Readers,
    free: Arc<Semaphore>,
    query: impl FnOnce(&mut Connection) -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    let permit = turn(free).await?;
    let task = spawn_blocking(move || {
        let _permit = permit;
        let mut conn = readers.get().map_err(|error| DbError::because(DbErrorKind::Busy, "no connection", error))?;
        sql::snapshot(&mut conn, query)
    });
    task.await.map_err(|error| DbError::because(DbErrorKind::Unavailable, "a query did not end", error))?
}

impl ReadModel for SqlReadModel {
    fn load_store(&self, id: StoreId) -> Read<'_, Option<StoreState>> {
        self.run(move |conn| stores::load(conn, id))
    }

    fn basket(&self, id: BasketId) -> Read<'_, Option<BasketState>> {
        self.run(move |conn| baskets::get(conn, id))
    }

    fn payment(&self, id: PaymentId) -> Read<'_, Option<PaymentState>> {
        self.run(move |conn| payments::get(conn, id))
    }

    fn order(&self, id: OrderId) -> Read<'_, Option<OrderState>> {
        self.run(move |conn| orders::get(conn, id))
    }

    fn order_at(&self, id: OrderId, version: u64) -> Read<'_, Option<OrderState>> {
        self.run(move |conn| orders::at_version(conn, id, version))
    }

    fn store_of_product(&self, id: ProductId) -> Read<'_, Option<StoreId>> {
        self.run(move |conn| products::store_of(conn, id))
    }

    fn is_shipped(&self, order_id: OrderId, store_id: StoreId) -> Read<'_, bool> {
        self.run(move |conn| orders::is_shipped(conn, order_id, store_id))
    }

    fn is_captured(&self, order_id: OrderId, payment_id: PaymentId) -> Read<'_, bool> {
        self.run(move |conn| orders::is_captured(conn, order_id, payment_id))
    }

    fn due_orders(&self, from: Timestamp, before: Timestamp) -> Read<'_, Vec<(Timestamp, OrderId)>> {
        self.run(move |conn| orders::due(conn, from, before))
    }

    fn next_due(&self, now: Timestamp) -> Read<'_, Option<Timestamp>> {
        self.run(move |conn| orders::next_due(conn, now))
    }

    fn idempotent_reply(&self, key: [u8; 32]) -> Read<'_, Option<IdempotencyRecord>> {
        self.run(move |conn| idempotency::reply(conn, &key))
    }

    fn customer(&self, id: CustomerId) -> Read<'_, Option<CustomerState>> {
        self.run(move |conn| customers::get(conn, id))
    }

    fn customer_by_token(&self, token_hash: [u8; 32]) -> Read<'_, Option<CustomerId>> {
        self.run(move |conn| customers::by_token(conn, &token_hash))
    }

    fn customers(&self, q: Option<String>, page: PageRequest) -> Read<'_, Page<CustomerSummary>> {
        self.run(move |conn| customers::list(conn, q.as_deref(), &page))
    }

    fn closing_stores(&self) -> Read<'_, Vec<StoreId>> {
        self.run(stores::closing)
    }

    fn store(&self, id: StoreId) -> Read<'_, Option<StoreView>> {
        self.run(move |conn| stores::get(conn, id))
    }

    fn stores(&self, filter: StoreFilter, page: PageRequest) -> Read<'_, Page<StoreView>> {
        self.run(move |conn| stores::list(conn, &filter, &page))
    }

    fn product(&self, id: ProductId) -> Read<'_, Option<ProductView>> {
        self.run(move |conn| products::get(conn, id))
    }

    fn products(&self, filter: ProductFilter, page: PageRequest) -> Read<'_, Page<ProductView>> {
        self.run(move |conn| products::list(conn, &filter, &page))
    }

    fn products_by_id(&self, ids: Vec<ProductId>) -> Read<'_, Vec<ProductView>> {
        self.run(move |conn| products::by_id(conn, &ids))
    }

    fn payments(&self, customer_id: Option<CustomerId>, page: PageRequest) -> Read<'_, Page<PaymentState>> {
        self.run(move |conn| payments::list(conn, customer_id, &page))
    }

    fn orders(&self, filter: OrderFilter, page: PageRequest) -> Read<'_, Page<OrderState>> {
        self.run(move |conn| orders::list(conn, &filter, &page))
    }

    fn order_counts(&self) -> Read<'_, OrderCounts> {
        self.run(orders::counts)
    }

    fn events(&self, filter: EventFilter, limit: usize) -> Read<'_, EventPage> {
        self.run(move |conn| events::list(conn, &filter, limit))
    }

    fn streams_of_customer(&self, id: CustomerId) -> Read<'_, Vec<Uuid>> {
        self.run(move |conn| customers::streams_of(conn, id))
    }

    fn cursor(&self, consumer: &'static str) -> Read<'_, u64> {
        self.run(move |conn| log::cursor(conn, consumer))
    }

    fn statistics(&self) -> Read<'_, Vec<SpanRecord>> {
        self.run(statistics::list)
    }

    fn tokens(&self) -> Read<'_, Vec<TokenRecord>> {
        self.run(tokens::list)
    }

    fn log(&self) -> Read<'_, LogIdentity> {
        self.run(log::identity)
    }

    fn audit(&self) -> Read<'_, AuditReport> {
        self.run(audit::audit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::open;
    use crate::db::open::Birth;
    use crate::db::place::Place;
    use crate::db::pool::{open_reader, open_readers};
    use crate::db::testbed::{Mall, server, uuid};
    use crate::ports::reads::ReadErrorKind;

    #[tokio::test(start_paused = true)]
    async fn inline_queries_see_what_the_writer_committed() {
        let mut mall = Mall::open("inline");
        let reads = SqlReadModel::inline(open_reader(&mall.place).unwrap());
        let order = mall.submit(100, 1);
        assert_eq!(reads.order(order.id).await.unwrap(), Some(order));
        let bad = PageRequest { limit: 1, cursor: Some("7b".into()) };
        assert_eq!(reads.stores(StoreFilter::default(), bad).await.unwrap_err().kind, ReadErrorKind::BadCursor);
        assert_eq!(reads.audit().await.unwrap().invariants.len(), 15);
    }

    #[tokio::test]
    async fn pooled_readers_read_and_can_not_write() {
        let dir = tempfile::tempdir().unwrap();
        let place = server("pooled").unwrap_or_else(|| Place::File(dir.path().join("mall.db")));
        let birth = Birth { log_id: uuid(1), currency: "EUR".parse().unwrap(), at: Timestamp(1) };
        let _writer = open::open(&place, birth, open::Loss::Refused).unwrap();
        let readers = open_readers(&place, 2).unwrap();
        let written =
            diesel::connection::SimpleConnection::batch_execute(&mut *readers.get().unwrap(), "DELETE FROM orders");
        assert!(written.unwrap_err().to_string().replace('-', "").contains("readonly"));
        let reads = SqlReadModel::pooled(readers);
        let asked: Vec<_> = (0..20).map(|_| reads.order_counts()).collect();
        for counts in futures_util::future::join_all(asked).await {
            assert_eq!(counts.unwrap().iter().map(|(_, count)| count).sum::<u64>(), 0);
        }
        assert_eq!(reads.log().await.unwrap().log_id, uuid(1));
    }
}
