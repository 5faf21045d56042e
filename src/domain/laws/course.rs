//! What happens in the model: people, sagas, participants, and those outside.

use super::*;

impl Model {
    pub(super) fn open() -> Self {
        let policy = OrderPolicy {
            payment_delay_ms: 2_000,
            grace_ms: 5_000,
            pay_deadline_ms: 20_000,
            shipping_delay_ms: 3_000,
            speed: 1,
            payment_provider: Fulfilment::Internal,
        };
        let mut model = Self {
            now: Timestamp(1_000_000),
            patience: Timestamp(0),
            policy,
            stores: (0..STORES).map(|index| StoreState::blank(StoreId(id(1, index)))).collect(),
            payments: (0..PAYMENTS)
                .map(|index| PaymentState::blank(PaymentId(id(4, index)), eur(0).currency))
                .collect(),
            orders: vec![],
            requests: vec![],
            answers: vec![],
            waiting: vec![],
            journal: vec![],
        };
        for store in 0..STORES {
            let edit = StoreEdit {
                name: Some("S".into()),
                location: Some("L".into()),
                confirmation_delay_ms: Some(1_000 + 2_000 * store as u64),
                fulfilment: (store == OUTSIDE).then_some(Fulfilment::External),
            };
            model.store(store, &StoreCommand::Create(edit)).unwrap();
            for product in 0..PRODUCTS_A_STORE {
                let edit = ProductEdit {
                    name: Some("P".into()),
                    price: Some(eur(PRICE)),
                    stock: Some(INITIAL_STOCK),
                    ..ProductEdit::default()
                };
                let product = product_id(store * PRODUCTS_A_STORE + product);
                model.store(store, &StoreCommand::AddProduct(product, edit)).unwrap();
            }
        }
        for index in 0..PAYMENTS {
            let event = payment::authorize(customer(index), eur(700)).unwrap();
            let authorized = model.apply_payment(index, event);
            model.hand_over(Actor::Payment(index), vec![authorized], None);
        }
        model.commit(usize::MAX);
        model
    }

    pub(super) fn step(&mut self, step: Step) {
        let order = |index: usize| (!self.orders.is_empty()).then(|| index % self.orders.len());
        match step {
            Step::Submit { payment, lines, drop_short, foreign, outside_bank } => {
                self.policy.payment_provider = if outside_bank { Fulfilment::External } else { Fulfilment::Internal };
                self.submit(payment, &lines, drop_short, foreign);
            }
            Step::AnswerOutside { order: index, store, answer } => {
                if let Some(order) = order(index) {
                    self.answer_outside(order, store, answer);
                }
            }
            Step::PassTime { ms } => self.now = self.now.plus_millis(ms),
            Step::GoOn { order: index } => {
                if let Some(order) = order(index) {
                    self.go_on(order);
                }
            }
            Step::Ask { order: index, work, twice } => {
                if let Some(order) = order(index) {
                    self.ask(order, work, twice);
                }
            }
            Step::Serve { which } => self.serve(which),
            Step::GiveUp { which } => {
                let index = which % self.requests.len().max(1);
                self.requests.get_mut(index).into_iter().for_each(|request| request.heard = false);
            }
            Step::Commit { appends } => self.commit(appends),
            Step::Refuse { which } => self.refuse(which),
            Step::Answer { which, twice } => self.answer(which, twice),
            Step::Pay { order: index } => {
                order(index).map(|order| self.order(order, &OrderCommand::Pay));
            }
            Step::Cancel { order: index } => {
                let cancel = OrderCommand::Cancel { by: CancelledBy::Customer, reason: None };
                order(index).map(|order| self.order(order, &cancel));
            }
            Step::SetStock { product, available } => {
                let edit = ProductEdit { stock: Some(available), ..ProductEdit::default() };
                // Refused for archived products, as it should be.
                let _ = self.store(product / PRODUCTS_A_STORE, &StoreCommand::EditProduct(product_id(product), edit));
            }
            Step::ArchiveProduct { product } => {
                // Refused for archived stores, as it should be.
                let archive = StoreCommand::ArchiveProducts(vec![product_id(product)]);
                let _ = self.store(product / PRODUCTS_A_STORE, &archive);
            }
            Step::CloseStore { store } => {
                // Refused for archived stores, as it should be.
                let _ = self.store(store, &StoreCommand::Close);
            }
            Step::EndClosing { store } => self.end_closing(store),
            Step::VoidPayment { payment } => {
                let facts = self.at_payment(payment, &PaymentCommand::Void).unwrap();
                self.hand_over(Actor::Payment(payment), facts, None);
            }
            Step::Crash => self.crash(),
        }
    }

    fn submit(&mut self, payment: usize, lines: &[(usize, u32)], drop_short: bool, foreign: bool) {
        let open = |product: &usize| self.stores[product / PRODUCTS_A_STORE].product(product_id(*product)).is_some();
        if !lines.iter().all(|(product, _)| open(product)) {
            return;
        }
        let line = |(product, quantity): &(usize, u32)| OrderLine {
            product_id: product_id(*product),
            store_id: self.stores[product / PRODUCTS_A_STORE].id,
            store_name: "S".into(),
            sku: "P".into(),
            product_name: "P".into(),
            unit_price: eur(PRICE),
            quantity: *quantity,
        };
        let mut stores = BTreeMap::new();
        for (product, _) in lines {
            let store = &self.stores[product / PRODUCTS_A_STORE];
            stores.insert(store.id, (store.id, store.fulfilment, store.confirmation_delay_ms));
        }
        let submission = Submission {
            customer_id: customer(if foreign { payment + 1 } else { payment }),
            payment_id: self.payments[payment].id,
            expected_total: None,
            on_shortage: if drop_short { OnShortage::AcceptAvailable } else { OnShortage::RejectAll },
            lines: lines.iter().map(line).collect(),
            stores: stores.into_values().collect(),
            draw: None,
            drawn: vec![],
        };
        // An order that is refused at its birth is forgotten, and nothing was asked for it: it need not wait here.
        let order_id = OrderId(id(5, self.orders.len()));
        let decision = OrderState::submit(order_id, submission, self.now, &self.policy).unwrap();
        let (index, at) = (self.orders.len(), self.now);
        self.orders.push(decision.next);
        self.journal.extend(decision.events.into_iter().map(|event| Fact::Order(index, event, at)));
    }

    /// An answer that makes no sense is refused and changes nothing; of the others the first counts.
    fn answer_outside(&mut self, order: usize, store: usize, answer: Answer) {
        let before = self.orders[order].clone();
        let store_id = self.stores.get(store).map(|store| store.id);
        let answered = match store_id {
            Some(store_id) => before.leg(store_id).is_none_or(|leg| leg.answered_at.is_some() || !leg.is_kept()),
            None => before.payment.answered_at.is_some() || before.payment.rejection.is_some(),
        };
        let command = match store_id {
            Some(store_id) => OrderCommand::AnswerStore(store_id, answer),
            None => OrderCommand::AnswerPayment(answer),
        };
        let taken = self.order(order, &command);
        let after = &self.orders[order];
        if !taken || answered {
            assert_eq!(*after, before, "a refused or later answer changes nothing");
        } else {
            assert_ne!(after.version, before.version, "the first answer is remembered");
        }
        assert!(!before.is_terminal() || after.status == before.status, "an outcome is final");
    }

    fn go_on(&mut self, order: usize) {
        self.settle();
        if self.orders[order].status == OrderStatus::Accepted {
            self.order(order, &OrderCommand::Pay);
        } else if self.orders[order].work(self.now, self.patience).is_empty() {
            self.answer_outside(order, OUTSIDE, Answer::Confirm);
            self.answer_outside(order, STORES, Answer::Confirm);
            self.now = self.orders[order].due_after(self.now, self.patience).unwrap_or(self.now);
        }
        self.commit(usize::MAX);
        for work in 0..self.orders[order].work(self.now, self.patience).len() {
            self.ask(order, work, false);
        }
        self.settle();
    }

    /// Everything that was asked is answered, everything that was decided is written.
    fn settle(&mut self) {
        while !self.answers.is_empty() || !self.waiting.is_empty() || !self.requests.is_empty() {
            self.serve(0);
            self.commit(usize::MAX);
            self.answer(0, false);
            self.check();
        }
    }

    /// Asks for one piece of work, if it is not being asked for already; only what is written is worked for.
    fn ask(&mut self, order: usize, work: usize, twice: bool) {
        if self.waiting.iter().any(|append| append.by == Actor::Order(order)) {
            return;
        }
        let wanted = self.orders[order].work(self.now, self.patience);
        let Some(work) = wanted.get(work % wanted.len().max(1)).copied() else { return };
        let answered = self.waiting.iter().filter_map(|append| append.answers.as_ref()).chain(&self.answers);
        let mut asked = self.requests.iter().chain(answered.map(|answered| &answered.request));
        if asked.any(|request| request.heard && (request.order, request.work) == (order, work)) {
            return;
        }
        if work == Work::PassTime {
            self.order(order, &OrderCommand::PassTime);
            return;
        }
        let request = Request { order, work, state: self.orders[order].clone(), heard: true };
        self.requests.extend(std::iter::repeat_n(request, if twice { 2 } else { 1 }));
    }

    pub(super) fn participant(&self, request: &Request) -> Actor {
        match request.work {
            Work::ConfirmItems(store_id)
            | Work::Meet(Obligation::ReleaseStock { store_id } | Obligation::ShipStock { store_id }) => {
                Actor::Store(self.store_index(store_id))
            }
            _ => {
                Actor::Payment(self.payments.iter().position(|payment| payment.id == request.state.payment_id).unwrap())
            }
        }
    }

    /// A participant answers the first it was asked of what it has not answered yet.
    fn serve(&mut self, which: usize) {
        let Some(request) = self.requests.get(which % self.requests.len().max(1)) else { return };
        let by = self.participant(request);
        let first = self.requests.iter().position(|request| self.participant(request) == by).unwrap();
        let request = self.requests.remove(first);
        let (facts, command) = self.at_participant(&request);
        self.hand_over(by, facts, Some(Answered { request, command }));
    }

    fn at_participant(&mut self, request: &Request) -> (Vec<Fact>, OrderCommand) {
        let state = &request.state;
        let (order_id, customer_id, amount) = (state.id, state.customer_id, state.total);
        let command = match request.work {
            Work::ConfirmPayment => PaymentCommand::Hold { order_id, customer_id, amount },
            Work::LowerHold => PaymentCommand::LowerHold { order_id, amount },
            Work::Meet(Obligation::VoidHold) => PaymentCommand::VoidHold(order_id),
            Work::Meet(Obligation::CaptureHold) => PaymentCommand::Capture(order_id),
            Work::ConfirmItems(store_id) => {
                let reserve = StoreCommand::Reserve { order_id, lines: state.lines_of(store_id) };
                return match self.at_store(self.store_index(store_id), &reserve) {
                    Ok(facts) => (facts, OrderCommand::ConfirmStore(store_id)),
                    Err(StoreError::CannotServe(why)) => (vec![], OrderCommand::RejectStore(store_id, why)),
                    Err(other) => panic!("a store cannot answer {other}"),
                };
            }
            Work::Meet(Obligation::ReleaseStock { store_id }) => {
                let facts = self.at_store(self.store_index(store_id), &StoreCommand::Release(order_id));
                return (facts.unwrap(), OrderCommand::Meet(Obligation::ReleaseStock { store_id }));
            }
            Work::Meet(Obligation::ShipStock { store_id }) => {
                let facts = self.at_store(self.store_index(store_id), &StoreCommand::Ship(order_id));
                return (facts.unwrap(), OrderCommand::Meet(Obligation::ShipStock { store_id }));
            }
            Work::PassTime => unreachable!("nobody is asked"),
        };
        let Actor::Payment(bank) = self.participant(request) else { unreachable!("the bank is asked") };
        let done = self.at_payment(bank, &command);
        let held = eur(self.payments[bank].holds.get(&order_id).copied().unwrap_or(0));
        match (request.work, done) {
            (Work::ConfirmPayment, Ok(facts)) => (facts, OrderCommand::ConfirmPayment(held)),
            (Work::ConfirmPayment, Err(PaymentError::NotYours)) => {
                (vec![], OrderCommand::RejectPayment(Reason::PaymentNotYours))
            }
            (Work::ConfirmPayment, Err(_)) => (vec![], OrderCommand::RejectPayment(Reason::NotEnoughMoney)),
            (Work::LowerHold, done) => (done.unwrap(), OrderCommand::LowerHold(held)),
            (Work::Meet(obligation), done) => (done.unwrap(), OrderCommand::Meet(obligation)),
            _ => unreachable!("stores are asked for items"),
        }
    }

    pub(super) fn store_index(&self, id: StoreId) -> usize {
        self.stores.iter().position(|store| store.id == id).unwrap()
    }

    fn answer(&mut self, which: usize, twice: bool) {
        if self.answers.is_empty() {
            return;
        }
        let which = which % self.answers.len();
        let Answered { request, command } =
            if twice { self.answers[which].clone() } else { self.answers.swap_remove(which) };
        assert!(self.order(request.order, &command), "a participant's answer is never refused");
    }

    /// Ends a closing the way the mall does: pending orders that count on the store are told, and when the last has
    /// written it down, the store is archived.
    fn end_closing(&mut self, store: usize) {
        if !self.stores[store].closing {
            return;
        }
        let store_id = self.stores[store].id;
        let waiting: Vec<usize> = (0..self.orders.len())
            .filter(|order| self.stores[store].reservations.contains_key(&self.orders[*order].id))
            .collect();
        for order in waiting {
            self.order(order, &OrderCommand::CloseStore(store_id));
        }
        self.commit(usize::MAX);
        self.store(store, &StoreCommand::Archive).unwrap();
    }

    /// Lets every saga run to its end; how often somebody has something to do is bounded.
    pub(super) fn finish(&mut self) {
        for _ in 0..200 {
            (0..STORES).for_each(|store| self.end_closing(store));
            self.settle();
            for order in 0..self.orders.len() {
                self.ask(order, 0, false);
                self.check();
            }
            if self.requests.is_empty() && self.waiting.is_empty() {
                let due = self.orders.iter().filter_map(|order| order.due_after(self.now, self.patience)).min();
                let Some(due) = due else { return };
                self.now = due;
            }
        }
    }
}
