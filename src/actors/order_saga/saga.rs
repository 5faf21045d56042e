//! One order, until everything it owes is settled.
//!
//! The saga keeps the order's state, asks the bank and the stores when their time has come, and turns their answers
//! into events. What to ask next is never stored: it follows from the state (`OrderState::work`), so a saga woken after
//! a crash asks again, and participants answer a repeated request without a second effect. Work starts only from a
//! committed state. Told by the mall (submit, pay, cancel, archive, a store that closes), by its timers, and by outside
//! services.

use super::waiters::Waiters;
use crate::actors::admission::Permit;
use crate::actors::backstage::{Backstage, Bounds};
use crate::actors::directory::Resident;
use crate::actors::error::MallError;
use crate::actors::participants::Participants;
use crate::actors::presence::{Busy, Presence};
use crate::actors::troubles::Failed;
use crate::domain::ids::OrderId;
use crate::domain::order::{Decision, OrderCommand, OrderState, OrderStatus, Work};
use crate::domain::time::Timestamp;
use crate::ports::changes::{Change, OrderChange};
use crate::ports::journal::{Append, AppendError, Cause};
use crate::ports::reads::Read;
use crate::ports::reply::{Reply, Responder};
use crate::ports::witness::{Actors, Moment};
use actix::{Actor, ActorFutureExt, AsyncContext, Context, ResponseFuture, WrapFuture};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long an answer to pay or cancel waits for the participants, so that a client that reads on sees money and stock
/// moved. Longer holds a request open for a participant in trouble; the obligation is durable either way.
const SETTLE_WAIT: Duration = Duration::from_secs(2);

/// When the timer service tells an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WakeUp {
    /// Not at all.
    Never,
    /// When it is next due.
    Due(Timestamp),
    /// Then, and the database does not know: an answer is withheld.
    Withheld(Timestamp),
}

/// One order, awake.
pub struct OrderSaga {
    pub(super) id: OrderId,
    pub(super) participants: Arc<Participants>,
    pub(super) presence: Presence,
    pub(super) state: Option<Box<OrderState>>,
    /// Appends of this order handed to the journal and not answered yet. The presence counts the barriers of refusals
    /// too, which change nothing and are no reason to look at the state again.
    pub(super) uncommitted: u32,
    /// Participants asked and not answered yet.
    pub(super) asked: Vec<Work>,
    /// What the timer service knows of it; of one that has just woken, or was told, nobody here knows.
    pub(super) scheduled: Option<WakeUp>,
    /// How often in a row what a participant was to write for this order was refused.
    pub(super) refusals: u32,
    /// What participants in trouble are asked for, and when again.
    pub(super) resting: Vec<(Work, Instant)>,
    /// Participants whose answer was lost on its way, as their personality has it, and that were asked again.
    pub(super) lost: Vec<Work>,
    /// Held while anything is uncommitted or asked.
    pub(super) busy: Option<Busy>,
    /// Before this no verdict times out: set once, when the saga first finds itself late with asking.
    pub(super) patience: Option<Bounds>,
    pub(super) waits_for_verdict: Waiters,
    pub(super) waits_for_duties: Waiters,
    pub(super) waits_for_rest: Waiters,
}

impl Resident for OrderSaga {
    type Id = OrderId;
    type Shared = Participants;
    type State = OrderState;

    fn wake(id: OrderId, participants: Arc<Participants>, presence: Presence, _newborn: bool) -> Self {
        Self {
            id,
            participants,
            presence,
            state: None,
            uncommitted: 0,
            asked: Vec::new(),
            refusals: 0,
            resting: Vec::new(),
            lost: Vec::new(),
            scheduled: None,
            busy: None,
            patience: None,
            waits_for_verdict: Waiters::default(),
            waits_for_duties: Waiters::default(),
            waits_for_rest: Waiters::default(),
        }
    }

    fn read(participants: &Participants, id: OrderId) -> Read<'_, Option<OrderState>> {
        participants.backstage().reads().order(id)
    }

    fn take(&mut self, state: Option<OrderState>) {
        self.state = state.map(Box::new);
    }
}

impl Actor for OrderSaga {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        // A mailbox of 1 message: sagas are many, and requests to one order are few. Senders queue beyond it.
        ctx.set_mailbox_capacity(1);
    }
}

impl OrderSaga {
    pub(super) fn backstage(&self) -> &Backstage {
        self.participants.backstage()
    }

    pub(super) fn state(&self) -> Result<&OrderState, MallError> {
        self.backstage().witness().saw(Moment::Turn { of: Actors::Order });
        self.presence.check()?;
        self.state.as_deref().ok_or(MallError::NoSuchOrder(self.id))
    }

    pub(super) fn cause(&self) -> Cause {
        let version = self.state.as_ref().map_or(0, |state| state.version);
        Cause { correlation_id: self.id.0, causation_id: format!("{}@{version}", self.id).into() }
    }

    /// Takes a decision on and hands it to the journal; `done` runs once it is committed, or failed.
    pub(super) fn append(
        &mut self,
        decision: Decision,
        mut append: Append,
        cause: &Cause,
        ctx: &mut Context<Self>,
        done: impl FnOnce(&mut Self, Result<(), AppendError>, &mut Context<Self>) + 'static,
    ) {
        let Decision { events, next } = decision;
        if !events.is_empty() {
            let before = next.version - events.len() as u64;
            append.stream(self.id.0, before, &events, next.updated_at, cause);
            append.changes.push(Change::Order(Box::new(OrderChange::of(&next, before == 0))));
        }
        append.decided_on.push(self.presence.relied_on());
        self.state = Some(Box::new(next));
        self.uncommitted += 1;
        self.stay_awake();
        let writing = self.presence.writing();
        let commit = self.backstage().journal().submit(append);
        ctx.spawn(commit.into_actor(self).map(move |answer, saga, ctx| {
            let result = answer.unwrap_or(Err(AppendError::Closed));
            saga.uncommitted -= 1;
            if let Err(error) = &result {
                error.report();
                saga.presence.fail();
                // Whoever wakes in its place rests first, longer each time: what was refused may be refused again.
                let now = Instant::now();
                let Failed { again, .. } = saga.backstage().troubles().failed(saga.id.0, now, now);
                saga.backstage().timers().tell_again(again, saga.id);
            }
            drop(writing);
            done(saga, result, ctx);
            saga.pump(ctx);
        }));
    }

    pub(super) fn stay_awake(&mut self) {
        self.busy.get_or_insert_with(|| self.presence.busy());
    }

    /// Records what a participant or the passing of time means. `due` is when it was to be known.
    pub(super) fn note(
        &mut self,
        command: &OrderCommand,
        due: Option<Timestamp>,
        now: Timestamp,
        ctx: &mut Context<Self>,
    ) {
        let Ok(state) = self.state() else { return };
        let decided = state.decide(command, now, self.backstage().policy());
        match decided {
            Ok(decision) if decision.events.is_empty() => {
                if matches!(command, OrderCommand::PassTime) {
                    self.nothing_passed();
                }
                self.pump(ctx);
            }
            Ok(decision) => {
                let became = self.becomes(&decision);
                let cause = self.cause();
                self.append(decision, Append::default(), &cause, ctx, move |saga, result, _| {
                    if result.is_ok() {
                        saga.count(became, due);
                    }
                });
            }
            Err(refused) => {
                tracing::error!(order_id = %self.id, ?command, %refused, "a participant's answer was refused");
            }
        }
    }

    /// The status a decision leads to, if it is a new one. Asked when it is made: by its commit the state may be
    /// further on, which would count the same status again.
    pub(super) fn becomes(&self, decision: &Decision) -> Option<OrderStatus> {
        let before = self.state.as_ref().map(|state| state.status);
        let next = decision.next.status;
        (before != Some(next)).then_some(next)
    }

    /// Counts a committed decision.
    pub(super) fn count(&self, became: Option<OrderStatus>, due: Option<Timestamp>) {
        let metrics = self.backstage().metrics();
        if let Some(due) = due {
            metrics.settle_lateness(self.backstage().clock().lateness_us(due));
        }
        if let Some(status) = became {
            metrics.order_became(status);
        }
    }

    /// Runs a person's command and answers after the commit.
    pub(super) fn run(
        &mut self,
        decision: Decision,
        mut append: Append,
        responder: Responder<OrderState>,
        cause: &Cause,
        permit: Permit,
        ctx: &mut Context<Self>,
    ) -> ResponseFuture<Result<Reply, MallError>> {
        let (reply, record) = responder.respond(&decision.next, self.backstage().clock().wall());
        append.idempotency = record;
        let became = self.becomes(&decision);
        let owes = decision.next.duties.iter().any(|duty| !duty.met);
        let settles = owes.then(|| self.waits_for_duties.add());
        let (answer, answered) = oneshot::channel();
        self.append(decision, append, cause, ctx, move |saga, result, _| {
            drop(permit);
            if result.is_ok() {
                saga.count(became, None);
            }
            // Nobody listens when the client hung up; the order goes on all the same.
            let _ = answer.send(result.map(|()| reply));
        });
        Box::pin(async move {
            let reply = answered.await.map_err(|_| MallError::ActorFailed)??;
            if let Some(settles) = settles {
                let _ = tokio::time::timeout(SETTLE_WAIT, settles).await;
            }
            Ok(reply)
        })
    }
}
