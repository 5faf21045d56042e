//! Sends shoppers into a mall, each when its time has come, whatever the mall answers the others: an open model.

use super::door::{Asked, Door, Since};
use super::shopping::call::{Answer, Call};
use super::shopping::errand::Errand;
use super::shopping::shopper::{News, Shopper, Step};
use crate::domain::ids::CustomerId;
use crate::ports::stop::Stop;
use futures_util::future::{join_all, select_all};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// The pause before a request is sent again; it doubles up to [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_millis(200);
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// How long a shopper asks for the same before it goes home.
const PATIENCE: Duration = Duration::from_mins(10);

/// A shopper that panics is a defect of the run, and ends it.
const SOUND: &str = "no shopper panics";

/// How shoppers are let in.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// The most that are under way at a time.
    pub most: usize,
    /// What becomes of those beyond.
    pub beyond: Beyond,
    /// How fast they come.
    pub pace: Pace,
}

impl Crowd {
    /// Everybody, at their times.
    pub const ALL: Self = Self { most: usize::MAX, beyond: Beyond::Dropped, pace: Pace::Plain };
}

/// What becomes of a shopper who comes when as many as may be are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// It is not let in, which is counted.
    Dropped,
    /// It waits at the door until somebody has gone, and everybody behind it.
    Waits,
}

/// How fast shoppers come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Each at its time.
    Plain,
    /// So many times as fast.
    Times(f64),
    /// As fast as they are let in.
    AtOnce,
}

impl Pace {
    /// How long it takes until somebody comes who comes so long after the opening.
    #[must_use]
    pub fn of(self, after: Duration) -> Duration {
        match self {
            Self::Plain => after,
            Self::Times(times) => after.div_f64(times),
            Self::AtOnce => Duration::ZERO,
        }
    }
}

/// How long an answer took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// From when the step was to begin: before it was sent first, by whatever it had to wait for.
    pub since_intended: Duration,
    /// From when it was sent this time.
    pub since_sent: Duration,
}

/// Looks on while shoppers walk.
pub trait Notes {
    /// A shopper has come.
    fn came(&self, _errand: &Errand) {}
    /// A shopper could not be let in: as many as may be were under way.
    fn dropped(&self, _errand: &Errand) {}
    /// A request is sent; again, when it was sent before.
    fn asked(&self, _errand: &Errand, _call: &Call, _again: bool) {}
    /// A step begins so much later than it was to, which is the driver's own doing.
    fn began(&self, _late: Duration) {}
    /// A request was answered.
    fn answered(&self, _errand: &Errand, _call: &Call, _answer: &Answer, _took: Took) {}
    /// Somebody asks no more, and was not answered: nobody knows whether it was done.
    fn gave_up(&self, _errand: &Errand, _call: &Call) {}
    /// A shopper has gone.
    fn gone(&self, _errand: &Errand) {}
}

/// Who drives.
pub struct Driver<D, N> {
    door: Rc<D>,
    notes: Rc<N>,
    run: String,
    customers: RefCell<BTreeMap<u64, CustomerId>>,
    under_way: Rc<Cell<usize>>,
    closes: Vec<Stop>,
}

impl<D: Door + 'static, N: Notes + 'static> Driver<D, N> {
    /// A driver into a mall; `run` starts the keys and the names of its shoppers.
    #[must_use]
    pub fn new(door: Rc<D>, notes: Rc<N>, run: &str) -> Rc<Self> {
        Self::closing(door, notes, run, Vec::new())
    }

    /// The same, who lets nobody in any more once one of the signals is given.
    #[must_use]
    pub fn closing(door: Rc<D>, notes: Rc<N>, run: &str, closes: Vec<Stop>) -> Rc<Self> {
        let (customers, under_way) = (RefCell::default(), Rc::default());
        Rc::new(Self { door, notes, run: run.to_owned(), customers, under_way, closes })
    }

    /// Another one through the same door, for shoppers of other names; those of both are under way together.
    #[must_use]
    pub fn again(&self, run: &str, closes: Vec<Stop>) -> Rc<Self> {
        let (door, notes, under_way) = (self.door.clone(), self.notes.clone(), self.under_way.clone());
        Rc::new(Self { door, notes, run: run.to_owned(), customers: RefCell::default(), under_way, closes })
    }

    fn now(&self) -> Since {
        Since { at: Instant::now(), time: self.door.now() }
    }

    /// Returns once nobody is let in any more.
    async fn closed(&self) {
        let closed = self.closes.iter().map(|stop| Box::pin(stop.stopped()));
        match closed.len() {
            0 => std::future::pending().await,
            _ => _ = select_all(closed).await,
        }
    }

    /// Sends shoppers, who are in the order of their times, and returns once all have gone.
    pub async fn send(self: &Rc<Self>, errands: impl IntoIterator<Item = Errand>, crowd: Crowd) {
        self.send_since(self.now(), errands, crowd).await;
    }

    /// The same, by times that count from then on.
    pub async fn send_since(self: &Rc<Self>, opening: Since, errands: impl IntoIterator<Item = Errand>, crowd: Crowd) {
        let mut walks = JoinSet::new();
        for errand in errands {
            let comes = tokio::select! {
                biased;
                () = self.closed() => break,
                due = self.door.passed(opening, crowd.pace.of(Duration::from_millis(errand.at_ms))) => due,
            };
            while let Some(walked) = walks.try_join_next() {
                walked.expect(SOUND);
            }
            let is_full = self.under_way.get() >= crowd.most;
            let comes = match crowd.beyond {
                Beyond::Dropped if is_full => {
                    self.notes.dropped(&errand);
                    continue;
                }
                Beyond::Dropped => comes,
                Beyond::Waits => {
                    if is_full && let Some(walked) = walks.join_next().await {
                        walked.expect(SOUND);
                    }
                    // It comes when there is room for it.
                    comes.max(Instant::now())
                }
            };
            if self.closes.iter().any(Stop::is_stopped) {
                break;
            }
            self.under_way.set(self.under_way.get() + 1);
            let driver = self.clone();
            let is_planned = crowd.beyond == Beyond::Dropped;
            walks.spawn_local(async move {
                if is_planned {
                    driver.notes.began(comes.elapsed());
                }
                driver.walk(errand, comes).await;
                driver.under_way.set(driver.under_way.get() - 1);
            });
        }
        while let Some(walked) = walks.join_next().await {
            walked.expect(SOUND);
        }
    }

    async fn walk(&self, errand: Errand, comes: Instant) {
        self.notes.came(&errand);
        // When the next step is to begin: after what was before, and the thought.
        let mut begins = comes;
        let known = self.customers.borrow().get(&errand.customer()).copied();
        let price = self.door.price(&errand.lines);
        let mut shopper = Shopper::new(&self.run, errand, price, known);
        let mut news = News::Time(self.door.now());
        loop {
            news = match shopper.next(news) {
                Step::Think(ms) => {
                    begins = self.door.passed(self.now(), Duration::from_millis(ms)).await;
                    self.notes.began(begins.elapsed());
                    News::Time(self.door.now())
                }
                Step::Until(time) => {
                    self.door.until(time).await;
                    begins = Instant::now();
                    News::Time(self.door.now())
                }
                Step::Verdict(order, until) => {
                    let verdict = self.door.verdict(order);
                    let news = tokio::select! {
                        biased;
                        verdict = verdict => News::Verdict(verdict, self.door.now()),
                        () = self.door.until(until) => News::Time(self.door.now()),
                    };
                    begins = Instant::now();
                    news
                }
                Step::Ask(calls) => {
                    let asked = calls.iter().map(|call| self.insist(shopper.errand(), call, begins));
                    let answers = join_all(asked).await;
                    begins = Instant::now();
                    News::Answers(answers, self.door.now())
                }
                Step::Leave => break,
            };
            if let Some(customer) = shopper.customer() {
                self.customers.borrow_mut().insert(shopper.errand().customer(), customer);
            }
        }
        self.notes.gone(shopper.errand());
    }

    /// Asks until there is an answer, as long as whoever asks has patience for; it was to begin at `begins`.
    async fn insist(&self, errand: &Errand, call: &Call, begins: Instant) -> Answer {
        let (began, mut pause, mut breaks_off) = (Instant::now(), PAUSE, call.breaks_off);
        for again in std::iter::once(false).chain(std::iter::repeat(true)) {
            self.notes.asked(errand, call, again);
            let tried = Instant::now();
            let asked = self.door.ask(call);
            let Asked { answer, sent } = match breaks_off.take() {
                Some(ms) => timeout(Duration::from_millis(ms), asked).await.unwrap_or(Asked::unanswered(tried)),
                None => asked.await,
            };
            let took = Took { since_intended: begins.elapsed(), since_sent: sent.elapsed() };
            self.notes.answered(errand, call, &answer, took);
            if answer.is_final() {
                return answer;
            }
            if !call.insists || began.elapsed() >= PATIENCE {
                self.notes.gave_up(errand, call);
                return answer;
            }
            sleep(pause).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
        unreachable!("it is asked for ever, or answered")
    }
}
