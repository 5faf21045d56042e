//! Telling sagas that they are due: how many at a time, for how long, and what becomes of those that cannot be told.

use crate::actors::counter::Counter;
use crate::actors::error::MallError;
use crate::actors::order_saga::TimerDue;
use crate::actors::timers::Told;
use crate::actors::troubles::Failed;
use crate::domain::ids::OrderId;
use crate::log_limit::seldom;
use crate::ports::stop::Stop;
use crate::ports::witness::Moment;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::Instant;

/// How many sagas may work off due timers at a time: enough to fill every group commit, few enough to bound the
/// journal's queue after a restart with many overdue orders.
pub const TIMERS_AT_WORK: usize = 2_048;
/// How long a saga that works off a timer keeps its turn. One that waits longer waits for a participant in trouble, and
/// goes on without.
const TURN_MAX: Duration = Duration::from_secs(1);

/// The orders whose timers are due.
pub struct DueOrders {
    counter: Arc<Counter>,
    at_work: Arc<Semaphore>,
}

impl DueOrders {
    /// The due orders of a counter, each of which takes a turn to work.
    pub const fn new(counter: Arc<Counter>, at_work: Arc<Semaphore>) -> Self {
        Self { counter, at_work }
    }

    /// Tells sagas that they are due, until `stop` is given.
    pub async fn run(self, stop: Stop) {
        let backstage = self.counter.backstage();
        let tell = async |order_id| self.tell(order_id).await;
        backstage.timers().run(backstage.reads(), backstage.clock(), &stop, tell).await;
    }

    /// Tells an order's saga that it is due, once fewer are at work than may be.
    async fn tell(&self, order_id: OrderId) {
        let backstage = self.counter.backstage();
        backstage.witness().saw(Moment::Told { order_id });
        let asked_at = Instant::now();
        if let Err(again) = backstage.troubles().may_ask(order_id.0, asked_at) {
            return backstage.timers().note_told(order_id, Told::Again(again));
        }
        let turn = self.at_work.clone().acquire_owned().await.expect("the semaphore is never closed");
        let counter = self.counter.clone();
        actix::spawn(async move {
            let (timers, troubles) = (counter.backstage().timers(), counter.backstage().troubles());
            match told(&counter, order_id, turn).await {
                // One that was never born (its submission was refused) ends here.
                Ok(()) | Err(MallError::NoSuchOrder(_)) => {
                    troubles.answered(order_id.0);
                    timers.note_told(order_id, Told::Done);
                }
                Err(error) => {
                    let Failed { again, tell } = troubles.failed(order_id.0, asked_at, Instant::now());
                    if let (Some(failures), Some(left_out)) = (tell, seldom("a due order could not be told")) {
                        tracing::warn!(%order_id, %error, failures, left_out, "a due order cannot be told; it will be told again");
                    }
                    timers.note_told(order_id, Told::Again(again));
                }
            }
        });
    }
}

/// Tells a saga, and waits until it rests; the turn ends before, when that takes long.
async fn told(counter: &Counter, order_id: OrderId, turn: OwnedSemaphorePermit) -> Result<(), MallError> {
    let (hears, mut notice) = oneshot::channel();
    let mut told = pin!(async {
        let saga = counter.orders().get(order_id)?;
        saga.addr().send(TimerDue { hears }).await.map_err(|_mailbox| MallError::ActorFailed)?
    });
    let in_time = tokio::time::timeout(TURN_MAX, &mut told).await;
    drop(turn);
    if let Ok(told) = in_time {
        return told;
    }
    // It waits for a participant; or it is still being loaded, and has heard nothing.
    if notice.try_recv().is_err() {
        counter.backstage().timers().note_told(order_id, Told::NotYet);
    }
    told.await
}
