//! Outside services of a plan: they hear requests to confirm, and answer one way after the other.

use super::plan::{Outside, Way};
use crate::bus::outside::memory::MemoryOutside;
use crate::domain::ids::OrderId;
use crate::domain::order::{OrderState, Request};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use crate::sim::door::Door;
use crate::sim::door::mall::MallDoor;
use crate::sim::world::Life;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;

/// The outside services of a run.
pub struct Services {
    door: Rc<MallDoor>,
    manners: BTreeMap<Participant, Outside>,
    /// How many requests each has had.
    had: RefCell<BTreeMap<Participant, usize>>,
    /// For which orders each was asked to confirm.
    asked: RefCell<BTreeSet<(Participant, OrderId)>>,
}

impl Services {
    /// Services that answer in their manners through the mall behind `door`.
    #[must_use]
    pub fn new(door: Rc<MallDoor>, manners: BTreeMap<Participant, Outside>) -> Rc<Self> {
        Rc::new(Self { door, manners, had: RefCell::default(), asked: RefCell::default() })
    }

    /// Serves one life of the mall, to its end.
    pub fn serve(self: &Rc<Self>, life: &Rc<Life>) {
        if self.manners.is_empty() {
            return;
        }
        let (services, life) = (self.clone(), life.clone());
        // Subscribed before anybody runs: no request of this life is missed.
        let mut requests = life.outside().subscribe();
        tokio::task::spawn_local(async move {
            loop {
                let heard = tokio::select! {
                    biased;
                    () = life.ended() => return,
                    heard = requests.recv() => heard,
                };
                match heard {
                    Ok(heard) => services.hear(&life, &heard.request),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        });
    }

    /// Begins to answer, if it is a request to confirm.
    fn hear(self: &Rc<Self>, life: &Rc<Life>, request: &Request) {
        let (who, order, answer_by) = match request {
            Request::Confirm(asked) => (Participant::Store(asked.store_id), asked.order_id, asked.answer_by),
            Request::Hold(asked) => (Participant::Bank, asked.order_id, asked.answer_by),
            _ => return,
        };
        let Some(manner) = self.manners.get(&who) else { return };
        self.asked.borrow_mut().insert((who, order));
        let mut had = self.had.borrow_mut();
        let number = had.entry(who).or_default();
        let way = manner.ways.get(*number % manner.ways.len().max(1)).copied().unwrap_or(Way::Never);
        *number += 1;
        let (services, life, after) = (self.clone(), life.clone(), manner.after_ms);
        tokio::task::spawn_local(async move { services.answer(&life, who, order, answer_by, way, after).await });
    }

    /// An order whose outside participant was never asked, in no life.
    pub fn never_asked<'a>(&self, orders: impl Iterator<Item = &'a OrderState>) -> Option<(Participant, OrderId)> {
        let asked = self.asked.borrow();
        let due = orders.flat_map(|order| {
            let bank = (!order.payment.provider.is_internal()).then_some(Participant::Bank);
            let stores = order.stores.iter().filter(|leg| !leg.fulfilment.is_internal());
            let all = bank.into_iter().chain(stores.map(|leg| Participant::Store(leg.store_id)));
            all.map(|who| (who, order.id)).collect::<Vec<_>>()
        });
        let mut due = due;
        due.find(|due| !asked.contains(due))
    }

    async fn answer(
        &self,
        life: &Life,
        who: Participant,
        order: OrderId,
        answer_by: Timestamp,
        way: Way,
        after_ms: u64,
    ) {
        match way {
            Way::Never => return,
            Way::AtTimeout(ms) => {
                let at = Timestamp(answer_by.0.saturating_add(ms.saturating_mul(1_000)));
                self.door.until(at).await;
            }
            _ => sleep(Duration::from_millis(after_ms)).await,
        }
        let yes = || self.say(life, who, "confirm", format!("{{\"order_id\":\"{order}\"}}"));
        let no = || {
            let reason = match who {
                Participant::Bank => "NOT_ENOUGH_MONEY",
                Participant::Store(_) => "OUT_OF_STOCK",
            };
            self.say(life, who, "reject", format!("{{\"order_id\":\"{order}\",\"reason\":\"{reason}\"}}"))
        };
        match way {
            Way::Confirm | Way::AtTimeout(_) => yes().await,
            Way::Refuse => no().await,
            Way::Twice => {
                yes().await;
                yes().await;
            }
            Way::Contradict => {
                yes().await;
                no().await;
            }
            Way::Nonsense => self.say(life, who, "confirm", "{\"order_id\":17}".to_owned()).await,
            Way::Never => {}
        }
    }

    async fn say(&self, life: &Life, who: Participant, verb: &str, body: String) {
        // A service that finds the mall closed gives up; a broker would keep its answer.
        if life.is_over() {
            return;
        }
        let subject = match who {
            Participant::Store(store) => format!("plaza.cmd.store.{store}.{verb}"),
            Participant::Bank => format!("plaza.cmd.bank.{verb}"),
        };
        let outside: &MemoryOutside = life.outside();
        life.call(outside.answer(&subject, body.as_bytes())).await;
    }
}
