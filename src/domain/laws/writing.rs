//! How the model decides, writes, and forgets: what an actor takes on at once is written later, or refused.

use super::*;

impl Model {
    /// Decides and remembers; what is to be written.
    pub(super) fn at_store(&mut self, store: usize, command: &StoreCommand) -> Result<Vec<Fact>, StoreError> {
        let events = self.stores[store].decide(command)?;
        for event in &events {
            self.stores[store].evolve(event, self.now);
        }
        Ok(events.into_iter().map(|event| Fact::Store(store, event, self.now)).collect())
    }

    pub(super) fn store(&mut self, store: usize, command: &StoreCommand) -> Result<(), StoreError> {
        let facts = self.at_store(store, command)?;
        self.hand_over(Actor::Store(store), facts, None);
        Ok(())
    }

    pub(super) fn apply_payment(&mut self, payment: usize, event: PaymentEvent) -> Fact {
        self.payments[payment].evolve(&event, self.now);
        Fact::Payment(payment, event, self.now)
    }

    pub(super) fn at_payment(&mut self, payment: usize, command: &PaymentCommand) -> Result<Vec<Fact>, PaymentError> {
        let event = self.payments[payment].decide(command)?;
        Ok(event.map(|event| self.apply_payment(payment, event)).into_iter().collect())
    }

    pub(super) fn order(&mut self, order: usize, command: &OrderCommand) -> bool {
        let Ok(decision) = self.orders[order].decide(command, self.now, &self.policy) else { return false };
        self.orders[order] = decision.next;
        let at = self.now;
        let facts = decision.events.into_iter().map(|event| Fact::Order(order, event, at)).collect();
        self.hand_over(Actor::Order(order), facts, None);
        true
    }

    pub(super) fn hand_over(&mut self, by: Actor, facts: Vec<Fact>, answers: Option<Answered>) {
        self.waiting.push(Append { by, facts, answers });
    }

    pub(super) fn commit(&mut self, appends: usize) {
        for append in self.waiting.drain(..appends.min(self.waiting.len())) {
            self.journal.extend(append.facts);
            self.answers.extend(append.answers.filter(|answered| answered.request.heard));
        }
    }

    /// What waits before it is written; it is not, and neither is whatever else was decided on the same memory.
    pub(super) fn refuse(&mut self, which: usize) {
        if self.waiting.is_empty() {
            return;
        }
        self.commit(which % self.waiting.len());
        let by = self.waiting[0].by;
        self.waiting.retain(|append| append.by != by);
        self.wake(by);
    }

    /// Another actor wakes in place of one whose memory is void: what it was asked or told is lost.
    pub(super) fn wake(&mut self, actor: Actor) {
        let facts = self.journal.iter();
        match actor {
            Actor::Order(order) => {
                let events = facts.filter_map(|fact| match fact {
                    Fact::Order(of, event, at) if *of == order => Some((event, *at)),
                    _ => None,
                });
                self.orders[order] = OrderState::fold(self.orders[order].id, events).unwrap();
                self.answers.retain(|answered| answered.request.order != order);
                let waiting = self.waiting.iter_mut().filter_map(|append| append.answers.as_mut());
                for request in self.requests.iter_mut().chain(waiting.map(|answered| &mut answered.request)) {
                    request.heard &= request.order != order;
                }
            }
            Actor::Store(store) => {
                let mut state = StoreState::blank(self.stores[store].id);
                for fact in facts {
                    if let Fact::Store(of, event, at) = fact
                        && *of == store
                    {
                        state.evolve(event, *at);
                    }
                }
                self.stores[store] = state;
            }
            Actor::Payment(payment) => {
                let mut state = PaymentState::blank(self.payments[payment].id, eur(0).currency);
                for fact in facts {
                    if let Fact::Payment(of, event, at) = fact
                        && *of == payment
                    {
                        state.evolve(event, *at);
                    }
                }
                self.payments[payment] = state;
            }
        }
        let mut requests = std::mem::take(&mut self.requests);
        requests.retain(|request| self.participant(request) != actor);
        self.requests = requests;
    }

    pub(super) fn crash(&mut self) {
        self.waiting.clear();
        self.requests.clear();
        self.answers.clear();
        (0..self.orders.len()).for_each(|order| self.wake(Actor::Order(order)));
        (0..STORES).for_each(|store| self.wake(Actor::Store(store)));
        (0..PAYMENTS).for_each(|payment| self.wake(Actor::Payment(payment)));
        self.patience = self.policy.after(self.now, self.policy.grace_ms);
    }
}
