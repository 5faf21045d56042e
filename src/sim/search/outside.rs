//! Outside services of a plan: they hear requests to confirm, and answer one way after the other.

use super::plan::{Outside, Way};
use super::referee::Referee;
use crate::bus::outside::memory::MemoryOutside;
use crate::domain::ids::OrderId;
use crate::domain::order::{Reason, Request};
use crate::domain::participant::Participant;
use crate::domain::time::Timestamp;
use crate::sim::door::Door;
use crate::sim::door::mall::MallDoor;
use crate::sim::world::Life;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;

/// The outside services of a run.
pub struct Services {
    door: Rc<MallDoor>,
    manners: BTreeMap<Participant, Outside>,
    /// How many requests each has had.
    had: RefCell<BTreeMap<Participant, usize>>,
    referee: Arc<Mutex<Referee>>,
}

impl Services {
    /// Services that answer in their manners through the mall behind `door`; the referee hears what they hear and say.
    #[must_use]
    pub fn new(door: Rc<MallDoor>, manners: BTreeMap<Participant, Outside>, referee: Arc<Mutex<Referee>>) -> Rc<Self> {
        Rc::new(Self { door, manners, had: RefCell::default(), referee })
    }

    fn referee(&self) -> MutexGuard<'_, Referee> {
        self.referee.lock().unwrap_or_else(PoisonError::into_inner)
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
                // What was sent before the end has arrived.
                let heard = tokio::select! {
                    biased;
                    heard = requests.recv() => heard,
                    () = life.ended() => return,
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
        self.referee().told(request, self.door.now());
        let (who, order, answer_by) = match request {
            Request::Confirm(asked) => (Participant::Store(asked.store_id), asked.order_id, asked.answer_by),
            Request::Hold(asked) => (Participant::Bank, asked.order_id, asked.answer_by),
            _ => return,
        };
        let Some(manner) = self.manners.get(&who) else { return };
        let mut had = self.had.borrow_mut();
        let number = had.entry(who).or_default();
        let way = manner.ways.get(*number % manner.ways.len().max(1)).copied().unwrap_or(Way::Never);
        *number += 1;
        let (services, life, after) = (self.clone(), life.clone(), manner.after_ms);
        tokio::task::spawn_local(async move { services.answer(&life, who, order, answer_by, way, after).await });
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
        let yes = || self.say(life, who, order, None);
        let no = || self.say(life, who, order, Some(no_of(who)));
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
            Way::Nonsense => _ = self.send(life, who, "confirm", "{\"order_id\":17}").await,
            Way::Never => {}
        }
    }

    /// Agrees, or refuses for a reason.
    async fn say(&self, life: &Life, who: Participant, order: OrderId, refuses: Option<Reason>) {
        let which = self.referee().says(who, order, refuses);
        let taken = match refuses {
            None => self.send(life, who, "confirm", &format!("{{\"order_id\":\"{order}\"}}")).await,
            Some(reason) => {
                let body = format!("{{\"order_id\":\"{order}\",\"reason\":\"{reason}\"}}");
                self.send(life, who, "reject", &body).await
            }
        };
        if taken {
            self.referee().took(who, order, which, self.door.now());
        }
    }

    /// Answers whether the mall took it.
    async fn send(&self, life: &Life, who: Participant, verb: &str, body: &str) -> bool {
        // A service that finds the mall closed gives up; a broker would keep its answer.
        if life.is_over() {
            return false;
        }
        let subject = match who {
            Participant::Store(store) => format!("plaza.cmd.store.{store}.{verb}"),
            Participant::Bank => format!("plaza.cmd.bank.{verb}"),
        };
        let outside: &MemoryOutside = life.outside();
        life.call(outside.answer(&subject, body.as_bytes())).await.unwrap_or(false)
    }
}

/// Why an outside service refuses that does.
const fn no_of(who: Participant) -> Reason {
    match who {
        Participant::Bank => Reason::NotEnoughMoney,
        Participant::Store(_) => Reason::OutOfStock,
    }
}
