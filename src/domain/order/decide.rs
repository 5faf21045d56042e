//! What an order does with a command: the transition table of the saga.

use super::answer::{self, Answer, AnswerError};
use super::event::{
    Accepted, Archived, Cancelled, CompensationRequired, ConfirmationIgnored, Delivered, Expired, HoldLowered,
    LineDropped, LineRequested, ObligationMet, Paid, PaymentConfirmationReceived, PaymentConfirmationRequested,
    PaymentConfirmed, PaymentRejected, Rejected, StoreConfirmationReceived, StoreConfirmationRequested, StoreConfirmed,
    StoreRejected, StoreShipped, Submitted,
};
use super::leg::StoreAsked;
use super::obligation::Obligation;
use super::state::OrderState;
use super::words::{CancelledBy, DeliveryStatus, OnShortage, OrderAction, OrderPaymentStatus, OrderStatus, Reason};
use crate::domain::event::OrderEvent;
use crate::domain::ids::{CustomerId, OrderId, PaymentId, StoreId};
use crate::domain::inventory::{Shortage, StoreRejection};
use crate::domain::line::{LINES_MAX, OrderLine, QUANTITY_MAX};
use crate::domain::money::Money;
use crate::domain::participant::{Fulfilment, Participant};
use crate::domain::personality::{Draw, Personality};
use crate::domain::text::{self, TextError};
use crate::domain::time::Timestamp;
use std::ops::Deref;

/// The delays and deadlines of a mall, milliseconds, and its bank.
#[derive(Clone, Debug)]
pub struct OrderPolicy {
    /// From the submit to the bank's verdict.
    pub payment_delay_ms: u64,
    /// From the longest delay to the confirmation time-out.
    pub grace_ms: u64,
    /// From acceptance to expiry.
    pub pay_deadline_ms: u64,
    /// From payment to shipping.
    pub shipping_delay_ms: u64,
    /// Every delay is divided by this; 1 is real time.
    pub speed: u32,
    /// Who confirms for the bank.
    pub payment_provider: Fulfilment,
}

impl OrderPolicy {
    /// The point `delay_ms` after `now`, on this mall's clock speed.
    #[must_use]
    pub fn after(&self, now: Timestamp, delay_ms: u64) -> Timestamp {
        let micros = delay_ms.saturating_mul(1_000) / u64::from(self.speed.max(1));
        Timestamp(now.0.saturating_add_unsigned(micros))
    }
}

/// A priced order, ready to be submitted: quotes come from the stores, never from the client.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Who orders.
    pub customer_id: CustomerId,
    /// The authorization the order draws on.
    pub payment_id: PaymentId,
    /// What shall happen when a store is short.
    pub on_shortage: OnShortage,
    /// What is ordered, with today's prices.
    pub lines: Vec<OrderLine>,
    /// What the customer was shown; another total is refused.
    pub expected_total: Option<Money>,
    /// Who confirms for each store, and its nominal delay in milliseconds.
    pub stores: Vec<(StoreId, Fulfilment, u64)>,
    /// What the order's fates are drawn from; its id when nothing better is known.
    pub draw: Option<Draw>,
    /// The delays, in milliseconds, of participants whose personality has its own.
    pub drawn: Vec<(Participant, u64)>,
}

impl Submission {
    /// Draws the delays of an order: everybody sees from its submission on when its answers are due.
    pub fn draw_delays<P: Deref<Target = Personality>>(
        &mut self,
        id: OrderId,
        bank: Fulfilment,
        personality: impl Fn(Participant) -> Option<P>,
    ) {
        let draw = *self.draw.get_or_insert(Draw::of_order(id));
        let stores = self.stores.iter().map(|(store_id, fulfilment, _)| (Participant::Store(*store_id), *fulfilment));
        let inside = stores.chain([(Participant::Bank, bank)]).filter(|(_, fulfilment)| fulfilment.is_internal());
        let delay = |(participant, _)| Some((participant, personality(participant)?.delay_ms(draw, participant)?));
        self.drawn = inside.filter_map(delay).collect();
    }

    fn delay_ms(&self, participant: Participant, nominal_ms: u64) -> u64 {
        let drawn = self.drawn.iter().find(|(of, _)| *of == participant);
        drawn.map_or(nominal_ms, |(_, delay_ms)| *delay_ms)
    }
}

/// What may happen to an order.
#[derive(Clone, Debug)]
pub enum OrderCommand {
    /// The bank holds this much.
    ConfirmPayment(Money),
    /// The bank refuses.
    RejectPayment(Reason),
    /// A store reserved its lines.
    ConfirmStore(StoreId),
    /// A store cannot serve.
    RejectStore(StoreId, StoreRejection),
    /// The bank lowered the hold to this much.
    LowerHold(Money),
    /// A store is about to close for good.
    CloseStore(StoreId),
    /// Time passed: time-out, expiry or shipping may be due.
    PassTime,
    /// The outside service of a store answered.
    AnswerStore(StoreId, Answer),
    /// The outside bank answered.
    AnswerPayment(Answer),
    /// Call the order off.
    Cancel {
        /// Who does.
        by: CancelledBy,
        /// Why.
        reason: Option<String>,
    },
    /// Pay for the order.
    Pay,
    /// A participant carried an obligation out.
    Meet(Obligation),
    /// Hide the order from the lists.
    Archive,
}

impl OrderCommand {
    /// Whether it is the verdict of a participant whose service failed.
    #[must_use]
    pub const fn is_service_failure(&self) -> bool {
        matches!(self, Self::RejectPayment(Reason::ServiceFailed) | Self::RejectStore(_, StoreRejection::ServiceFailed))
    }
}

/// Why an order command is refused.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum OrderError {
    /// An order needs 1 to [`LINES_MAX`] lines.
    #[error("an order has 1 to {LINES_MAX} lines")]
    LineCount,
    /// A quantity is 0 or beyond [`QUANTITY_MAX`].
    #[error("quantity must be 1 to {QUANTITY_MAX}")]
    Quantity {
        /// Index of the line.
        line: usize,
    },
    /// The total is beyond what money can hold.
    #[error("the total is too large")]
    TotalTooLarge,
    /// Prices have moved since the customer saw them.
    #[error("prices have moved: the total is {0} now")]
    TotalChanged(Money),
    /// The cancellation reason breaks a rule.
    #[error("reason {0}")]
    CancelReason(TextError),
    /// The order's state does not allow the action.
    #[error("an order that is {status} cannot be changed by {action}")]
    NotAllowed {
        /// What was asked.
        action: OrderAction,
        /// What the order is.
        status: OrderStatus,
    },
    /// An outside service answered what makes no sense.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The pay deadline has passed.
    #[error("the order had to be paid by {0}")]
    PayDeadlinePassed(Timestamp),
}

/// The outcome of a decision: what happened, and the order after it.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The events, in order; empty when nothing needs to change.
    pub events: Vec<OrderEvent>,
    /// The order after the events.
    pub next: OrderState,
}

impl OrderState {
    /// Decides a submission.
    ///
    /// # Errors
    /// [`OrderError::LineCount`], [`OrderError::Quantity`], [`OrderError::TotalTooLarge`],
    /// [`OrderError::TotalChanged`].
    pub fn submit(
        id: OrderId,
        order: Submission,
        now: Timestamp,
        policy: &OrderPolicy,
    ) -> Result<Decision, OrderError> {
        let total = check_lines(&order.lines)?;
        if order.expected_total.is_some_and(|expected| expected != total) {
            return Err(OrderError::TotalChanged(total));
        }
        let longest_ms = order.stores.iter().map(|(_, _, delay_ms)| *delay_ms).chain([policy.payment_delay_ms]).max();
        // By the nominal delays: an answer that takes far longer than it should is not waited for.
        let confirm_by = policy.after(now, longest_ms.unwrap_or(0).saturating_add(policy.grace_ms));
        let payment_delay_ms = order.delay_ms(Participant::Bank, policy.payment_delay_ms);
        let stores = order.stores.iter().map(|store| asked(store, &order, confirm_by, now, policy)).collect();
        let submitted = Submitted {
            customer_id: order.customer_id,
            payment_id: order.payment_id,
            on_shortage: order.on_shortage,
            stores,
            lines: order.lines,
            payment_due_at: match policy.payment_provider {
                Fulfilment::Internal => policy.after(now, payment_delay_ms),
                Fulfilment::External => confirm_by,
            },
            payment_provider: policy.payment_provider,
            confirm_by,
            total,
            draw: Some(order.draw.unwrap_or(Draw::of_order(id))),
        };
        let mut draft = Draft { state: Self::born(id, &submitted, now), events: vec![], now };
        let requests = requests(&submitted);
        draft.events.push(submitted.into());
        for request in requests {
            draft.record(request);
        }
        Ok(draft.into_decision())
    }

    /// Decides a command at `now`. Verdicts and acknowledgements that come twice or too late are never refused: they
    /// change nothing, or leave a note.
    ///
    /// # Errors
    /// [`OrderError`] when a person asks for what the state does not allow.
    pub fn decide(&self, command: &OrderCommand, now: Timestamp, policy: &OrderPolicy) -> Result<Decision, OrderError> {
        let mut draft = Draft { state: self.clone(), events: vec![], now };
        match command {
            OrderCommand::ConfirmPayment(amount) => draft.payment_confirmed(*amount, policy),
            OrderCommand::RejectPayment(reason) => draft.payment_rejected(*reason),
            OrderCommand::ConfirmStore(store_id) => draft.store_confirmed(*store_id, policy),
            OrderCommand::RejectStore(store_id, why) => draft.store_rejected(*store_id, why, policy),
            OrderCommand::LowerHold(amount) => draft.hold_lowered(*amount, policy),
            OrderCommand::CloseStore(store_id) => draft.store_closing(*store_id, policy),
            OrderCommand::PassTime => draft.time_passed(),
            OrderCommand::AnswerStore(store_id, answer) => draft.store_answered(*store_id, answer, policy)?,
            OrderCommand::AnswerPayment(answer) => draft.bank_answered(answer)?,
            OrderCommand::Cancel { by, reason } => draft.cancel(*by, reason.as_deref())?,
            OrderCommand::Pay => draft.pay(policy)?,
            OrderCommand::Meet(obligation) => draft.meet(*obligation),
            OrderCommand::Archive if self.archived => {}
            OrderCommand::Archive => draft.record(Archived {}),
        }
        Ok(draft.into_decision())
    }
}

fn check_lines(lines: &[OrderLine]) -> Result<Money, OrderError> {
    let Some(first) = lines.first() else { return Err(OrderError::LineCount) };
    if lines.len() > LINES_MAX {
        return Err(OrderError::LineCount);
    }
    let mut total = Money::zero(first.unit_price.currency);
    for (index, line) in lines.iter().enumerate() {
        if !(1..=QUANTITY_MAX).contains(&line.quantity) {
            return Err(OrderError::Quantity { line: index });
        }
        let line_total = line.unit_price.checked_mul(line.quantity).map_err(|_| OrderError::TotalTooLarge)?;
        total = total.checked_add(line_total).map_err(|_| OrderError::TotalTooLarge)?;
    }
    Ok(total)
}

fn asked(
    (store_id, fulfilment, delay_ms): &(StoreId, Fulfilment, u64),
    order: &Submission,
    confirm_by: Timestamp,
    now: Timestamp,
    policy: &OrderPolicy,
) -> StoreAsked {
    let name = order.lines.iter().find(|line| line.store_id == *store_id).map(|line| line.store_name.clone());
    StoreAsked {
        store_id: *store_id,
        store_name: name.unwrap_or_default(),
        fulfilment: *fulfilment,
        // An outside service answers when it likes; only the time-out is certain.
        due_at: match fulfilment {
            Fulfilment::Internal => policy.after(now, order.delay_ms(Participant::Store(*store_id), *delay_ms)),
            Fulfilment::External => confirm_by,
        },
    }
}

/// What outside services are asked because of a submission.
fn requests(submitted: &Submitted) -> Vec<OrderEvent> {
    let outside = submitted.stores.iter().filter(|store| store.fulfilment == Fulfilment::External);
    let stores = outside.map(|store| {
        let lines = submitted.lines.iter().filter(|line| line.store_id == store.store_id);
        let (store_id, answer_by) = (store.store_id, store.due_at);
        StoreConfirmationRequested { store_id, answer_by, lines: lines.map(LineRequested::from).collect() }.into()
    });
    let bank = (submitted.payment_provider == Fulfilment::External).then(|| {
        PaymentConfirmationRequested {
            payment_id: submitted.payment_id,
            customer_id: submitted.customer_id,
            amount: submitted.total,
            answer_by: submitted.payment_due_at,
        }
        .into()
    });
    stores.chain(bank).collect()
}

/// A decision in the making: every recorded event is applied at once, so later questions see its effect.
struct Draft {
    state: OrderState,
    events: Vec<OrderEvent>,
    now: Timestamp,
}

impl Draft {
    fn record(&mut self, event: impl Into<OrderEvent>) {
        let event = event.into();
        self.state.evolve(&event, self.now);
        self.events.push(event);
    }

    fn into_decision(self) -> Decision {
        Decision { events: self.events, next: self.state }
    }

    fn payment_confirmed(&mut self, amount: Money, policy: &OrderPolicy) {
        match self.state.payment.status {
            OrderPaymentStatus::Pending if self.state.status == OrderStatus::Pending => {
                self.record(PaymentConfirmed { amount });
                let payment_provider = self.state.payment.provider;
                // An outside bank was asked for everything at the submission; lines may have been dropped since. Where
                // they were dropped after this was held, the books are lowered next, and it is told then.
                let is_lower = amount == self.state.total && self.state.stores.iter().any(|leg| !leg.is_kept());
                if !payment_provider.is_internal() && is_lower {
                    self.record(HoldLowered { amount, payment_provider });
                }
                self.accept_when_complete(policy);
            }
            OrderPaymentStatus::Pending => self.came_too_late(None, Obligation::VoidHold),
            _ => {}
        }
    }

    fn payment_rejected(&mut self, reason: Reason) {
        if self.state.status == OrderStatus::Pending && self.state.payment.status == OrderPaymentStatus::Pending {
            self.record(PaymentRejected { reason });
            self.reject(&[]);
        }
    }

    fn store_confirmed(&mut self, store_id: StoreId, policy: &OrderPolicy) {
        let Some(leg) = self.state.leg(store_id) else { return };
        match leg.status {
            DeliveryStatus::Pending if self.state.status == OrderStatus::Pending => {
                self.record(StoreConfirmed { store_id });
                self.accept_when_complete(policy);
            }
            DeliveryStatus::Pending => self.came_too_late(Some(store_id), Obligation::ReleaseStock { store_id }),
            _ => {}
        }
    }

    /// A verdict for an order that has ended: noted, and whatever it put aside is given back.
    fn came_too_late(&mut self, store_id: Option<StoreId>, undo: Obligation) {
        self.record(ConfirmationIgnored { store_id });
        self.undo(undo);
    }

    fn store_rejected(&mut self, store_id: StoreId, why: &StoreRejection, policy: &OrderPolicy) {
        let waiting = self.state.leg(store_id).is_some_and(|leg| leg.status == DeliveryStatus::Pending);
        if self.state.status == OrderStatus::Pending && waiting {
            let (reason, lines) = match why {
                StoreRejection::OutOfStock(short) => (Reason::OutOfStock, short.clone()),
                StoreRejection::ProductUnavailable(_) => (Reason::ProductUnavailable, vec![]),
                StoreRejection::StoreClosed => (Reason::StoreClosed, vec![]),
                StoreRejection::ServiceFailed => (Reason::ServiceFailed, vec![]),
            };
            self.lose_store(store_id, reason, lines, policy);
            self.release_if_promised(store_id);
        }
    }

    /// A service that said yes has put the lines aside in its own books, whatever Plaza's said.
    fn release_if_promised(&mut self, store_id: StoreId) {
        if self.state.leg(store_id).is_some_and(|leg| leg.answered_at.is_some()) {
            self.undo(Obligation::ReleaseStock { store_id });
        }
    }

    fn owe(&mut self, obligations: Vec<Obligation>) {
        let outside = obligations.iter().copied().filter(|obligation| self.state.is_met_outside(*obligation)).collect();
        self.record(CompensationRequired { obligations, outside });
    }

    /// Records an obligation, unless it is recorded already.
    fn undo(&mut self, obligation: Obligation) {
        if !self.state.duties.iter().any(|duty| duty.obligation == obligation) {
            self.owe(vec![obligation]);
        }
    }

    /// The first answer of an outside service counts; later ones change nothing, and the first after the order's end is
    /// noted.
    fn store_answered(&mut self, store_id: StoreId, answer: &Answer, policy: &OrderPolicy) -> Result<(), AnswerError> {
        let leg = self.state.leg(store_id).filter(|leg| leg.fulfilment == Fulfilment::External);
        let leg = leg.ok_or(AnswerError::NotAsked)?;
        let answered = leg.answered_at.is_some() || !leg.is_kept();
        let short = match answer {
            Answer::Confirm => None,
            Answer::Reject { reason, lines } => Some((*reason, self.state.shortages(store_id, *reason, lines)?)),
        };
        match (self.state.status, short) {
            _ if answered => {}
            (OrderStatus::Pending, None) => self.record(StoreConfirmationReceived { store_id }),
            (OrderStatus::Pending, Some((reason, lines))) => self.lose_store(store_id, reason, lines, policy),
            _ => self.record(ConfirmationIgnored { store_id: Some(store_id) }),
        }
        Ok(())
    }

    /// As [`Draft::store_answered`], for the bank.
    fn bank_answered(&mut self, answer: &Answer) -> Result<(), AnswerError> {
        let payment = &self.state.payment;
        if payment.provider != Fulfilment::External {
            return Err(AnswerError::NotAsked);
        }
        let answered = payment.answered_at.is_some() || payment.rejection.is_some();
        if let Answer::Reject { reason, lines } = answer {
            answer::check_bank(*reason, lines)?;
        }
        match (self.state.status, answer) {
            _ if answered => {}
            (OrderStatus::Pending, Answer::Confirm) => self.record(PaymentConfirmationReceived {}),
            (OrderStatus::Pending, Answer::Reject { reason, .. }) => self.payment_rejected(*reason),
            _ => self.record(ConfirmationIgnored { store_id: None }),
        }
        Ok(())
    }

    fn store_closing(&mut self, store_id: StoreId, policy: &OrderPolicy) {
        let counted_on = self.state.leg(store_id).is_some_and(super::leg::StoreLeg::is_kept);
        if self.state.status != OrderStatus::Pending || !counted_on {
            return;
        }
        let reserved = self.state.leg(store_id).is_some_and(|leg| self.may_have_reserved(leg));
        self.lose_store(store_id, Reason::StoreClosed, vec![], policy);
        if reserved {
            self.undo(Obligation::ReleaseStock { store_id });
        }
    }

    fn lose_store(&mut self, store_id: StoreId, reason: Reason, lines: Vec<Shortage>, policy: &OrderPolicy) {
        self.record(StoreRejected { store_id, reason, lines });
        if self.state.on_shortage == OnShortage::RejectAll || self.state.kept_stores().next().is_none() {
            return self.reject(&[]);
        }
        for dropped in self.drops(store_id) {
            self.record(dropped);
        }
        self.accept_when_complete(policy);
    }

    /// One drop a product: lines of the same product fall together.
    fn drops(&self, store_id: StoreId) -> Vec<LineDropped> {
        let mut drops: Vec<LineDropped> = Vec::new();
        for line in self.state.lines.iter().filter(|line| line.store_id == store_id) {
            let line_total = line.line_total();
            match drops.iter_mut().find(|drop| drop.product_id == line.product_id) {
                Some(drop) => {
                    drop.quantity += line.quantity;
                    drop.line_total.amount_minor += line_total.amount_minor;
                }
                None => drops.push(LineDropped {
                    store_id,
                    product_id: line.product_id,
                    quantity: line.quantity,
                    line_total,
                }),
            }
        }
        drops
    }

    fn hold_lowered(&mut self, amount: Money, policy: &OrderPolicy) {
        if self.state.status == OrderStatus::Pending && amount.amount_minor < self.state.payment.held {
            let payment_provider = self.state.payment.provider;
            self.record(HoldLowered { amount, payment_provider });
            self.accept_when_complete(policy);
        }
    }

    fn accept_when_complete(&mut self, policy: &OrderPolicy) {
        let state = &self.state;
        let complete = state.payment.status == OrderPaymentStatus::Confirmed
            && state.payment.held == state.total.amount_minor
            && state.kept_stores().all(|leg| leg.status == DeliveryStatus::Confirmed);
        if complete {
            let (total, pay_by) = (state.total, policy.after(self.now, policy.pay_deadline_ms));
            self.record(Accepted { total, pay_by });
        }
    }

    fn time_passed(&mut self) {
        let now = self.now;
        match self.state.status {
            OrderStatus::Pending if self.state.confirm_by <= now => self.reject(&[Reason::ConfirmationTimeout]),
            OrderStatus::Accepted if self.state.pay_by.is_some_and(|by| by <= now) => {
                self.record(Expired {});
                self.undo_everything();
            }
            OrderStatus::Paid if self.state.ships_at.is_some_and(|at| at <= now) => self.ship(),
            _ => {}
        }
    }

    fn cancel(&mut self, by: CancelledBy, reason: Option<&str>) -> Result<(), OrderError> {
        match self.state.status {
            OrderStatus::Cancelled => Ok(()),
            OrderStatus::Pending | OrderStatus::Accepted => {
                let reason = reason.map(|reason| text::optional(reason, CANCEL_REASON_MAX)).transpose();
                let reason = reason.map_err(OrderError::CancelReason)?.filter(|reason| !reason.is_empty());
                self.record(Cancelled { by, reason });
                self.undo_everything();
                Ok(())
            }
            status => Err(OrderError::NotAllowed { action: OrderAction::Cancel, status }),
        }
    }

    fn pay(&mut self, policy: &OrderPolicy) -> Result<(), OrderError> {
        match (self.state.status, self.state.pay_by) {
            (OrderStatus::Accepted, Some(by)) if by <= self.now => Err(OrderError::PayDeadlinePassed(by)),
            (OrderStatus::Accepted, _) => {
                let ships_at = policy.after(self.now, policy.shipping_delay_ms);
                let (amount, payment_provider) = (self.state.total, self.state.payment.provider);
                self.record(Paid { amount, payment_provider, ships_at });
                if ships_at <= self.now {
                    self.ship();
                }
                Ok(())
            }
            (status, _) => Err(OrderError::NotAllowed { action: OrderAction::Pay, status }),
        }
    }

    fn ship(&mut self) {
        let kept = self.state.kept_stores();
        let shipped: Vec<_> =
            kept.map(|leg| StoreShipped { store_id: leg.store_id, fulfilment: leg.fulfilment }).collect();
        for shipped in shipped {
            self.record(shipped);
        }
        self.record(Delivered {});
    }

    fn meet(&mut self, obligation: Obligation) {
        if self.state.duties.iter().any(|duty| duty.obligation == obligation && !duty.met) {
            self.record(ObligationMet { obligation });
        }
    }

    /// Rejects for every reason known, plus `more`.
    fn reject(&mut self, more: &[Reason]) {
        let bank = self.state.payment.rejection;
        let stores = self.state.stores.iter().filter_map(|leg| leg.rejection);
        let mut reasons: Vec<Reason> = Vec::new();
        for reason in bank.into_iter().chain(stores).chain(more.iter().copied()) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        self.record(Rejected { reasons });
        self.undo_everything();
    }

    /// Records what participants may have put aside, so that they are told until they acknowledge.
    fn undo_everything(&mut self) {
        let payment = &self.state.payment;
        let held = match payment.status {
            OrderPaymentStatus::Pending => !payment.provider.is_internal() || payment.due_at <= self.now,
            // An outside bank that said yes holds the money in its own books, whatever Plaza's said.
            OrderPaymentStatus::NotEnoughMoney | OrderPaymentStatus::Invalid => payment.answered_at.is_some(),
            status => status == OrderPaymentStatus::Confirmed,
        };
        let mut obligations: Vec<Obligation> = held.then_some(Obligation::VoidHold).into_iter().collect();
        let reserved = self.state.stores.iter().filter(|leg| self.may_have_reserved(leg));
        obligations.extend(reserved.map(|leg| Obligation::ReleaseStock { store_id: leg.store_id }));
        if !obligations.is_empty() {
            self.owe(obligations);
        }
    }

    /// A store has reserved when it confirmed; it may have when it was due, because then it has been asked and its
    /// verdict may be on its way. Requests leave only at or after `due_at`, and the clock never runs backwards, so a
    /// store that was not due has not been asked. A store served from outside is asked by the submission.
    fn may_have_reserved(&self, leg: &super::leg::StoreLeg) -> bool {
        match leg.status {
            DeliveryStatus::Confirmed => true,
            DeliveryStatus::Pending => leg.is_kept() && (!leg.fulfilment.is_internal() || leg.due_at <= self.now),
            _ => false,
        }
    }
}
/// The longest cancellation reason, in characters.
pub const CANCEL_REASON_MAX: usize = 200;
