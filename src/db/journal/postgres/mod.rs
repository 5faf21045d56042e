//! The journal on PostgreSQL: groups survive lost sessions (docs/adr/0006).
//!
//! Every transaction begins by moving the row of `log_head` on from where this process knows it to be: position, number
//! of commits, epoch. When a session breaks, the group in hand may or may not have been committed. A new session takes
//! the mall's lock, which the server gives only when the old session and its transaction have ended, and looks at that
//! row: where it was before, the group is written again; one commit further, with the event this process made at its
//! end, the group stands. Anything else was written by somebody else: this process has lost the mall, and ends.

mod outcome;
mod statements;

use super::availability::{Availability, COMPLAINT};
use super::group::Group;
use super::refusal::is_constraint;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::place::PostgresUrl;
use crate::db::rows::signed;
use crate::db::schema::{events, log_head};
use crate::db::session::{self, SessionId};
use crate::log_limit::seldom;
use crate::ports::backoff::Backoff;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use outcome::{Head, Outcome, advance, ends_as_written, fenced, head, passes};
use std::time::Duration;
use tokio::time::Instant;

/// Pauses between attempts to reach the server: short at first, for a session that was ended; not too long, because
/// requests wait. Nothing of them is chance: a mall has one writer.
const AGAIN: Backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
/// How often an append is tried that a working server refuses for a reason that is neither a constraint nor known to
/// pass: a value that it cannot store, most likely. A group is tried once: which append it is comes first.
const TRIES_MAX: u32 = 6;

/// Writes the journal of a mall on a server.
pub struct PostgresJournal {
    url: PostgresUrl,
    /// The session, and which one it is; none while the server is away.
    session: Option<(PgConnection, SessionId)>,
    /// The session before, until the server has let go of it.
    lost: Option<SessionId>,
    head: Head,
    availability: Availability,
}

impl PostgresJournal {
    /// Begins an epoch: from here on, writers of earlier ones are refused. The session has to hold the mall.
    ///
    /// # Errors
    /// The database failed.
    pub fn begin(mut conn: PgConnection, url: PostgresUrl) -> Result<Self, DbError> {
        let head = diesel::update(log_head::table)
            .set(log_head::epoch.eq(log_head::epoch + 1))
            .returning((log_head::position, log_head::commits, log_head::epoch))
            .get_result(&mut conn)?;
        session::limit(&mut conn)?;
        let id = session::identify(&mut conn)?;
        Ok(Self { url, session: Some((conn, id)), lost: None, head, availability: Availability::default() })
    }

    /// Whether it can write, as far as it knows.
    pub fn availability(&self) -> Availability {
        self.availability.clone()
    }

    /// Writes a group in one transaction, however many sessions it takes, and answers how many replies were forgotten.
    ///
    /// # Errors
    /// What the database refused; nothing is written then.
    pub fn write(&mut self, group: &Group<'_>) -> QueryResult<usize> {
        if group.is_empty() {
            self.rehearse(group);
            return Ok(0);
        }
        self.persist(group)
    }

    /// A barrier: what came before it stands if the mall is still this process's. Whether there could be writing is
    /// found out by the way, with a second try for a session that was lost.
    fn rehearse(&mut self, nothing: &Group<'_>) {
        for _ in 0..2 {
            match self.attempt(nothing, self.head) {
                Ok(_) => return self.availability.set(true),
                Err(error) => {
                    if let Some(left_out) = seldom("the journal cannot write") {
                        tracing::warn!(%error, left_out, "the journal cannot write at the moment");
                    }
                }
            }
            self.availability.set(false);
            self.outcome(None);
        }
    }

    /// Writes what there is to write.
    fn persist(&mut self, group: &Group<'_>) -> QueryResult<usize> {
        let after = Head { position: signed(group.tail.position), commits: self.head.commits + 1, ..self.head };
        let (mut rounds, mut tries) = (0, 0);
        loop {
            let error = match self.attempt(group, after) {
                Ok(forgotten) => {
                    self.committed(after);
                    return Ok(forgotten);
                }
                Err(error) if is_constraint(&error) => return Err(error),
                Err(error) => error,
            };
            self.availability.set(false);
            rounds += u32::from(self.session.is_some());
            tries += u32::from(self.session.is_some() && !passes(&error));
            if let Some(left_out) = seldom("a commit was interrupted") {
                let appends = group.jobs.len();
                tracing::warn!(%error, appends, left_out, "a commit was interrupted; asking what became of it");
            }
            match self.outcome(Some((group, after))) {
                Outcome::Committed => {
                    self.committed(after);
                    return Ok(0);
                }
                Outcome::Undone if tries >= TRIES_MAX || (tries > 0 && group.jobs.len() > 1) => return Err(error),
                Outcome::Undone => std::thread::park_timeout(AGAIN.longest(rounds)),
            }
        }
    }

    fn committed(&mut self, after: Head) {
        self.head = after;
        self.availability.set(true);
    }

    /// One transaction. After an error the session is out of it, or given up.
    fn attempt(&mut self, group: &Group<'_>, after: Head) -> QueryResult<usize> {
        let Some((conn, _)) = &mut self.session else { return Err(DieselError::BrokenTransactionManager) };
        let before = self.head;
        let done = conn.batch_execute("BEGIN").and_then(|()| {
            advance(conn, before, after)?;
            let forgotten =
                if group.is_empty() { statements::rehearse(conn).map(|()| 0) } else { statements::write(conn, group) }?;
            conn.batch_execute("COMMIT")?;
            Ok(forgotten)
        });
        if done.is_err() && conn.batch_execute("ROLLBACK").is_err() {
            self.give_up_session();
        }
        done
    }

    fn give_up_session(&mut self) {
        if let Some((_, id)) = self.session.take() {
            self.lost = Some(id);
        }
    }

    /// Waits until the server answers, and tells what became of the group in hand. That it can be asked does not mean
    /// that it can be written to. A mall that was to end some seconds ago ends here: every failed try comes by.
    fn outcome(&mut self, group: Option<(&Group<'_>, Head)>) -> Outcome {
        let mut failures = 0;
        let mut complained: Option<Instant> = None;
        loop {
            self.availability.end_when_overdue();
            let error = match self.look(group.map(|(group, _)| group)) {
                Ok(seen) => {
                    if let Some(complained) = complained {
                        tracing::info!(after_ms = complained.elapsed().as_millis(), "the database answers again");
                    }
                    return self.judge(seen, group);
                }
                Err(error) => error,
            };
            self.give_up_session();
            self.availability.set(false);
            if complained.is_none_or(|last| last.elapsed() >= COMPLAINT) {
                complained = Some(Instant::now());
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "the database is away; the journal waits for it");
            }
            failures += 1;
            std::thread::park_timeout(AGAIN.longest(failures));
        }
    }

    /// Looks where the journal ends, over a session that holds the mall; with the hash at the end of the group in hand.
    fn look(&mut self, group: Option<&Group<'_>>) -> Result<(Head, Option<Vec<u8>>), DbError> {
        let conn = self.session()?;
        let head = head(conn)?;
        let end = group.filter(|group| !group.events.is_empty()).map(|group| signed(group.tail.position));
        let hash = match end {
            Some(end) => events::table.find(end).select(events::hash).first(conn).optional()?,
            None => None,
        };
        Ok((head, hash))
    }

    /// The session, or a new one that holds the mall.
    fn session(&mut self) -> Result<&mut PgConnection, DbError> {
        if self.session.is_none() {
            let mut conn = session::open_writer(&self.url)?;
            session::limit(&mut conn)?;
            let seen = head(&mut conn)?;
            if seen.epoch != self.head.epoch {
                fenced(seen, self.head);
            }
            if !session::take_mall(&mut conn)? {
                if let Some(lost) = &self.lost {
                    session::end(&mut conn, lost)?;
                }
                return Err(DbError::new(DbErrorKind::Busy, "the session before has not ended yet"));
            }
            let id = session::identify(&mut conn)?;
            (self.session, self.lost) = (Some((conn, id)), None);
        }
        let session = self.session.as_mut().map(|(conn, _)| conn);
        session.ok_or_else(|| DbError::new(DbErrorKind::Unavailable, "no session"))
    }

    fn judge(&self, (seen, hash): (Head, Option<Vec<u8>>), group: Option<(&Group<'_>, Head)>) -> Outcome {
        match group {
            _ if seen == self.head => Outcome::Undone,
            Some((group, after)) if seen == after && ends_as_written(group, hash.as_deref()) => Outcome::Committed,
            _ => fenced(seen, self.head),
        }
    }
}
