//! What goes wrong within a world, between the actors and on the way to the database: as it is asked for, and counted when
//! it truly strikes. What goes wrong at the journal is in `journal`.

use super::trace::Trace;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::reads::Gate;
use crate::domain::ids::{OrderId, StoreId};
use crate::domain::order::{Obligation, Work};
use crate::domain::personality::Draw;
use crate::ports::witness::{Actors, Mishap, Moment, Witness};
use crate::sim::chance::Chance;
use futures_util::future::BoxFuture;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// For so long, and so often.
#[derive(Debug)]
struct Spell {
    until: Instant,
    /// Of a thousand.
    per_mille: u64,
}

impl Spell {
    fn of(span: Duration, per_mille: u64) -> Self {
        Self { until: Instant::now() + span, per_mille }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.until
    }

    /// Whether it strikes what draws from `chance`.
    fn strikes(&self, chance: &mut Chance) -> bool {
        !self.is_over() && chance.below(1_000) < self.per_mille
    }
}

/// What befalls questions and answers between orders and participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Questions take up to so many milliseconds, so that they overtake each other.
    LateQuestions(u64),
    /// Answers take up to so many milliseconds.
    LateAnswers(u64),
    /// Questions never arrive.
    LostQuestions,
    /// What was asked is done, and nobody hears of it.
    LostAnswers,
}

impl Trouble {
    const fn name(self) -> &'static str {
        match self {
            Self::LateQuestions(_) => "question late",
            Self::LateAnswers(_) => "answer late",
            Self::LostQuestions => "question lost",
            Self::LostAnswers => "answer lost",
        }
    }
}

/// The payload of a panic that was asked for: nobody has to report it.
#[derive(Debug)]
pub struct Planned;

#[derive(Default)]
struct State {
    /// How many turns of a kind of actor are still to fail.
    panics: BTreeMap<Actors, u32>,
    /// Each with the number of its fault: whom it strikes is drawn by name, so that who is left out moves nobody else.
    troubles: Vec<(Trouble, u64, Spell)>,
    reads: Vec<(DbErrorKind, Chance, Spell)>,
    /// What orders draw their luck from, by order.
    draws: BTreeMap<OrderId, Draw>,
    /// How often each fault could have befallen each work of each order.
    tries: BTreeMap<(u64, OrderId, Work), u64>,
    struck: BTreeMap<&'static str, u64>,
    /// When the newest question of an order arrives at a participant: questions of one to another keep their order, as
    /// messages to an actor do. Those of different orders overtake each other.
    arrives: BTreeMap<(OrderId, Option<StoreId>), Instant>,
    /// How often each order asked a participant since they are counted.
    asked: Option<BTreeMap<OrderId, u64>>,
}

/// What goes wrong in a world.
pub struct Mischief {
    trace: Arc<Trace>,
    seed: u64,
    /// The most turns that every way to the database and to participants gives others first.
    yields: u64,
    turns: Mutex<Chance>,
    state: Mutex<State>,
    /// Whether what is committed is announced to nobody.
    is_mute: AtomicBool,
    /// Who is told of what strikes.
    told: OnceLock<Box<dyn Fn(&'static str) + Send + Sync>>,
}

impl Mischief {
    /// Nothing goes wrong yet. Whoever passes a port of the mall lets others go first, up to `yields` times.
    #[must_use]
    pub fn new(seed: u64, yields: u64, trace: Arc<Trace>) -> Self {
        let turns = Mutex::new(Chance::of(seed, "yields", 0));
        Self {
            trace,
            seed,
            yields,
            turns,
            state: Mutex::default(),
            is_mute: AtomicBool::new(false),
            told: OnceLock::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the next `times` turns of a kind of actor fail by a panic.
    pub fn panic(&self, of: Actors, times: u32) {
        *self.state().panics.entry(of).or_default() += times;
    }

    /// Says what an order draws its luck from.
    pub fn knows(&self, order: OrderId, draw: Draw) {
        self.state().draws.insert(order, draw);
    }

    /// Has a trouble befall so many of a thousand questions or answers for a while; `fault` numbers it.
    pub fn trouble(&self, trouble: Trouble, span: Duration, per_mille: u64, fault: u64) {
        self.state().troubles.push((trouble, fault, Spell::of(span, per_mille)));
    }

    /// Has so many of a thousand queries fail for a while.
    pub fn reads_fail(&self, kind: DbErrorKind, span: Duration, per_mille: u64, chance: Chance) {
        self.state().reads.push((kind, chance, Spell::of(span, per_mille)));
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        let mut state = self.state();
        state.panics.clear();
        state.troubles.clear();
        state.reads.clear();
    }

    /// Has what is committed be announced to nobody, or again to all.
    pub fn mute(&self, is_mute: bool) {
        self.is_mute.store(is_mute, Ordering::Relaxed);
    }

    /// Whether what is committed is announced to nobody.
    #[must_use]
    pub fn is_mute(&self) -> bool {
        self.is_mute.load(Ordering::Relaxed)
    }

    /// Has `told` be told of what strikes; the first to ask is.
    pub fn tell(&self, told: impl Fn(&'static str) + Send + Sync + 'static) {
        // Whoever asks later hears nothing.
        let _ = self.told.set(Box::new(told));
    }

    /// Notes what happens in the trace.
    pub fn note(&self, what: std::fmt::Arguments<'_>) {
        self.trace.note(what);
    }

    /// Notes that something that was asked for truly struck.
    pub fn struck(&self, what: &'static str) {
        *self.state().struck.entry(what).or_default() += 1;
        self.trace.note(format_args!("struck by {what}"));
        if let Some(told) = self.told.get() {
            told(what);
        }
    }

    /// What struck so far, and how often.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<&'static str, u64> {
        self.state().struck.clone()
    }

    /// Counts from now on how often orders ask.
    pub fn count_questions(&self) {
        self.state().asked = Some(BTreeMap::new());
    }

    /// The order that asked most often since they are counted, and how often.
    #[must_use]
    pub fn most_asked(&self) -> Option<(OrderId, u64)> {
        let state = self.state();
        state.asked.iter().flatten().map(|(order, times)| (*order, *times)).max_by_key(|(_, times)| *times)
    }

    fn fails(&self, of: Actors) -> bool {
        let mut state = self.state();
        let Some(left) = state.panics.get_mut(&of).filter(|left| **left > 0) else { return false };
        *left -= 1;
        true
    }

    /// Lets others go first, as often as is drawn.
    async fn let_others_go_first(&self) {
        if self.yields == 0 {
            return;
        }
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner).below(self.yields + 1);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

/// The store that is asked, if it is not the bank.
const fn store_of(work: Work) -> Option<StoreId> {
    match work {
        Work::ConfirmItems(store)
        | Work::Meet(Obligation::ReleaseStock { store_id: store } | Obligation::ShipStock { store_id: store }) => {
            Some(store)
        }
        _ => None,
    }
}

impl Witness for Mischief {
    fn saw(&self, moment: Moment) {
        self.trace.saw(moment);
        if let Moment::Asked { order_id, .. } = moment
            && let Some(asked) = &mut self.state().asked
        {
            *asked.entry(order_id).or_default() += 1;
        }
        if let Moment::Turn { of } = moment
            && self.fails(of)
        {
            self.struck(match of {
                Actors::Store => "panic of a store",
                Actors::Payment => "panic of an authorization",
                Actors::Basket => "panic of a basket",
                Actors::Order => "panic of an order",
            });
            std::panic::resume_unwind(Box::new(Planned));
        }
    }

    fn befalls(&self, moment: Moment) -> Option<Mishap> {
        let (asked, order, work) = match moment {
            Moment::Asked { order_id, work } => (true, order_id, work),
            Moment::Answered { order_id, work, .. } => (false, order_id, work),
            _ => return None,
        };
        let mut mishap = Mishap::default();
        let mut struck = Vec::new();
        let mut state = self.state();
        let State { troubles, arrives, draws, tries, .. } = &mut *state;
        troubles.retain(|(.., spell)| !spell.is_over());
        let concerns = |(trouble, ..): &&mut (Trouble, u64, Spell)| {
            matches!(trouble, Trouble::LateQuestions(_) | Trouble::LostQuestions) == asked
        };
        for (trouble, fault, spell) in troubles.iter_mut().filter(concerns) {
            let time = tries.entry((*fault, order, work)).or_default();
            *time += 1;
            let draw = draws.get(&order).copied().unwrap_or(Draw::of_order(order));
            let mut chance = Chance::of(self.seed, &format!("fault {fault} befalls {draw:?}, {work:?}"), *time);
            if !spell.strikes(&mut chance) {
                continue;
            }
            match trouble {
                Trouble::LateQuestions(most) | Trouble::LateAnswers(most) => {
                    mishap.late += Duration::from_millis(1 + chance.below(*most));
                }
                Trouble::LostQuestions | Trouble::LostAnswers => mishap.lost = true,
            }
            struck.push(trouble.name());
        }
        if asked {
            let now = Instant::now();
            let before = arrives.get(&(order, store_of(work))).copied().unwrap_or(now);
            if before > now || !mishap.late.is_zero() {
                let at = (now + mishap.late).max(before + Duration::from_millis(1));
                arrives.insert((order, store_of(work)), at);
                mishap.late = at.saturating_duration_since(now);
            }
        }
        drop(state);
        for what in &struck {
            self.struck(what);
        }
        (mishap != Mishap::default()).then_some(mishap)
    }
}

impl Gate for Mischief {
    fn pass(&self) -> BoxFuture<'_, Result<(), DbError>> {
        Box::pin(async {
            self.let_others_go_first().await;
            let fails =
                self.state().reads.iter_mut().find_map(|(kind, chance, spell)| spell.strikes(chance).then_some(*kind));
            match fails {
                None => Ok(()),
                Some(kind) => {
                    self.struck("query failed");
                    Err(DbError::new(kind, "the world has it fail"))
                }
            }
        })
    }
}
