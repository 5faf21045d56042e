//! A simulation under way, as those see it who watch and steer it.

use super::handiwork::Handiwork;
use super::record::{Change, Record, Status, Steered};
use crate::domain::time::Timestamp;
use crate::ports::stop::Stop;
use crate::sim::run::picture::Picture;
use crate::sim::run::point::Point;
use std::collections::VecDeque;
use std::process::ChildStdin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::sync::mpsc::UnboundedSender;

/// How many points are kept for whoever comes later: of ten minutes.
const KEPT: usize = 600;
/// What is done as long as shoppers come.
const SHOPPING: &str = "shopping";
/// How many changes are told one by one, the newest: who drags a slider makes many.
const CHANGES: usize = 500;

/// What leads to whoever carries a simulation out.
#[derive(Debug)]
pub enum Wheel {
    /// In this process.
    Here(UnboundedSender<Change>),
    /// To another process: a line ends it, the end of its input kills it.
    There(Mutex<Option<ChildStdin>>),
}

/// A simulation under way.
#[derive(Debug)]
pub struct Running {
    record: Mutex<Record>,
    points: Mutex<VecDeque<(u64, Arc<str>)>>,
    /// The newest, with its number.
    picture: Mutex<(u64, Arc<str>)>,
    news: Notify,
    changes: AtomicU64,
    /// What people do meanwhile.
    pub handiwork: Mutex<Handiwork>,
    /// Nobody comes any more; what is open is settled.
    pub stop: Stop,
    /// It ends at once.
    pub end: Stop,
    /// The mall ends, and waits for nothing but that everybody behaves as before.
    pub closes: Stop,
    /// The most shoppers a second that may be asked for while it runs.
    pub rate_most: f64,
    /// What leads to whoever carries it out.
    pub wheel: Wheel,
}

/// What is shared; whoever panicked with it in hand has done one thing less.
pub fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Running {
    /// One that begins.
    #[must_use]
    pub fn new(record: Record, wheel: Wheel, rate_most: f64) -> Self {
        let (points, picture, news) = (Mutex::default(), Mutex::new((0, "".into())), Notify::new());
        let (stop, end, closes) = (Stop::default(), Stop::default(), Stop::default());
        Self {
            record: Mutex::new(record),
            points,
            picture,
            news,
            changes: AtomicU64::new(0),
            handiwork: Mutex::default(),
            stop,
            end,
            closes,
            rate_most,
            wheel,
        }
    }

    /// What is known of it.
    #[must_use]
    pub fn record(&self) -> Record {
        locked(&self.record).clone()
    }

    /// Changes what is known of it, and tells whoever watches.
    pub fn change(&self, change: impl FnOnce(&mut Record)) {
        change(&mut locked(&self.record));
        self.news.notify_waiters();
    }

    /// Takes on how far it is.
    pub fn point(&self, point: &Point) {
        let Ok(text) = serde_json::to_string(point) else { return };
        {
            let mut points = locked(&self.points);
            let number = points.back().map_or(1, |(number, _)| number + 1);
            if points.len() == KEPT {
                points.pop_front();
            }
            points.push_back((number, text.into()));
        }
        self.change(|record| {
            record.progress = point.progress;
            record.totals = point.so_far.clone();
        });
        if point.doing != SHOPPING {
            self.settles();
        }
    }

    /// Takes on what is to be seen of it now.
    pub fn show(&self, picture: &Picture) {
        let Ok(text) = serde_json::to_string(picture) else { return };
        {
            let mut shown = locked(&self.picture);
            *shown = (shown.0 + 1, text.into());
        }
        self.news.notify_waiters();
    }

    /// The newest picture with its number, if it is newer than the one of that number.
    #[must_use]
    pub fn picture_after(&self, number: u64) -> Option<(u64, Arc<str>)> {
        Some(locked(&self.picture).clone()).filter(|(of, _)| *of > number)
    }

    /// The points after the one of that number, oldest first.
    #[must_use]
    pub fn points_after(&self, number: u64) -> Vec<(u64, Arc<str>)> {
        locked(&self.points).iter().filter(|(of, _)| *of > number).cloned().collect()
    }

    /// Becomes ready with the next change; in line as soon as it is made.
    pub fn news(&self) -> Notified<'_> {
        self.news.notified()
    }

    /// How often it was changed by somebody, or began to settle.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Nobody comes any more.
    pub fn settles(&self) {
        self.change(|record| {
            if record.status == Status::Running {
                self.changes.fetch_add(1, Ordering::AcqRel);
                record.status = Status::Settling;
            }
        });
    }

    /// Notes what was changed.
    pub fn steered(&self, at: Timestamp, change: Change) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.change(|record| {
            if record.steered.len() == CHANGES {
                record.steered.remove(0);
            }
            record.steered.push(Steered { at, change });
        });
    }
}
