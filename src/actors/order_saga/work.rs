//! What a saga does about its state: whom it asks, what becomes of an answer or of none, and when it is next due.

use super::request::{ParticipantRequest, participant};
use super::saga::{OrderSaga, WakeUp};
use crate::actors::backstage::Bounds;
use crate::actors::error::MallError;
use crate::actors::troubles::Failed;
use crate::domain::ids::OrderId;
use crate::domain::order::{OrderCommand, OrderStatus, Work};
use crate::domain::participant::Participant;
use crate::domain::personality::{Fate, Personality};
use crate::domain::time::Timestamp;
use crate::log_limit::seldom;
use crate::metrics::FateMet;
use crate::ports::backoff::Backoff;
use crate::ports::journal::AppendError;
use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// How long an order rests whose participant could not write what it was asked for; from the second on after a refusal.
const REFUSED: Backoff = Backoff::new(Duration::from_millis(125), UNKEPT_PAUSE);
/// How long an order rests whose participant cannot do what it owes: a defect that no asking mends, and that must not
/// be forgotten.
const UNKEPT_PAUSE: Duration = Duration::from_secs(30);
/// How long a saga that is late with asking really waits for the answers at least: the mall's grace may be shorter than
/// an answer takes under load.
const PATIENCE: Duration = Duration::from_secs(2);

impl OrderSaga {
    /// Until when verdicts may still come. A saga that is late (the machine slept, the mall was closed or overloaded, its
    /// clock is fast) first hears whom it asks itself, and only then runs out of patience. What an outside service has
    /// confirmed just in time is seen to, for a grace at the most, and nobody else is waited for meanwhile.
    fn patience(&mut self, now: Timestamp) -> Bounds {
        let opened = self.backstage().patience();
        let Some(state) = self.state.as_deref().filter(|state| state.times_out(now, opened.mall)) else {
            return self.patience.map_or(opened, |own| own.and(opened));
        };
        let (policy, mut seen_to) = (self.backstage().policy(), opened);
        let mut patience = self.patience;
        for work in state.due_inside(now).filter(|work| self.fate(*work, now).is_answered()) {
            if self.confirms(work).is_none() {
                seen_to.mall = policy.after(state.confirm_by, policy.grace_ms).max(opened.mall);
            } else if patience.is_none() {
                let mall = policy.after(now, policy.grace_ms);
                patience = Some(Bounds { mall, real: Instant::now() + PATIENCE });
            }
        }
        self.patience = patience;
        patience.map_or(seen_to, |own| own.and(seen_to))
    }

    /// Looks at the committed state and does what it asks for.
    pub(super) fn pump(&mut self, ctx: &mut Context<Self>) {
        if self.uncommitted > 0 {
            return;
        }
        if self.presence.check().is_err() {
            // Another one wakes in its place: who waits for this one would wait, and keep it, for ever.
            for waiting in [&mut self.waits_for_verdict, &mut self.waits_for_duties, &mut self.waits_for_rest] {
                waiting.drop_all();
            }
            return;
        }
        let now = self.backstage().now();
        let (patience, really) = (self.patience(now), Instant::now());
        // While real time is left no time of the mall is too late.
        let patient_until = if really < patience.real { Timestamp::MAX } else { patience.mall };
        let Some(state) = self.state.as_deref() else { return };
        if state.status != OrderStatus::Pending {
            self.waits_for_verdict.tell();
        }
        if state.duties.iter().all(|duty| duty.met) {
            self.waits_for_duties.tell();
        }
        self.resting.retain(|(_, until)| *until > really);
        let (mut withheld, changes) = (None, self.backstage().personalities().changes());
        for work in state.work(now, patient_until) {
            if self.asked.contains(&work) || self.resting.iter().any(|(resting, _)| *resting == work) {
                continue;
            }
            // An answer that is withheld is not asked for: neither permit nor retry is spent on it.
            match self.fate(work, now) {
                Fate::Hold(until) => withheld = Some(withheld.map_or(until, |first: Timestamp| first.min(until))),
                Fate::Never => withheld = Some(withheld.unwrap_or(Timestamp::MAX)),
                fate => self.start(work, fate == Fate::Refuse, now, ctx),
            }
        }
        self.schedule(now, really, patience, withheld);
        if withheld.is_some() && self.backstage().personalities().changes() != changes {
            // Whoever changed it told those that were withheld, and this one was not yet among them.
            self.backstage().timers().schedule(now, self.id);
        }
        if self.asked.is_empty() && self.uncommitted == 0 {
            self.busy = None;
            self.waits_for_rest.tell();
        }
    }

    /// Sees to it that it is told when it is next due, by the moments that were looked at: a later one could find that the
    /// patience has just run out, and nobody would come back.
    ///
    /// `withheld` is when the first answer comes that is due and withheld, if there is any.
    fn schedule(&mut self, now: Timestamp, really: Instant, patience: Bounds, withheld: Option<Timestamp>) {
        let timers = self.backstage().timers();
        let late = self.state.as_deref().is_some_and(|state| state.times_out(now, Timestamp(0)));
        let out_of_patience = (late && really < patience.real).then_some(patience.real);
        if let Some(again) = self.resting.iter().map(|(_, until)| *until).chain(out_of_patience).min() {
            timers.tell_again(again, self.id);
        }
        let due = self.state.as_deref().and_then(|state| state.due_after(now, patience.mall));
        let next = match (due, withheld) {
            (Some(due), None) => WakeUp::Due(due),
            (due, Some(until)) => WakeUp::Withheld(due.map_or(until, |due| due.min(until))),
            (None, None) => WakeUp::Never,
        };
        if self.scheduled != Some(next) {
            match next {
                WakeUp::Never => timers.forget(self.id),
                WakeUp::Due(due) => timers.schedule(due, self.id),
                WakeUp::Withheld(until) => timers.withhold(until, self.id),
            }
            self.scheduled = Some(next);
        }
    }

    /// For whom Plaza itself confirms, if that is what `work` is: personalities are of these.
    fn confirms(&self, work: Work) -> Option<Participant> {
        let state = self.state.as_deref()?;
        let (participant, fulfilment) = match work {
            Work::ConfirmPayment => (Participant::Bank, state.payment.provider),
            Work::ConfirmItems(store_id) => (Participant::Store(store_id), state.leg(store_id)?.fulfilment),
            Work::LowerHold | Work::Meet(_) | Work::PassTime => return None,
        };
        fulfilment.is_internal().then_some(participant)
    }

    fn character(&self, work: Work) -> Option<(Participant, Arc<Personality>)> {
        let participant = self.confirms(work)?;
        Some((participant, self.backstage().personalities().of(participant)?))
    }

    /// When the answer to `work` that was due at `due` could be given: what a personality withholds is not late.
    fn given_at(&self, work: Work, due: Timestamp) -> Timestamp {
        let Some(participant) = self.confirms(work) else { return due };
        let personalities = self.backstage().personalities();
        let given = personalities.of(participant).map_or(due, |personality| personality.given_at(due));
        // Before a change it may have been withheld by another one.
        personalities.changed_at(participant).map_or(given, |changed| given.max(changed))
    }

    /// What becomes of the answer to `work`, which is due. One that is held beyond the time-out never comes, as one that is
    /// due after it (`OrderState::due_inside`).
    fn fate(&self, work: Work, now: Timestamp) -> Fate {
        let of = || {
            let (state, (participant, personality)) = (self.state.as_deref()?, self.character(work)?);
            let due = state.due_of(work)?;
            let in_time = personality.given_at(due) <= state.confirm_by;
            Some(if in_time { personality.fate(state.draw(), participant, due, now) } else { Fate::Never })
        };
        of().unwrap_or(Fate::Answer)
    }

    fn start(&mut self, work: Work, refused: bool, now: Timestamp, ctx: &mut Context<Self>) {
        if work == Work::PassTime {
            return self.note(&OrderCommand::PassTime, None, now, ctx);
        }
        let Some(state) = self.state.as_deref() else { return };
        let (participant, asked_at) = (participant(work, state.payment_id), Instant::now());
        if let Err(until) = self.backstage().troubles().may_ask(participant, asked_at) {
            return self.rest(work, until);
        }
        let character = self.character(work);
        let due = state.due_of(work).map(|due| self.given_at(work, due));
        let manner = character.map(|(participant, personality)| personality.manner(state.draw(), participant));
        let manner = manner.unwrap_or_default();
        let request = ParticipantRequest {
            participants: self.participants.clone(),
            order_id: self.id,
            customer_id: state.customer_id,
            payment_id: state.payment_id,
            total: state.total,
            lines: if let Work::ConfirmItems(store_id) = work { state.lines_of(store_id) } else { Vec::new() },
            cause: self.cause(),
            refused,
        };
        self.asked.push(work);
        self.stay_awake();
        ctx.spawn(request.send(work).into_actor(self).map(move |answer, saga, ctx| match answer {
            Ok(command) => {
                let now = saga.backstage().now();
                saga.asked.retain(|asked| *asked != work);
                saga.refusals = 0;
                saga.backstage().troubles().answered(participant);
                if manner.lost && !saga.lost.contains(&work) {
                    // Whoever asked hears nothing, and asks again: it was done once, and is not done twice.
                    saga.lost.push(work);
                    saga.backstage().metrics().fate(FateMet::Lost);
                    return saga.pump(ctx);
                }
                if command.is_service_failure() {
                    saga.backstage().metrics().fate(FateMet::Refused);
                }
                let counts = saga.state.as_deref().is_some_and(|state| state.status == OrderStatus::Pending);
                saga.note(&command, due, now, ctx);
                // Of an order that has ended, one note that it came too late is enough.
                if manner.repeated && counts {
                    saga.backstage().metrics().fate(FateMet::Repeated);
                    saga.note(&command, None, now, ctx);
                }
            }
            Err(error) => {
                saga.asked.retain(|asked| *asked != work);
                saga.unanswered(work, participant, asked_at, &error);
                saga.pump(ctx);
            }
        }));
    }

    /// Leaves a participant alone that was asked at `asked_at` and did not answer.
    fn unanswered(&mut self, work: Work, participant: Uuid, asked_at: Instant, error: &MallError) {
        let now = Instant::now();
        if matches!(error, MallError::NothingToShip { .. } | MallError::NothingToCapture(_)) {
            self.backstage().troubles().answered(participant);
            self.backstage().metrics().promise_broken();
            if let Some(left_out) = seldom("what is owed cannot be kept") {
                tracing::error!(order_id = %self.id, ?work, %error, left_out, "what is owed cannot be kept; run plaza verify");
            }
            return self.resting.push((work, now + UNKEPT_PAUSE));
        }
        // What it was to write for this order was refused: the participant is well, and others ask it as ever.
        if let MallError::Append(AppendError::Refused(_) | AppendError::Void) = error {
            self.backstage().troubles().answered(participant);
            self.refusals += u32::from(matches!(error, MallError::Append(AppendError::Refused(_))));
            let again = now + REFUSED.longest(self.refusals.saturating_add(1));
            return self.resting.push((work, again));
        }
        let Failed { again, tell } = self.backstage().troubles().failed(participant, asked_at, now);
        if let Some(failures) = tell {
            tracing::warn!(
                %participant, order_id = %self.id, ?work, %error, failures,
                "a participant does not answer; it is asked again after a pause"
            );
        }
        self.rest(work, again);
    }

    /// Leaves the passing of time alone for a while, which was due and came to nothing: what an order does next and what
    /// its rules say differ. Nobody but a defect gets here, and it would go round in circles.
    pub(super) fn nothing_passed(&mut self) {
        tracing::error!(order_id = %self.id, "time has passed for an order, and its rules know of nothing that is due");
        self.resting.push((Work::PassTime, Instant::now() + UNKEPT_PAUSE));
    }

    /// Leaves a participant in trouble alone until some time after `until`: not all its orders come back at once.
    fn rest(&mut self, work: Work, until: Instant) {
        let pause = until.saturating_duration_since(Instant::now());
        self.resting.push((work, until + spread(self.id, pause)));
    }
}

/// How much longer than a pause an order rests: at most half of it, by its id, so that orders come back one by one.
fn spread(order_id: OrderId, pause: Duration) -> Duration {
    let [.., a, b] = *order_id.0.as_bytes();
    pause / 2 * u32::from(u16::from_be_bytes([a, b])) / u32::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_come_back_one_by_one_over_half_a_pause() {
        for (end, pause_ms, spread_ms) in [
            (0, 30_000, 0),
            (0x5555, 30_000, 5_000),
            (0xaaaa, 30_000, 10_000),
            (0xffff, 30_000, 15_000),
            (0xffff, 0, 0),
            (0xffff, 250, 125),
        ] {
            // Ids of one moment differ at their end.
            let order_id = OrderId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | end));
            let spread = spread(order_id, Duration::from_millis(pause_ms));
            assert_eq!(spread, Duration::from_millis(spread_ms), "{order_id} after {pause_ms} ms");
        }
    }
}
