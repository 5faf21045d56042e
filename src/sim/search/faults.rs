//! Carries out the faults of a plan, each when its time has come.

use super::fault::{Fault, Kind, Spell, Strike};
use super::referee::Referee;
use super::referee::asked::Acknowledged;
use crate::actors::error::MallError;
use crate::actors::mall::timekeeper::Until;
use crate::actors::order_saga::TimerDue;
use crate::bus::outside::requests;
use crate::db::error::DbErrorKind;
use crate::domain::clock::Speed;
use crate::domain::ids::OrderId;
use crate::domain::money::Money;
use crate::domain::participant::Participant;
use crate::domain::store::{ProductEdit, StoreCommand};
use crate::ports::changes::{Change, Cursor};
use crate::ports::journal::{Append, Journal};
use crate::ports::witness::Actors;
use crate::sim::chance::Chance;
use crate::sim::door::Door;
use crate::sim::door::mall::MallDoor;
use crate::sim::door::shelf::Shelf;
use crate::sim::shopping::errand::Wanted;
use crate::sim::staff::{admit, quiet};
use crate::sim::world::journal::Fault as JournalFault;
use crate::sim::world::mischief::Trouble;
use crate::sim::world::{Life, World};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

/// What the events of whoever runs the mall name as their cause.
pub const WHY: &str = "plan";
/// How long a mall is closed that died of nothing that says so.
const DOWN: Duration = Duration::from_secs(1);

/// Who carries faults out.
pub struct Mischance {
    door: Rc<MallDoor>,
    referee: Arc<Mutex<Referee>>,
    seed: u64,
    /// How long the mall is closed after its next death, and after how long it dies again.
    next: Cell<(Option<Duration>, Option<Duration>)>,
    /// Faults that have begun.
    begun: RefCell<JoinSet<()>>,
}

impl Mischance {
    /// Faults of a run.
    #[must_use]
    pub fn new(door: Rc<MallDoor>, referee: Arc<Mutex<Referee>>, seed: u64) -> Rc<Self> {
        Rc::new(Self { door, referee, seed, next: Cell::default(), begun: RefCell::default() })
    }

    fn world(&self) -> &Rc<World> {
        self.door.world()
    }

    fn shelf(&self) -> &Rc<Shelf> {
        self.door.shelf()
    }

    /// How long the mall is closed now that it died, and after how long it dies again.
    pub fn down(&self) -> (Duration, Option<Duration>) {
        let (down, again) = self.next.take();
        (down.unwrap_or(DOWN), again)
    }

    /// Carries faults out, which are in the order of their times.
    pub async fn strike_all(self: &Rc<Self>, opening: Instant, strikes: Vec<Strike>) {
        for strike in strikes {
            sleep_until(opening + Duration::from_millis(strike.at_ms)).await;
            // While the mall is closed nothing can befall it.
            let Some(life) = self.world().present().filter(|life| !life.is_over()) else { continue };
            let mischance = self.clone();
            self.begun.borrow_mut().spawn_local(async move { mischance.strike(&life, strike).await });
            // What begins at once begins in the order of the plan.
            tokio::task::yield_now().await;
        }
    }

    /// What has begun and would go on does not.
    pub fn stop(&self) {
        self.begun.borrow_mut().abort_all();
    }

    fn struck(&self, fault: &Fault) {
        self.world().mischief().struck(fault.name());
    }

    async fn strike(&self, life: &Rc<Life>, Strike { number, fault, .. }: Strike) {
        let ms = Duration::from_millis;
        let mischief = self.world().mischief();
        match &fault {
            Fault::Crash { down_ms, again_ms } => {
                self.next.set((Some(ms(*down_ms)), again_ms.map(ms)));
                self.struck(&fault);
                life.journal().end();
            }
            Fault::CrashAtCommit { written, down_ms } => {
                self.next.set((Some(ms(*down_ms)), None));
                life.journal().strike(if *written { JournalFault::EndAfter } else { JournalFault::EndBefore });
            }
            Fault::PowerCut { down_ms } => {
                self.next.set((Some(ms(*down_ms)), None));
                life.journal().strike(JournalFault::PowerCut);
            }
            Fault::LoseAnswers { for_ms, down_ms } => {
                life.journal().strike(JournalFault::LoseAnswers);
                sleep(ms(*for_ms)).await;
                self.next.set((Some(ms(*down_ms)), None));
                life.journal().end();
            }
            Fault::Stall { for_ms } => {
                life.journal().stall();
                sleep(ms(*for_ms)).await;
                life.journal().go_on();
            }
            Fault::Refuse { appends } => (0..*appends).for_each(|_| life.journal().strike(JournalFault::RefuseOne)),
            Fault::Reads { for_ms, per_mille, away } => {
                let kind = if *away { DbErrorKind::Unavailable } else { DbErrorKind::Busy };
                mischief.reads_fail(kind, ms(*for_ms), *per_mille, self.chance(number));
            }
            Fault::Panic { of, turns } => {
                let of = match of {
                    Kind::Store => Actors::Store,
                    Kind::Payment => Actors::Payment,
                    Kind::Basket => Actors::Basket,
                    Kind::Order => Actors::Order,
                };
                mischief.panic(of, *turns);
            }
            Fault::Sleep => {
                life.mall().sweep(Duration::ZERO);
                self.struck(&fault);
            }
            Fault::WallClock { by_ms } => {
                self.world().clock().set(by_ms.saturating_mul(1_000));
                self.struck(&fault);
            }
            Fault::LateQuestions(spell) => self.trouble(Trouble::LateQuestions(spell.ms), *spell, number),
            Fault::LateAnswers(spell) => self.trouble(Trouble::LateAnswers(spell.ms), *spell, number),
            Fault::LostQuestions(spell) => self.trouble(Trouble::LostQuestions, *spell, number),
            Fault::LostAnswers(spell) => self.trouble(Trouble::LostAnswers, *spell, number),
            Fault::WakeUpLost => {
                if let Some(order) = self.an_open_order(number) {
                    life.mall().timers().forget(order);
                    self.struck(&fault);
                }
            }
            Fault::WakeUpEarly => self.wake_early(life, number, &fault),
            Fault::Gap { for_ms } => {
                self.world().open_gap();
                sleep(ms(*for_ms)).await;
                self.world().close_gap();
            }
            Fault::CursorLost => {
                let cursor = Cursor { consumer: requests::CONSUMER, position: 0 };
                let append = Append { changes: vec![Change::Cursor(cursor)], ..Append::default() };
                if let Some(Ok(Ok(()))) = life.call(life.journal().submit(append)).await {
                    self.struck(&fault);
                }
            }
            done => {
                let told = life.call(self.ask_the_mall(life, done)).await;
                // What is refused (the store has closed) did not strike.
                if let Some(Ok(())) = told {
                    self.struck(done);
                }
            }
        }
    }

    fn chance(&self, number: u64) -> Chance {
        Chance::of(self.seed, "fault", number)
    }

    fn trouble(&self, trouble: Trouble, spell: Spell, number: u64) {
        let span = Duration::from_millis(spell.for_ms);
        self.world().mischief().trouble(trouble, span, spell.per_mille, number);
    }

    /// One of the orders that are not settled, drawn by the number of the fault.
    fn an_open_order(&self, number: u64) -> Option<OrderId> {
        let referee = self.referee.lock().unwrap_or_else(PoisonError::into_inner);
        let open: Vec<_> =
            referee.orders().values().filter(|order| !order.is_settled()).map(|order| order.id).collect();
        let at = self.chance(number).below(open.len() as u64);
        open.get(usize::try_from(at).unwrap_or_default()).copied()
    }

    fn wake_early(&self, life: &Life, number: u64, fault: &Fault) {
        let Some(order) = self.an_open_order(number) else { return };
        for _ in 0..2 {
            let Ok(saga) = life.mall().orders().get(order) else { return };
            let told = saga.addr().send(TimerDue { hears: oneshot::channel().0 });
            tokio::task::spawn_local(async move {
                // An actor that died hears nothing.
                let _ = told.await;
            });
        }
        self.struck(fault);
    }

    /// What administrators do. An order of events of theirs is tried once.
    async fn ask_the_mall(&self, life: &Life, fault: &Fault) -> Result<(), MallError> {
        let (mall, asked_us) = (life.mall(), self.world().clock().elapsed_us());
        let by = || admit(life.mall(), WHY);
        let done = match fault {
            Fault::Behave { store, personality } => {
                let who = self.participant(*store);
                mall.set_personality(who, personality.clone(), None, quiet(|_| ()), by()?).await?;
                vec![Acknowledged::Behaves(who, Box::new(personality.clone()))]
            }
            Fault::Outage { store, for_ms, mode } => {
                let who = self.participant(*store);
                mall.add_outage(who, Duration::from_millis(*for_ms), *mode, None, quiet(|_| ()), by()?).await?;
                vec![Acknowledged::Out(who, *mode, *for_ms)]
            }
            Fault::Edit { store, product, price, stock } => {
                let Some((store, item)) = self.item(*store, *product) else { return Err(MallError::Busy) };
                let edit = ProductEdit {
                    price: price.map(|price| Money::new(price, mall.currency())),
                    stock: *stock,
                    ..ProductEdit::default()
                };
                mall.administer(store, StoreCommand::EditProduct(item, edit), None, quiet(|_| ()), by()?).await?;
                let price = price.map(|price| Acknowledged::Price(item, price));
                price.into_iter().chain(stock.map(|stock| Acknowledged::Stock(item, stock))).collect()
            }
            Fault::ArchiveProduct { store, product } => {
                let Some((store, item)) = self.item(*store, *product) else { return Err(MallError::Busy) };
                mall.administer(store, StoreCommand::ArchiveProducts(vec![item]), None, quiet(|_| ()), by()?).await?;
                vec![Acknowledged::ProductGone(item)]
            }
            Fault::CloseStore { store } => {
                let Some(store) = self.shelf().store(*store) else { return Err(MallError::Busy) };
                mall.archive_store(store, None, quiet(|_| ()), by()?).await?;
                vec![Acknowledged::StoreCloses(store)]
            }
            Fault::Speed { thousandths } => {
                let speed = Speed::new(speed_of(*thousandths)).unwrap_or(Speed::PLAIN);
                mall.set_speed(speed, None, by()?).await?;
                vec![Acknowledged::Runs(speed)]
            }
            Fault::Advance { by_ms } => {
                mall.advance(Until::By(Duration::from_millis(*by_ms)), by()?).await?;
                vec![Acknowledged::Advances]
            }
            _ => Vec::new(),
        };
        let now = self.door.now();
        let mut referee = self.referee.lock().unwrap_or_else(PoisonError::into_inner);
        for done in &done {
            referee.acknowledged(done, asked_us, now);
        }
        Ok(())
    }

    fn participant(&self, store: Option<u32>) -> Participant {
        let store = store.map(|store| self.shelf().store(store).expect("a plan names stores that are there"));
        store.map_or(Participant::Bank, Participant::Store)
    }

    fn item(&self, store: u32, product: u32) -> Option<(crate::domain::ids::StoreId, crate::domain::ids::ProductId)> {
        let item = self.shelf().item(Wanted { store, product, quantity: 1 })?;
        Some((self.shelf().store(store)?, item.id))
    }
}

/// A speed of so many thousandths.
#[allow(clippy::cast_precision_loss, reason = "at most a million")]
fn speed_of(thousandths: u64) -> f64 {
    thousandths as f64 / 1_000.0
}
