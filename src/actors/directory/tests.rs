//! Actors that are woken, passivated, busy, and that fail.

use super::*;
use crate::ports::journal::Reliance;
use crate::ports::reads::ReadError;
use crate::sim::world;
use actix::ActorContext;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What the probes share: how often they were woken and loaded, and how a load ends.
#[derive(Default)]
struct Ward {
    /// Appends of a probe that are not written yet.
    unwritten: Mutex<Vec<Reliance>>,
    woken: AtomicUsize,
    loaded: AtomicUsize,
    is_away: AtomicBool,
    is_busy: AtomicBool,
}

struct Probe {
    ward: Arc<Ward>,
    presence: Presence,
    state: Option<u64>,
}

impl Actor for Probe {
    type Context = Context<Self>;
}

impl Resident for Probe {
    type Id = u64;
    type Shared = Ward;
    type State = u64;

    fn wake(_id: u64, ward: Arc<Ward>, presence: Presence, newborn: bool) -> Self {
        ward.woken.fetch_add(1, Ordering::Relaxed);
        Self { ward, presence, state: newborn.then_some(0) }
    }

    fn read(ward: &Ward, id: u64) -> Read<'_, Option<u64>> {
        Box::pin(async move {
            ward.loaded.fetch_add(1, Ordering::Relaxed);
            let kind = match (ward.is_away.load(Ordering::Relaxed), ward.is_busy.load(Ordering::Relaxed)) {
                (true, _) => ReadErrorKind::Unavailable,
                (_, true) => ReadErrorKind::Busy,
                _ => return Ok(Some(id)),
            };
            Err(ReadError { kind, source: "as the test wants it".into() })
        })
    }

    fn take(&mut self, state: Option<u64>) {
        self.state = state;
    }
}

#[derive(Clone, Message)]
#[rtype(result = "Result<Option<u64>, MallError>")]
enum Ask {
    State,
    Die,
    /// Hands something over that is not written before it dies.
    DieWriting,
    Void,
    /// Takes a while, and answers with what it knows then.
    Slow,
}

/// Asks on which thread an actor lives.
#[derive(Message)]
#[rtype(result = "Option<std::thread::ThreadId>")]
struct Where;

impl Handler<Where> for Probe {
    type Result = Option<std::thread::ThreadId>;

    fn handle(&mut self, _: Where, _: &mut Self::Context) -> Self::Result {
        Some(std::thread::current().id())
    }
}

impl Handler<Ask> for Probe {
    type Result = Result<Option<u64>, MallError>;

    fn handle(&mut self, message: Ask, ctx: &mut Self::Context) -> Self::Result {
        self.presence.check()?;
        match message {
            Ask::State => {}
            Ask::Slow => ctx.wait(tokio::time::sleep(IDLE * 2).into_actor(self)),
            Ask::Die => ctx.terminate(),
            Ask::DieWriting => {
                self.ward.unwritten.lock().unwrap().push(self.presence.relied_on());
                ctx.terminate();
            }
            Ask::Void => self.presence.fail(),
        }
        Ok(self.state)
    }
}

const IDLE: Duration = Duration::from_secs(10);

/// A directory of probes.
struct Bed {
    ward: Arc<Ward>,
    directory: Directory<Probe>,
}

impl Bed {
    fn open() -> Self {
        let ward = Arc::new(Ward::default());
        let here = [actix::Arbiter::current()];
        let directory = Directory::new(&Arc::new(Quarters::new(here.to_vec())), ward.clone());
        Self { ward, directory }
    }

    async fn ask(&self, id: u64, message: Ask) -> Result<Option<u64>, MallError> {
        let lease = self.directory.get(id)?;
        lease.addr().send(message).await.map_err(|_closed| MallError::ActorFailed)?
    }

    fn sweep(&self) -> usize {
        self.directory.sweep(IDLE)
    }

    fn woken(&self) -> usize {
        self.ward.woken.load(Ordering::Relaxed)
    }
}

async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[test]
fn an_actor_is_woken_once_and_passivated_when_it_is_idle() {
    world::run(async {
        let bed = Bed::open();
        for id in 0..40 {
            assert_eq!(bed.ask(id, Ask::State).await.unwrap(), Some(id));
            assert_eq!(bed.ask(id, Ask::State).await.unwrap(), Some(id));
        }
        assert_eq!((bed.woken(), bed.directory.awake()), (40, 40));
        pass(IDLE / 2).await;
        assert_eq!(bed.ask(7, Ask::State).await.unwrap(), Some(7));
        assert_eq!(bed.sweep(), 0);
        pass(IDLE / 2).await;
        assert_eq!(bed.sweep(), 39, "all but the one that was used");
        assert_eq!(bed.directory.awake(), 1);
        assert_eq!(bed.ask(8, Ask::State).await.unwrap(), Some(8));
        assert_eq!((bed.woken(), bed.directory.awake()), (41, 2));
        bed.directory.clear();
        assert_eq!(bed.directory.awake(), 0);
    });
}

#[test]
fn one_that_is_needed_is_not_passivated() {
    world::run(async {
        let bed = Bed::open();
        let lease = bed.directory.get(1).unwrap();
        drop(bed.directory.get(2).unwrap());
        let busy = bed.directory.shard(hash(2_u64)).awake[&2].presence.busy();
        pass(IDLE * 3).await;
        assert_eq!(bed.sweep(), 0);
        drop(lease);
        assert_eq!(bed.sweep(), 1);
        drop(busy);
        assert_eq!((bed.sweep(), bed.directory.awake()), (1, 0));
    });
}

#[test]
fn a_passivated_actor_ends() {
    world::run(async {
        let bed = Bed::open();
        let address = bed.directory.get(1).unwrap().addr().downgrade();
        pass(IDLE).await;
        assert!(address.upgrade().is_some());
        assert_eq!(bed.sweep(), 1);
        pass(Duration::from_millis(1)).await;
        assert!(address.upgrade().is_none(), "nobody holds it");
    });
}

#[test]
fn one_that_dies_again_and_again_is_left_alone_for_a_minute() {
    world::run(async {
        let bed = Bed::open();
        for _ in 0..=FAILURES_MAX {
            bed.ask(1, Ask::Die).await.unwrap();
        }
        assert_eq!(bed.woken(), 6, "once, and five times more");
        for _ in 0..3 {
            assert!(matches!(bed.directory.get(1), Err(MallError::ActorFailed)));
        }
        assert_eq!(bed.ask(2, Ask::State).await.unwrap(), Some(2), "the others are well");
        pass(Duration::from_secs(59)).await;
        assert!(bed.directory.get(1).is_err());
        pass(Duration::from_secs(1)).await;
        assert_eq!(bed.ask(1, Ask::State).await.unwrap(), Some(1));
        // A new window has begun: five more.
        for _ in 0..FAILURES_MAX {
            bed.ask(1, Ask::Die).await.unwrap();
        }
        assert!(bed.directory.get(1).is_err());
        pass(FAILURE_WINDOW).await;
        bed.sweep();
        assert!(bed.directory.shards.iter().all(|shard| shard.lock().unwrap().failures.is_empty()), "and forgotten");
    });
}

#[test]
fn what_has_no_effect_is_asked_again_of_whoever_wakes_in_its_place() {
    world::run(async {
        let bed = Bed::open();
        for end in [Ask::Void, Ask::Die] {
            // The question is sent before the end, and found after it.
            let (ended, asked, learned) =
                tokio::join!(bed.ask(1, end), bed.ask(1, Ask::State), bed.directory.learn(1, Ask::State));
            ended.unwrap();
            assert!(matches!(asked, Err(MallError::ActorFailed)), "{asked:?}");
            assert_eq!(learned.unwrap(), Some(1));
        }
        while bed.directory.get(1).is_ok() {
            bed.ask(1, Ask::Die).await.unwrap();
        }
        assert!(matches!(bed.directory.learn(1, Ask::State).await, Err(MallError::Busy)), "but not for ever");
    });
}

#[test]
fn who_wakes_in_place_of_the_dead_waits_until_what_they_decided_is_written() {
    world::run(async {
        let bed = Bed::open();
        bed.ask(7, Ask::DieWriting).await.unwrap();
        pass(IDLE * 3).await;
        assert_eq!(bed.sweep(), 0, "the dead are remembered while something of theirs is under way");
        let loaded = bed.ward.loaded.load(Ordering::Relaxed);
        for _ in 0..2 {
            assert!(matches!(bed.ask(7, Ask::State).await, Err(MallError::Busy)), "in vain, and without effect");
            pass(IDLE * 3).await;
            assert_eq!(bed.sweep(), 0, "nor is who waits for it forgotten");
        }
        assert_eq!(bed.ward.loaded.load(Ordering::Relaxed), loaded, "what would be read does not show it");
        bed.ward.unwritten.lock().unwrap().clear();
        assert_eq!(bed.ask(7, Ask::State).await.unwrap(), Some(7));
        pass(IDLE * 3).await;
        assert_eq!(bed.sweep(), 1);
    });
}

#[test]
fn one_whose_memory_is_void_is_replaced_however_often() {
    world::run(async {
        let bed = Bed::open();
        for _ in 0..20 {
            assert_eq!(bed.ask(1, Ask::Void).await.unwrap(), Some(1));
        }
        assert_eq!((bed.woken(), bed.directory.awake()), (20, 1));
        assert_eq!(bed.ask(1, Ask::State).await.unwrap(), Some(1));
    });
}

#[test]
fn one_that_could_not_be_loaded_says_busy_and_is_woken_again() {
    world::run(async {
        let bed = Bed::open();
        bed.ward.is_away.store(true, Ordering::Relaxed);
        for _ in 0..10 {
            assert!(matches!(bed.ask(1, Ask::State).await, Err(MallError::Busy)));
        }
        bed.ward.is_away.store(false, Ordering::Relaxed);
        assert_eq!(bed.ask(1, Ask::State).await.unwrap(), Some(1));
        assert_eq!(bed.woken(), 11);
    });
}

#[test]
fn a_busy_database_is_asked_again_for_a_while() {
    world::run(async {
        let bed = Bed::open();
        bed.ward.is_busy.store(true, Ordering::Relaxed);
        let began = tokio::time::Instant::now();
        let freed = async {
            pass(LOAD_PATIENCE / 2).await;
            bed.ward.is_busy.store(false, Ordering::Relaxed);
        };
        let (answer, ()) = futures_util::future::join(bed.ask(1, Ask::State), freed).await;
        assert_eq!(answer.unwrap(), Some(1));
        let (took, loads) = (began.elapsed(), bed.ward.loaded.load(Ordering::Relaxed));
        assert!((LOAD_PATIENCE / 2..LOAD_PATIENCE).contains(&took), "{took:?}");
        assert!((10..=61).contains(&loads), "{loads} loads, with a pause between them");
        assert_eq!(bed.woken(), 1);

        bed.ward.is_busy.store(true, Ordering::Relaxed);
        let began = tokio::time::Instant::now();
        assert!(matches!(bed.ask(2, Ask::State).await, Err(MallError::Busy)));
        let took = began.elapsed();
        assert!((LOAD_PATIENCE..LOAD_PATIENCE + LOAD_AGAIN).contains(&took), "{took:?}");
    });
}

#[test]
fn a_newborn_has_nothing_to_load() {
    world::run(async {
        let bed = Bed::open();
        let lease = bed.directory.create(1).unwrap();
        assert_eq!(lease.addr().send(Ask::State).await.unwrap().unwrap(), Some(0));
        assert_eq!((bed.woken(), bed.ward.loaded.load(Ordering::Relaxed)), (1, 0));
        assert_eq!(bed.ask(1, Ask::State).await.unwrap(), Some(0), "it is the same one");
    });
}

#[test]
fn one_that_is_swept_while_it_is_asked_answers_all_the_same() {
    world::run(async {
        let bed = Bed::open();
        let sweeps = async {
            let mut asleep = 0;
            for _ in 0..50 {
                pass(IDLE / 10).await;
                asleep += bed.sweep();
            }
            asleep
        };
        // The second question waits in the mailbox, behind the first.
        let asks = futures_util::future::join(bed.ask(1, Ask::Slow), async {
            pass(IDLE / 10).await;
            bed.ask(1, Ask::State).await
        });
        let ((first, second), asleep) = futures_util::future::join(asks, sweeps).await;
        assert_eq!((first.unwrap(), second.unwrap()), (Some(1), Some(1)));
        assert_eq!((bed.woken(), asleep), (1, 1), "once it is idle, it sleeps");
    });
}

#[test]
fn actors_live_on_all_threads() {
    world::run(async {
        let bed = Bed::open();
        let arbiters = [actix::Arbiter::new(), actix::Arbiter::new()];
        let handles = arbiters.iter().map(actix::Arbiter::handle).collect();
        let directory: Directory<Probe> = Directory::new(&Arc::new(Quarters::new(handles)), bed.ward.clone());
        let mut threads = Vec::new();
        for id in 0..64 {
            let lease = directory.get(id).unwrap();
            let thread = lease.addr().send(Where).await.unwrap().unwrap();
            if !threads.contains(&thread) {
                threads.push(thread);
            }
        }
        assert_eq!(threads.len(), 2);
        directory.clear();
        for arbiter in arbiters {
            arbiter.stop();
            arbiter.join().unwrap();
        }
    });
}
