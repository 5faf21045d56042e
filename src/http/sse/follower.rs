//! Follows the journal for one client of the live stream: what it missed, then what is new.

use super::interest::Interest;
use super::sending::Client;
use super::text::write;
use crate::actors::principal::Principal;
use crate::http::door::problem::ApiError;
use crate::http::state::State;
use crate::ports::feed::{Lagged, LiveEvents};
use crate::ports::journal::RecordedEvent;
use actix_web::web::Bytes;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// A comment is sent after so much silence, so that proxies and clients see that the stream lives.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a silent stream looks whether the mall is stopping; it would hold the stop up otherwise.
const LOOK: Duration = Duration::from_secs(1);
/// Bytes that may wait for a live client; beyond it is cut off and resumes. The rest of a larger commit is read when the
/// client has taken what there was.
const BEHIND_MAX: usize = 512 * 1_024;
/// Events read at a time while catching up, at the most; the next page is read when the client has taken the one before.
const PAGE: usize = 500;
/// Bytes sent of a page, about; an event more. What a client that catches up holds.
const PAGE_TEXT: usize = 64 * 1_024;
/// Positions looked through for a page: where nothing is wanted, this and not the length of the journal is what a client
/// that has left costs.
const WINDOW: u64 = 10_000;
/// How long a client may leave a full queue before it is cut off while it catches up.
const SLOW: Duration = Duration::from_secs(30);

/// Follows the journal for one client.
pub struct Follower {
    state: State,
    principal: Principal,
    interest: Interest,
    client: Client,
    /// The newest position that was sent, or passed over.
    sent: u64,
    /// Events read at a time, as many as have fitted lately.
    page: usize,
    /// When the client was last sent something.
    spoke: Instant,
}

/// Why a follower ends: the client is gone, too slow, no longer let in, or will find out by resuming.
struct Ended;

/// A row that cannot be shown ends the stream; the log says why.
fn damaged(error: &ApiError) -> Ended {
    error.log("");
    Ended
}

impl Follower {
    /// Follows from behind the position `after`.
    #[must_use]
    pub fn new(state: State, principal: Principal, interest: Interest, after: u64, client: Client) -> Self {
        Self { state, principal, interest, client, sent: after, page: PAGE, spoke: Instant::now() }
    }

    /// Follows until the client is gone, too slow, or to resume.
    pub async fn run(mut self, live: LiveEvents) {
        // However it ends, the client resumes where it was.
        let Err(Ended) = self.follow(live).await;
        self.client.cut_off();
    }

    async fn catch_up(&mut self) -> Result<(), Ended> {
        let newest = self.state.mall.journal().head();
        while self.sent < newest {
            // Nothing is read ahead of the client.
            if !tokio::time::timeout(SLOW, self.client.drained()).await.unwrap_or(false) {
                return Err(Ended);
            }
            let up_to = newest.min(self.sent.saturating_add(WINDOW));
            let text = self.missed(up_to).await?;
            if text.is_empty() { self.heartbeat()? } else { self.push(text)? }
        }
        Ok(())
    }

    /// The next of what the client has missed up to a position, as text.
    async fn missed(&mut self, up_to: u64) -> Result<Bytes, Ended> {
        let state = self.state.clone();
        // Few at a time: each takes a connection that queries need as well.
        let _turn = state.catching_up.acquire().await.map_err(|_closed| Ended)?;
        // It may have been long until it was this client's.
        self.check()?;
        let page = state.reads.events(self.interest.filter(self.sent, up_to), self.page).await.map_err(|error| {
            tracing::warn!(%error, "a live stream could not catch up");
            Ended
        })?;
        let (text, taken) = self.written(&page.events, PAGE_TEXT)?;
        if taken == page.events.len() && !page.more {
            self.sent = self.sent.max(up_to);
        }
        self.page = (2 * taken).clamp(PAGE / 50, PAGE);
        Ok(text)
    }

    async fn follow(&mut self, mut live: LiveEvents) -> Result<Infallible, Ended> {
        self.push(Bytes::from_static(b"retry: 1000\n\n"))?;
        self.catch_up().await?;
        let mut look = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                biased;
                () = self.client.gone() => return Err(Ended),
                _ = look.tick() => {
                    self.check()?;
                    self.heartbeat()?;
                }
                commit = live.next() => match commit {
                    Ok(events) => {
                        let (text, is_all) = self.live(&events)?;
                        let behind = self.client.behind();
                        // It would keep what the feed brings meanwhile, too: it resumes, if it reads at all.
                        if behind > 0 && behind + text.len() > BEHIND_MAX {
                            return Err(Ended);
                        }
                        if !text.is_empty() {
                            self.push(text)?;
                        }
                        if !is_all {
                            self.catch_up().await?;
                        }
                    }
                    // What was missed is in the read model; what is sent again by the feed is dropped.
                    Err(Lagged) => self.catch_up().await?,
                },
            }
        }
    }

    /// Whether to go on: the client is there, may still see what it sees, and the mall is not stopping.
    fn check(&self) -> Result<(), Ended> {
        let goes_on = !self.client.is_gone()
            && self.state.tokens.still_knows(self.principal)
            && self.state.ready.load(Ordering::Acquire);
        if goes_on { Ok(()) } else { Err(Ended) }
    }

    fn heartbeat(&mut self) -> Result<(), Ended> {
        if self.spoke.elapsed() < HEARTBEAT {
            return Ok(());
        }
        self.push(Bytes::from_static(b": still here\n\n"))
    }

    fn push(&mut self, text: Bytes) -> Result<(), Ended> {
        self.spoke = Instant::now();
        if self.client.push(text) { Ok(()) } else { Err(Ended) }
    }

    /// What is to be sent of a commit at once, and whether that is all of it.
    fn live(&mut self, commit: &Arc<[RecordedEvent]>) -> Result<(Bytes, bool), Ended> {
        let (Some(first), Some(last)) = (commit.first(), commit.last()) else { return Ok((Bytes::new(), true)) };
        if self.interest.is_everything() && first.position > self.sent {
            let text = self.state.newest_commit.text(self.state.log.log_id, commit).map_err(|error| damaged(&error))?;
            if text.len() <= BEHIND_MAX {
                self.sent = last.position;
                return Ok((text, true));
            }
        }
        let (text, taken) = self.written(commit, BEHIND_MAX)?;
        Ok((text, taken == commit.len()))
    }

    /// The wanted ones of `events` that were not sent yet, as text, until there is this much of it; and how many of
    /// `events` that covers.
    fn written(&mut self, events: &[RecordedEvent], most: usize) -> Result<(Bytes, usize), Ended> {
        let (mut text, mut taken) = (String::new(), 0);
        for event in events {
            if text.len() >= most {
                break;
            }
            if event.position > self.sent && self.interest.takes(event) {
                write(self.state.log.log_id, event, &mut text).map_err(|error| damaged(&error))?;
            }
            self.sent = self.sent.max(event.position);
            taken += 1;
        }
        Ok((Bytes::from(text), taken))
    }
}
