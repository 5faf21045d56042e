//! One order, until everything it owes is settled.
//!
//! The saga keeps the order's state, asks the bank and the stores when their time has come, and turns their answers into
//! events. What to ask next is never stored: it follows from the state (`OrderState::work`), so a saga woken after a
//! crash asks again, and participants answer a repeated request without a second effect. Work starts only from a
//! committed state. Asked by `http` (submit, pay, cancel, archive), by the timer service, by `Mall::archive_store`, and by outside services.

use super::admission::Permit;
use super::ask::ask;
use super::directory::{Busy, Presence, Resident, load};
use super::error::MallError;
use super::mall::{Admitted, Mall};
use super::payment::ServeOrder;
use super::store::Serve;
use super::troubles::Failed;
use super::versions::Versions;
use crate::domain::catalogue::{StockLine, StoreCommand, StoreError};
use crate::domain::ids::{CustomerId, OrderId, PaymentId, StoreId};
use crate::domain::money::Money;
use crate::domain::order::{
    Decision, Obligation, OrderCommand, OrderState, OrderStatus, Reason, StoreRejection, Submission, Work,
};
use crate::domain::payment::{PaymentCommand, PaymentError};
use crate::domain::time::Timestamp;
use crate::log_limit::seldom;
use crate::ports::changes::{Change, OrderChange};
use crate::ports::journal::{Append, AppendError, Cause};
use crate::ports::reply::{Reply, Responder};
use actix::{Actor, ActorFutureExt, AsyncContext, Context, Handler, Message, ResponseFuture, WrapFuture};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use uuid::Uuid;

/// How long an order rests, the first time, whose participant could not write what it was asked for.
const REFUSED_PAUSE_MS: u64 = 125;
/// How long an order rests whose participant cannot do what it owes: a defect that no asking mends, and that must not be
/// forgotten.
const UNKEPT_PAUSE_MS: u64 = 30_000;
/// How long a saga that is late with asking waits for the answers at least, milliseconds: the mall's grace may be
/// shorter than an answer takes under load.
const PATIENCE_MS: u64 = 2_000;
/// How long an answer to pay or cancel waits for the participants, so that a client that reads on sees money and stock
/// moved. Longer holds a request open for a participant in trouble; the obligation is durable either way.
const SETTLE_WAIT: Duration = Duration::from_secs(2);

/// Submits the order this saga was created for.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Submit {
    /// The priced order.
    pub submission: Submission,
    /// What is to be committed with it: the basket it came from.
    pub companion: Append,
    /// Renders the answer.
    pub responder: Responder<OrderState>,
    /// Who asked.
    pub cause: Cause,
    /// The request's permit.
    pub permit: Permit,
}

/// A person's command: pay, cancel or archive.
#[derive(Message)]
#[rtype(result = "Result<Reply, MallError>")]
pub struct Command {
    /// What to do.
    pub command: OrderCommand,
    /// The version the order must be at.
    pub expect: Option<Versions>,
    /// Renders the answer.
    pub responder: Responder<OrderState>,
    /// Who asked.
    pub by: Admitted,
}

/// Says that a timer of the order is due. Answered once the saga rests: nothing is asked or uncommitted.
#[derive(Message)]
#[rtype(result = "Result<(), MallError>")]
pub struct TimerDue {
    /// Told at once, before the work.
    pub hears: oneshot::Sender<()>,
}

/// Tells the order something it has to know: that a store is about to close for good, or what an outside service
/// answered. Answered once it is committed.
#[derive(Message)]
#[rtype(result = "Result<(), MallError>")]
pub struct Learn(pub OrderCommand);

/// Asks to be told when the order is no longer pending.
#[derive(Message)]
#[rtype(result = "Result<(), MallError>")]
pub struct AwaitVerdict;

type Told = oneshot::Sender<()>;

/// One order, awake.
pub struct OrderSaga {
    id: OrderId,
    mall: Arc<Mall>,
    presence: Presence,
    state: Option<Box<OrderState>>,
    newborn: bool,
    /// Appends handed to the journal and not answered yet.
    uncommitted: u32,
    /// Participants asked and not answered yet.
    asked: Vec<Work>,
    /// The wake-up the timer service knows of.
    scheduled: Option<Timestamp>,
    /// How often in a row what a participant was to write for this order was refused.
    refusals: u32,
    /// What participants in trouble are asked for, and when again.
    resting: Vec<(Work, Timestamp)>,
    /// Held while anything is uncommitted or asked.
    busy: Option<Busy>,
    /// Before this no verdict times out: set once, when the saga first finds itself late with asking.
    patience: Option<Timestamp>,
    waits_for_verdict: Vec<Told>,
    waits_for_duties: Vec<Told>,
    waits_for_rest: Vec<Told>,
}

impl Resident for OrderSaga {
    type Id = OrderId;

    fn wake(id: OrderId, mall: Arc<Mall>, presence: Presence, newborn: bool) -> Self {
        Self {
            id,
            mall,
            presence,
            state: None,
            newborn,
            uncommitted: 0,
            asked: Vec::new(),
            refusals: 0,
            resting: Vec::new(),
            scheduled: None,
            busy: None,
            patience: None,
            waits_for_verdict: Vec::new(),
            waits_for_duties: Vec::new(),
            waits_for_rest: Vec::new(),
        }
    }
}

impl Actor for OrderSaga {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        // A mailbox of 1 message: sagas are many, and requests to one order are few. Senders queue beyond it.
        ctx.set_mailbox_capacity(1);
        if self.newborn {
            return;
        }
        let (mall, id) = (self.mall.clone(), self.id);
        let read = move || {
            let mall = mall.clone();
            async move { mall.reads().order(id).await }
        };
        load(self, self.presence.clone(), ctx, read, |saga, state: Option<OrderState>| {
            saga.state = state.map(Box::new);
        });
    }
}

impl OrderSaga {
    fn state(&self) -> Result<&OrderState, MallError> {
        self.presence.check()?;
        self.state.as_deref().ok_or(MallError::NoSuchOrder(self.id))
    }

    fn cause(&self) -> Cause {
        let version = self.state.as_ref().map_or(0, |state| state.version);
        Cause { correlation_id: self.id.0, causation_id: format!("{}@{version}", self.id).into() }
    }

    /// Takes a decision on and hands it to the journal; `done` runs once it is committed, or failed.
    fn append(
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
        append.decided_on.push(self.presence.memory());
        self.state = Some(Box::new(next));
        self.uncommitted += 1;
        self.stay_awake();
        let commit = self.mall.journal().submit(append);
        ctx.spawn(commit.into_actor(self).map(move |answer, saga, ctx| {
            let result = answer.unwrap_or(Err(AppendError::Closed));
            saga.uncommitted -= 1;
            if let Err(error) = &result {
                error.report();
                saga.presence.fail();
                // Whoever wakes in its place rests first, longer each time: what was refused may be refused again.
                let now = saga.mall.clock().now();
                let Failed { again, .. } = saga.mall.troubles().failed(saga.id.0, now, now);
                saga.mall.timers().schedule(again, saga.id);
            }
            done(saga, result, ctx);
            saga.pump(ctx);
        }));
    }

    fn stay_awake(&mut self) {
        self.busy.get_or_insert_with(|| self.presence.busy());
    }

    /// Until when verdicts may still come. A saga that is late (the machine slept, the mall was closed or overloaded)
    /// asks first whom it has not asked yet, and only then runs out of patience.
    fn patience(&mut self, now: Timestamp) -> Timestamp {
        let opened = self.mall.patience();
        if let (None, Some(state)) = (self.patience, self.state.as_deref()) {
            let late = state.times_out(now, opened);
            if late && state.due_inside(now).any(|work| !self.asked.contains(&work)) {
                let policy = self.mall.policy();
                self.patience = Some(policy.after(now, policy.grace_ms).max(now.plus_millis(PATIENCE_MS)));
            }
        }
        self.patience.map_or(opened, |patience| patience.max(opened))
    }

    /// Looks at the committed state and does what it asks for.
    fn pump(&mut self, ctx: &mut Context<Self>) {
        if self.uncommitted > 0 {
            return;
        }
        if self.presence.check().is_err() {
            // Another one wakes in its place: who waits for this one would wait, and keep it, for ever.
            for waiting in [&mut self.waits_for_verdict, &mut self.waits_for_duties, &mut self.waits_for_rest] {
                waiting.clear();
            }
            return;
        }
        let now = self.mall.clock().now();
        let patience = self.patience(now);
        let Some(state) = self.state.as_deref() else { return };
        if state.status != OrderStatus::Pending {
            tell(&mut self.waits_for_verdict);
        }
        if state.duties.iter().all(|duty| duty.met) {
            tell(&mut self.waits_for_duties);
        }
        self.resting.retain(|(_, until)| *until > now);
        for work in state.work(now, patience) {
            if !self.asked.contains(&work) && !self.resting.iter().any(|(resting, _)| *resting == work) {
                self.start(work, now, ctx);
            }
        }
        self.schedule(now);
        if self.asked.is_empty() && self.uncommitted == 0 {
            self.busy = None;
            tell(&mut self.waits_for_rest);
        }
    }

    fn schedule(&mut self, now: Timestamp) {
        let due = self.state.as_ref().and_then(|state| state.due_after(now, self.mall.patience()));
        let Some(due) = self.resting.iter().map(|(_, until)| *until).chain(due).min() else { return };
        if self.scheduled.is_none_or(|scheduled| scheduled <= now || due < scheduled) {
            self.scheduled = Some(due);
            self.mall.timers().schedule(due, self.id);
        }
    }

    fn start(&mut self, work: Work, now: Timestamp, ctx: &mut Context<Self>) {
        if work == Work::PassTime {
            return self.note(&OrderCommand::PassTime, None, now, ctx);
        }
        let Some(state) = self.state.as_deref() else { return };
        let participant = participant(work, state.payment_id);
        if let Err(until) = self.mall.troubles().may_ask(participant, now) {
            return self.rest(work, until);
        }
        let due = state.due_of(work);
        let question = Question {
            mall: self.mall.clone(),
            order_id: self.id,
            customer_id: state.customer_id,
            payment_id: state.payment_id,
            total: state.total,
            lines: if let Work::ConfirmItems(store_id) = work { state.lines_of(store_id) } else { Vec::new() },
            cause: self.cause(),
        };
        self.asked.push(work);
        self.stay_awake();
        ctx.spawn(question.put(work).into_actor(self).map(move |answer, saga, ctx| match answer {
            Ok(command) => {
                let now = saga.mall.clock().now();
                saga.asked.retain(|asked| *asked != work);
                saga.refusals = 0;
                saga.mall.troubles().answered(participant);
                saga.note(&command, due, now, ctx);
            }
            Err(error) => {
                saga.asked.retain(|asked| *asked != work);
                saga.unanswered(work, participant, now, &error);
                saga.pump(ctx);
            }
        }));
    }

    /// Leaves a participant alone that was asked at `asked_at` and did not answer.
    fn unanswered(&mut self, work: Work, participant: Uuid, asked_at: Timestamp, error: &MallError) {
        let now = self.mall.clock().now();
        if matches!(error, MallError::NothingToShip { .. } | MallError::NothingToCapture(_)) {
            self.mall.troubles().answered(participant);
            self.mall.metrics().promise_broken();
            if let Some(left_out) = seldom("what is owed cannot be kept") {
                tracing::error!(order_id = %self.id, ?work, %error, left_out, "what is owed cannot be kept; run plaza verify");
            }
            return self.resting.push((work, now.plus_millis(UNKEPT_PAUSE_MS)));
        }
        // What it was to write for this order was refused: the participant is well, and others ask it as ever.
        if let MallError::Append(AppendError::Refused(_) | AppendError::Void) = error {
            self.mall.troubles().answered(participant);
            self.refusals += u32::from(matches!(error, MallError::Append(AppendError::Refused(_))));
            let pause_ms = REFUSED_PAUSE_MS.saturating_mul(1 << self.refusals.min(16)).min(UNKEPT_PAUSE_MS);
            return self.resting.push((work, now.plus_millis(pause_ms)));
        }
        let Failed { again, tell } = self.mall.troubles().failed(participant, asked_at, now);
        if let Some(failures) = tell {
            tracing::warn!(
                %participant, order_id = %self.id, ?work, %error, failures,
                "a participant does not answer; it is asked again after a pause"
            );
        }
        self.rest(work, again);
    }

    /// Leaves a participant in trouble alone until some time after `until`: not all its orders come back at once.
    fn rest(&mut self, work: Work, until: Timestamp) {
        let now = self.mall.clock().now();
        let pause_us = until.micros_since(now);
        let [.., a, b] = *self.id.0.as_bytes();
        let spread = pause_us / 2 * u64::from(u16::from_be_bytes([a, b])) / u64::from(u16::MAX);
        self.resting.push((work, Timestamp(until.0.saturating_add_unsigned(spread))));
    }

    /// Records what a participant or the passing of time means. `due` is when it was to be known.
    fn note(&mut self, command: &OrderCommand, due: Option<Timestamp>, now: Timestamp, ctx: &mut Context<Self>) {
        let Ok(state) = self.state() else { return };
        let decided = state.decide(command, now, self.mall.policy());
        match decided {
            Ok(decision) if decision.events.is_empty() => self.pump(ctx),
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
    fn becomes(&self, decision: &Decision) -> Option<OrderStatus> {
        let before = self.state.as_ref().map(|state| state.status);
        let next = decision.next.status;
        (before != Some(next)).then_some(next)
    }

    /// Counts a committed decision.
    fn count(&self, became: Option<OrderStatus>, due: Option<Timestamp>) {
        let metrics = self.mall.metrics();
        if let Some(due) = due {
            metrics.settle_lateness(self.mall.clock().now().micros_since(due));
        }
        if let Some(status) = became {
            metrics.order_became(status);
        }
    }

    /// Runs a person's command and answers after the commit.
    fn run(
        &mut self,
        decision: Decision,
        mut append: Append,
        responder: Responder<OrderState>,
        cause: &Cause,
        permit: Permit,
        ctx: &mut Context<Self>,
    ) -> ResponseFuture<Result<Reply, MallError>> {
        let (reply, record) = responder.respond(&decision.next, self.mall.clock().now());
        append.idempotency = record;
        let became = self.becomes(&decision);
        let owes = decision.next.duties.iter().any(|duty| !duty.met);
        let settles = owes.then(|| wait(&mut self.waits_for_duties));
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

/// Who is asked: a store, or the bank about an authorization.
fn participant(work: Work, payment_id: PaymentId) -> Uuid {
    match work {
        Work::ConfirmItems(store_id)
        | Work::Meet(Obligation::ReleaseStock { store_id } | Obligation::ShipStock { store_id }) => store_id.0,
        Work::ConfirmPayment
        | Work::LowerHold
        | Work::Meet(Obligation::VoidHold | Obligation::CaptureHold)
        | Work::PassTime => payment_id.0,
    }
}

/// One more that waits; those that have given up are forgotten.
fn wait(waiting: &mut Vec<Told>) -> oneshot::Receiver<()> {
    waiting.retain(|told| !told.is_closed());
    let (told, tells) = oneshot::channel();
    waiting.push(told);
    tells
}

fn tell(waiting: &mut Vec<Told>) {
    for told in waiting.drain(..) {
        // A waiter that gave up has dropped its end.
        let _ = told.send(());
    }
}

fn refuse<T: 'static>(error: MallError) -> ResponseFuture<Result<T, MallError>> {
    Box::pin(async { Err(error) })
}

/// One request to a participant.
struct Question {
    mall: Arc<Mall>,
    order_id: OrderId,
    customer_id: CustomerId,
    payment_id: PaymentId,
    total: Money,
    /// What the store of [`Work::ConfirmItems`] is to reserve.
    lines: Vec<StockLine>,
    cause: Cause,
}

impl Question {
    /// Asks; the answer is what the order makes of it.
    async fn put(mut self, work: Work) -> Result<OrderCommand, MallError> {
        let (order_id, customer_id, amount) = (self.order_id, self.customer_id, self.total);
        match work {
            Work::ConfirmPayment => {
                let held = self.bank(PaymentCommand::Hold { order_id, customer_id, amount }).await;
                bank_verdict(held, amount)
            }
            Work::LowerHold => {
                let held = self.bank(PaymentCommand::LowerHold { order_id, amount }).await?;
                Ok(OrderCommand::LowerHold(Money::new(held, amount.currency)))
            }
            Work::ConfirmItems(store_id) => {
                let lines = std::mem::take(&mut self.lines);
                store_verdict(store_id, self.store(store_id, StoreCommand::Reserve { order_id, lines }).await)
            }
            Work::Meet(obligation) => self.meet(obligation).await.map(|()| OrderCommand::Meet(obligation)),
            Work::PassTime => Ok(OrderCommand::PassTime),
        }
    }

    async fn meet(&self, obligation: Obligation) -> Result<(), MallError> {
        match obligation {
            Obligation::VoidHold => absent_is_done(self.bank(PaymentCommand::VoidHold(self.order_id)).await.map(drop)),
            Obligation::CaptureHold => self.bank(PaymentCommand::Capture(self.order_id)).await.map(drop),
            Obligation::ReleaseStock { store_id } => {
                absent_is_done(self.store(store_id, StoreCommand::Release(self.order_id)).await)
            }
            Obligation::ShipStock { store_id } => self.store(store_id, StoreCommand::Ship(self.order_id)).await,
        }
    }

    async fn bank(&self, command: PaymentCommand) -> Result<i64, MallError> {
        let lease = self.mall.payments().get(&self.mall, self.payment_id)?;
        ask(&lease, ServeOrder { order_id: self.order_id, command, cause: self.cause.clone() }).await
    }

    async fn store(&self, store_id: StoreId, command: StoreCommand) -> Result<(), MallError> {
        let lease = self.mall.stores().get(&self.mall, store_id)?;
        ask(&lease, Serve { command, cause: self.cause.clone() }).await
    }
}

/// A participant that does not exist holds nothing that could be given back.
fn absent_is_done(answer: Result<(), MallError>) -> Result<(), MallError> {
    match answer {
        Err(MallError::NoSuchPayment(_) | MallError::NoSuchStore(_)) => Ok(()),
        other => other,
    }
}

fn bank_verdict(answer: Result<i64, MallError>, total: Money) -> Result<OrderCommand, MallError> {
    match answer {
        Ok(held) => Ok(OrderCommand::ConfirmPayment(Money::new(held, total.currency))),
        Err(MallError::Payment(PaymentError::NotYours)) => Ok(OrderCommand::RejectPayment(Reason::PaymentNotYours)),
        Err(MallError::Payment(_)) => Ok(OrderCommand::RejectPayment(Reason::NotEnoughMoney)),
        Err(MallError::NoSuchPayment(_)) => Ok(OrderCommand::RejectPayment(Reason::PaymentNotFound)),
        Err(failed) => Err(failed),
    }
}

fn store_verdict(store_id: StoreId, answer: Result<(), MallError>) -> Result<OrderCommand, MallError> {
    match answer {
        Ok(()) => Ok(OrderCommand::ConfirmStore(store_id)),
        Err(MallError::Store(StoreError::CannotServe(why))) => Ok(OrderCommand::RejectStore(store_id, why)),
        Err(MallError::NoSuchStore(_)) => Ok(OrderCommand::RejectStore(store_id, StoreRejection::StoreClosed)),
        Err(failed) => Err(failed),
    }
}

impl Handler<Submit> for OrderSaga {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: Submit, ctx: &mut Self::Context) -> Self::Result {
        let Submit { submission, companion, responder, cause, permit } = message;
        let now = self.mall.clock().now();
        match OrderState::submit(self.id, submission, now, self.mall.policy()) {
            Ok(decision) => self.run(decision, companion, responder, &cause, permit, ctx),
            Err(refused) => refuse(refused.into()),
        }
    }
}

impl Handler<Command> for OrderSaga {
    type Result = ResponseFuture<Result<Reply, MallError>>;

    fn handle(&mut self, message: Command, ctx: &mut Self::Context) -> Self::Result {
        let Command { command, expect, responder, by } = message;
        let decided = self.state().and_then(|state| {
            if !by.principal.may_act_for(state.customer_id) {
                return Err(MallError::NoSuchOrder(self.id));
            }
            expect.map_or(Ok(()), |versions| versions.check(state.version))?;
            Ok(state.decide(&command, self.mall.clock().now(), self.mall.policy())?)
        });
        match decided {
            Ok(decision) => self.run(decision, Append::default(), responder, &by.cause, by.permit, ctx),
            Err(refused) => refuse(refused),
        }
    }
}

impl Handler<TimerDue> for OrderSaga {
    type Result = ResponseFuture<Result<(), MallError>>;

    fn handle(&mut self, TimerDue { hears }: TimerDue, ctx: &mut Self::Context) -> Self::Result {
        if let Err(refused) = self.state() {
            return refuse(refused);
        }
        // The timer service may have stopped waiting for it.
        let _ = hears.send(());
        self.scheduled = None;
        let rested = wait(&mut self.waits_for_rest);
        self.pump(ctx);
        Box::pin(async move { rested.await.map_err(|_| MallError::ActorFailed) })
    }
}

impl Handler<Learn> for OrderSaga {
    type Result = ResponseFuture<Result<(), MallError>>;

    fn handle(&mut self, Learn(command): Learn, ctx: &mut Self::Context) -> Self::Result {
        let now = self.mall.clock().now();
        let decided = self.state().and_then(|state| Ok(state.decide(&command, now, self.mall.policy())?));
        let decision = match decided {
            Ok(decision) => decision,
            Err(refused) => return refuse(refused),
        };
        let became = self.becomes(&decision);
        let (answer, answered) = oneshot::channel();
        let cause = self.cause();
        self.append(decision, Append::default(), &cause, ctx, move |saga, result, _| {
            if result.is_ok() {
                saga.count(became, None);
            }
            // Nobody listens when the caller has given up.
            let _ = answer.send(result);
        });
        Box::pin(async move { Ok(answered.await.map_err(|_| MallError::ActorFailed)??) })
    }
}

impl Handler<AwaitVerdict> for OrderSaga {
    type Result = ResponseFuture<Result<(), MallError>>;

    fn handle(&mut self, _: AwaitVerdict, _: &mut Self::Context) -> Self::Result {
        match self.state() {
            Err(refused) => refuse(refused),
            Ok(state) if state.status != OrderStatus::Pending && self.uncommitted == 0 => Box::pin(async { Ok(()) }),
            Ok(_) => {
                let tells = wait(&mut self.waits_for_verdict);
                Box::pin(async move { tells.await.map_err(|_| MallError::ActorFailed) })
            }
        }
    }
}
