//! The invariants, after every step and at the end.

use super::*;

impl Model {
    pub(super) fn check(&self) {
        for store in &self.stores {
            let mut live: BTreeMap<ProductId, i64> = BTreeMap::new();
            for line in store.reservations.values().flatten() {
                *live.entry(line.product_id).or_default() += i64::from(line.quantity);
            }
            for product in store.products.values() {
                assert!(product.stock.is_sound(), "I1 {product:?}");
                assert_eq!(product.stock.reserved, live.get(&product.id).copied().unwrap_or(0), "I2 {product:?}");
            }
        }
        for payment in &self.payments {
            assert!(payment.is_sound(), "I4 {payment:?}");
        }
        for order in &self.orders {
            let sum: i64 = order.lines.iter().map(|line| line.line_total().amount_minor).sum();
            assert_eq!(order.total.amount_minor, sum, "I11 {order:?}");
            if order.status == OrderStatus::Accepted {
                self.check_accepted(order);
            }
            if order.is_settled() {
                assert_eq!(order.next_due(), None, "I6 {order:?}");
                if order.status == OrderStatus::Delivered {
                    self.check_delivered(order);
                }
            } else {
                assert!(order.next_due().is_some(), "an order that is not settled has a timer: {order:?}");
            }
        }
    }

    fn check_accepted(&self, order: &OrderState) {
        let payment = self.payments.iter().find(|payment| payment.id == order.payment_id).unwrap();
        assert_eq!(payment.holds.get(&order.id), Some(&order.total.amount_minor), "I5 {order:?}");
        for leg in order.kept_stores() {
            let store = &self.stores[self.store_index(leg.store_id)];
            assert_eq!(leg.status, DeliveryStatus::Confirmed, "I5 {order:?}");
            assert!(store.reservations.contains_key(&order.id), "I5 {order:?}");
        }
    }

    /// What was delivered left the shelf, and was paid for (I15).
    fn check_delivered(&self, order: &OrderState) {
        for leg in order.kept_stores() {
            let store = self.store_index(leg.store_id);
            let shipped = self.journal.iter().find_map(|fact| match fact {
                Fact::Store(of, StoreEvent::StockShipped(moved), _) if *of == store && moved.order_id == order.id => {
                    Some(&moved.lines)
                }
                _ => None,
            });
            assert_eq!(
                shipped.map(|lines| StockLine::pieces(lines)),
                Some(StockLine::pieces(&order.lines_of(leg.store_id))),
                "I15 {order:?}"
            );
        }
        let captured = self.journal.iter().find_map(|fact| match fact {
            Fact::Payment(_, PaymentEvent::Captured(taken), _) if taken.order_id == order.id => Some(taken.amount),
            _ => None,
        });
        assert_eq!(captured, Some(order.total), "I15 {order:?}");
    }

    pub(super) fn check_end(&self) {
        for (index, order) in self.orders.iter().enumerate() {
            assert!(order.is_settled(), "every order ends: {order:?}");
            let facts = || {
                self.journal.iter().filter_map(move |fact| match fact {
                    Fact::Order(of, event, at) if *of == index => Some((event, *at)),
                    _ => None,
                })
            };
            assert_eq!(OrderState::fold(order.id, facts()).as_ref(), Some(order), "I8");
            assert_eq!(facts().count() as u64, order.version, "I8");
            check_stream(facts().map(|(event, _)| event));
        }
        for payment in &self.payments {
            assert!(payment.holds.is_empty(), "I6 {payment:?}");
        }
        for store in &self.stores {
            assert!(store.reservations.is_empty(), "I6 {store:?}");
        }
        self.check_effects();
        self.check_shelves();
        self.check_outside();
        self.check_closed_stores();
        self.check_money();
    }

    /// I12: one effect per order, participant and kind. I3: what left the stores is what orders shipped.
    fn check_effects(&self) {
        let mut seen: BTreeMap<(OrderId, String), u32> = BTreeMap::new();
        let mut stock: BTreeMap<ProductId, Stock> = BTreeMap::new();
        for fact in &self.journal {
            let key = match fact {
                Fact::Payment(_, PaymentEvent::Held(held), _) => (held.order_id, "hold".to_owned()),
                Fact::Payment(_, PaymentEvent::Captured(captured), _) => (captured.order_id, "end".to_owned()),
                Fact::Payment(_, PaymentEvent::HoldVoided(voided), _) => (voided.order_id, "end".to_owned()),
                Fact::Store(store, StoreEvent::StockReserved(reserved), _) => {
                    (reserved.order_id, format!("reserve {store}"))
                }
                Fact::Store(store, StoreEvent::StockReleased(released), _) => {
                    (released.order_id, format!("end {store}"))
                }
                Fact::Store(store, StoreEvent::StockShipped(shipped), _) => {
                    for line in &shipped.lines {
                        let left = stock.entry(line.product_id).or_default();
                        left.on_hand += i64::from(line.quantity);
                    }
                    (shipped.order_id, format!("end {store}"))
                }
                _ => continue,
            };
            *seen.entry(key).or_default() += 1;
        }
        assert!(seen.values().all(|count| *count == 1), "I12 {seen:?}");
        let delivered = self.orders.iter().filter(|order| order.status == OrderStatus::Delivered);
        let mut ordered: BTreeMap<ProductId, i64> = BTreeMap::new();
        for line in delivered.flat_map(|order| &order.lines) {
            *ordered.entry(line.product_id).or_default() += i64::from(line.quantity);
        }
        let shipped: BTreeMap<_, _> = stock.into_iter().map(|(product, left)| (product, left.on_hand)).collect();
        assert_eq!(shipped, ordered, "I3");
    }

    /// I3: pieces are on the shelf, put aside or shipped, and none appears or is lost on the way.
    fn check_shelves(&self) {
        type Shelves = BTreeMap<ProductId, (i64, i64)>;
        let mut shelves = Shelves::new();
        let moved = |shelves: &mut Shelves, lines: &[StockLine], to_shelf: i64, aside: i64| {
            for line in lines {
                let (available, reserved) = shelves.entry(line.product_id).or_default();
                *available += to_shelf * i64::from(line.quantity);
                *reserved += aside * i64::from(line.quantity);
            }
        };
        for fact in &self.journal {
            let Fact::Store(_, event, _) = fact else { continue };
            match event {
                StoreEvent::StockReserved(reserved) => moved(&mut shelves, &reserved.lines, -1, 1),
                StoreEvent::StockReleased(released) => moved(&mut shelves, &released.lines, 1, -1),
                StoreEvent::StockShipped(shipped) => moved(&mut shelves, &shipped.lines, 0, -1),
                StoreEvent::ProductAdded(added) => shelves.entry(added.product_id).or_default().0 = added.stock,
                StoreEvent::StockSet(set) => shelves.entry(set.product_id).or_default().0 = set.available,
                _ => {}
            }
        }
        for product in self.stores.iter().flat_map(|store| store.products.values()) {
            let (available, reserved) = shelves[&product.id];
            assert_eq!(product.stock, Stock { on_hand: available + reserved, reserved }, "I3 {product:?}");
            assert_eq!(product.stock.available(), available, "I3 {product:?}");
        }
    }

    /// Whoever outside may have put something aside is told what became of it: taken, or to be given back.
    fn check_outside(&self) {
        for order in &self.orders {
            let owes = |obligation| order.duties.iter().any(|duty| duty.obligation == obligation);
            for leg in order.stores.iter().filter(|leg| leg.fulfilment == Fulfilment::External) {
                let store_id = leg.store_id;
                let told = owes(Obligation::ReleaseStock { store_id }) != owes(Obligation::ShipStock { store_id });
                let may_hold = leg.is_kept() || leg.answered_at.is_some();
                assert!(told || !may_hold, "an outside store is left with its reservation: {order:?}");
            }
            let payment = &order.payment;
            if payment.provider == Fulfilment::External
                && (payment.rejection.is_none() || payment.answered_at.is_some())
            {
                let told = owes(Obligation::VoidHold) != owes(Obligation::CaptureHold);
                assert!(told, "an outside bank is left with its hold: {order:?}");
            }
        }
    }

    /// I14: no order is accepted that keeps a store closed before.
    fn check_closed_stores(&self) {
        let mut closed = vec![];
        let mut folds: BTreeMap<usize, OrderState> = BTreeMap::new();
        for fact in &self.journal {
            match fact {
                Fact::Store(store, StoreEvent::Archived(_), _) => closed.push(self.stores[*store].id),
                Fact::Order(order, OrderEvent::Submitted(submitted), at) => {
                    folds.insert(*order, OrderState::born(self.orders[*order].id, submitted, *at));
                }
                Fact::Order(order, event, at) => {
                    let state = folds.get_mut(order).unwrap();
                    state.evolve(event, *at);
                    if matches!(event, OrderEvent::Accepted(_)) {
                        assert!(!state.kept_stores().any(|leg| closed.contains(&leg.store_id)), "I14 {state:?}");
                    }
                }
                _ => {}
            }
        }
    }

    fn check_money(&self) {
        let captured: i64 = self.payments.iter().map(|payment| payment.captured).sum();
        let delivered = self.orders.iter().filter(|order| order.status == OrderStatus::Delivered);
        assert_eq!(captured, delivered.map(|order| order.total.amount_minor).sum::<i64>(), "money in is money out");
    }
}

/// I7, I9, I10: one outcome, nothing but acknowledgements and notes after it; and every event survives its encoding.
fn check_stream<'a>(events: impl Iterator<Item = &'a OrderEvent>) {
    let (mut ended, mut captured) = (0, false);
    for event in events {
        let terminal = matches!(
            event,
            OrderEvent::Rejected(_) | OrderEvent::Cancelled(_) | OrderEvent::Expired(_) | OrderEvent::Delivered(_)
        );
        let after = matches!(
            event,
            OrderEvent::CompensationRequired(_) | OrderEvent::ObligationMet(_) | OrderEvent::ConfirmationIgnored(_)
        );
        assert!(ended == 0 || after, "I7 {event:?}");
        captured |= matches!(event, OrderEvent::Paid(_));
        assert!(!(captured && matches!(event, OrderEvent::Expired(_))), "I10");
        ended += u32::from(terminal);
        assert_eq!(decode::<OrderEvent>(event.name(), &event.payload()).unwrap(), *event);
    }
    assert_eq!(ended, 1, "I9");
}
